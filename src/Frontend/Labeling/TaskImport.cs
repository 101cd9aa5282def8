using System.Buffers;
using System.IO.Pipelines;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Labeling;

/// <summary>A line that was not taken.</summary>
public sealed record RefusedLine(long Line, string Problem);

/// <summary>What an import did.</summary>
/// <param name="Import">Its name.</param>
/// <param name="Tasks">Tasks of the import that stand in the project now.</param>
/// <param name="Known">Those of them that stood there before, from an earlier try of the same import.</param>
/// <param name="Refused">The first refused lines, at most 100.</param>
/// <param name="RefusedCount">All refused lines.</param>
public sealed record ImportReport(string Import, long Tasks, long Known, ImmutableArray<RefusedLine> Refused, long RefusedCount);

/// <summary>
/// Takes tasks in, one JSON object a line, never more of them in memory than a few pages. Lines are cut into batches by their number, and the same import and batch always get the same
/// page, so an import that broke off is simply sent again.
/// </summary>
internal sealed class TaskImport(IGrainFactory grains, BlobStore blobs, GrainCalls calls)
{
    /// <summary>Pages filled at once: enough to keep the records' writer busy, few enough to bound memory.</summary>
    private const int PagesInFlight = 8;

    private const int ReportedLines = 100;

    private readonly IGrainFactory _grains = grains;
    private readonly BlobStore _blobs = blobs;
    private readonly GrainCalls _calls = calls;

    public async Task<Result<ImportReport>> Run(string project, string import, PipeReader body, CancellationToken cancellation)
    {
        var state = new State(this, project, import);
        await foreach (var (number, line) in Lines.Read(body, cancellation))
        {
            state.Take(number, line);
            if (number % TaskId.PageSize == 0 && await state.Flush(cancellation) is { } problem)
            {
                return problem;
            }
        }

        return await state.Finish(cancellation);
    }

    private async Task<Result<PageFill>> Fill(string project, string import, int batch, List<TaskDefinition> tasks, CancellationToken cancellation)
    {
        var allocated = await _calls.Run(
            (Grain: _grains.GetGrain<IProjectGrain>(project), import, batch),
            static call => call.Grain.AllocatePage(call.import, call.batch));
        if (allocated.Value is not { } page)
        {
            return allocated.Problem!;
        }

        var pool = _grains.GetGrain<ITaskPoolGrain>(new PageId(project, TaskKinds.Label, page.Page).Key);
        int added = 0, known = 0;
        foreach (var chunk in tasks.Chunk(TaskDefinition.ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var appended = await _calls.Run((pool, Chunk: ImmutableArray.Create(chunk)), static call => call.pool.Append(call.Chunk));
            if (appended.Value is not { } reply)
            {
                return appended.Problem!;
            }

            added += reply.Added;
            known += reply.Known;
        }

        return new PageFill(added, known);
    }

    private sealed record PageFill(int Added, int Known);

    /// <summary>One import on its way: the batch being read, and the pages being filled.</summary>
    private sealed class State(TaskImport owner, string project, string import)
    {
        private readonly Queue<Task<Result<PageFill>>> _filling = new();
        private readonly List<RefusedLine> _refused = [];
        private readonly HashSet<string> _ids = new(TaskId.PageSize, StringComparer.Ordinal);
        private List<TaskDefinition> _batch = new(TaskId.PageSize);
        private long _added, _known, _refusedCount;
        private int _batches;

        public void Take(long number, ReadOnlySequence<byte>? line)
        {
            if (line is not { } bytes)
            {
                Refuse(number, $"the line is longer than {Lines.Longest / 1024} KB");
                return;
            }

            if (IsBlank(bytes))
            {
                return;
            }

            var (task, problem) = Parse(bytes);
            if (task is null)
            {
                Refuse(number, problem!);
            }
            else if (task.Image is { } image && owner._blobs.Find(image) is null)
            {
                Refuse(number, "image is not the hash of a picture that was uploaded here");
            }
            else if (!_ids.Add(task.SourceId))
            {
                Refuse(number, "id stands on another line of its batch");
            }
            else
            {
                _batch.Add(task);
            }
        }

        /// <summary>Sends the batch on its way and begins the next one; waits when enough pages are under way. A problem ends the import.</summary>
        public async Task<Problem?> Flush(CancellationToken cancellation)
        {
            if (_batch.Count > 0)
            {
                // A page without tasks would never close, so batches of which every line was refused are not counted.
                _filling.Enqueue(owner.Fill(project, import, _batches++, _batch, cancellation));
                _batch = new List<TaskDefinition>(TaskId.PageSize);
                _ids.Clear();
            }

            return _filling.Count >= PagesInFlight ? await Settle(PagesInFlight - 1) : null;
        }

        public async Task<Result<ImportReport>> Finish(CancellationToken cancellation)
        {
            if (await Flush(cancellation) is { } problem || (problem = await Settle(0)) is not null)
            {
                return problem;
            }

            var imported = await owner._calls.Run(
                (Grain: owner._grains.GetGrain<IProjectGrain>(project), import, _batches, Tasks: _added + _known),
                static call => call.Grain.Imported(call.import, call._batches, call.Tasks));
            return imported.Problem is { } refused ? refused : new ImportReport(import, _added + _known, _known, [.. _refused], _refusedCount);
        }

        private async Task<Problem?> Settle(int downTo)
        {
            while (_filling.Count > downTo)
            {
                var filled = await _filling.Dequeue();
                if (filled.Value is not { } page)
                {
                    // The others end on their own: nobody may still write for an import that was answered.
                    await Task.WhenAll(_filling);
                    return filled.Problem;
                }

                _added += page.Added;
                _known += page.Known;
            }

            return null;
        }

        private void Refuse(long number, string problem)
        {
            _refusedCount++;
            if (_refused.Count < ReportedLines)
            {
                _refused.Add(new RefusedLine(number, problem));
            }
        }

        private static bool IsBlank(ReadOnlySequence<byte> line)
        {
            foreach (var segment in line)
            {
                if (segment.Span.ContainsAnyExcept(" \t\r"u8))
                {
                    return false;
                }
            }

            return true;
        }

        private static (TaskDefinition? Task, string? Problem) Parse(ReadOnlySequence<byte> line)
        {
            if (line.IsSingleSegment)
            {
                return TaskLine.Parse(line.FirstSpan);
            }

            var copy = ArrayPool<byte>.Shared.Rent((int)line.Length);
            try
            {
                line.CopyTo(copy);
                return TaskLine.Parse(copy.AsSpan(0, (int)line.Length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(copy);
            }
        }
    }
}
