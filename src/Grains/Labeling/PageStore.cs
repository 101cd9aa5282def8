using System.Collections.Immutable;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Labeling;

/// <summary>The bulk records of one page: chunks of definitions and result segments.</summary>
internal sealed class PageStore(BulkRecords bulk, TaskPoolRecord record)
{
    private readonly List<ChunkRef> _chunks = [.. record.Chunks];
    private int _segments = record.Segments;
    private readonly HashSet<int> _foundStanding = [];
    private int _current = -1;
    private GrainState<ResultSegment>? _segment;

    /// <summary>The chunks written so far.</summary>
    public ImmutableArray<ChunkRef> Chunks => [.. _chunks];

    /// <summary>Segments begun.</summary>
    public int Segments => _segments;

    /// <summary>Reads every definition of the page, in order of index.</summary>
    public async Task<List<TaskDefinition>> ReadDefinitions()
    {
        var reads = _chunks.ConvertAll(chunk => bulk.Read<TaskChunk>(TaskChunk.Name(chunk.Number)));
        var definitions = new List<TaskDefinition>();
        foreach (var read in reads)
        {
            definitions.AddRange((await read).State!.Definitions);
        }

        return definitions;
    }

    /// <summary>
    /// Writes definitions under the next free number. A number that is taken was left behind by a life that ended between this write and the page's;
    /// what stands there is not written over, since that life may not know yet that it ended.
    /// </summary>
    public async Task WriteChunk(ImmutableArray<TaskDefinition> definitions)
    {
        var number = _chunks.Count == 0 ? 0 : _chunks[^1].Number + 1;
        while (!await bulk.Create(TaskChunk.Name(number), new TaskChunk(definitions)))
        {
            number++;
        }

        _chunks.Add(new ChunkRef(number, definitions.Length));
    }

    /// <summary>Reads one segment; empty when it does not exist.</summary>
    public async Task<ImmutableArray<TaskClosed>> ReadSegment(int number) =>
        (await bulk.Read<ResultSegment>(ResultSegment.Name(number))).State!.Entries;

    /// <summary>The evidence of every closed task, by index.</summary>
    public async Task<Dictionary<int, TaskClosed>> ReadClosed()
    {
        var closed = new Dictionary<int, TaskClosed>();
        for (var number = 0; number < _segments; number++)
        {
            foreach (var entry in await ReadSegment(number))
            {
                closed[entry.Index] = entry;
            }
        }

        return closed;
    }

    /// <summary>Writes closed tasks: in place of what was written of them before, else at the end.</summary>
    public async Task WriteClosed(IReadOnlyList<TaskClosed> closed)
    {
        await OpenSegment();
        var maybeEarlier = closed.Where(entry =>
            IndexOf(_segment!.State!.Entries, entry.Index) < 0 && (entry.Revision > 1 || _foundStanding.Contains(entry.Index)));
        var replaced = await ReplaceEarlier(maybeEarlier.ToDictionary(entry => entry.Index));
        foreach (var entry in closed)
        {
            if (replaced.Contains(entry.Index))
            {
                continue;
            }

            if (IndexOf(_segment!.State!.Entries, entry.Index) < 0)
            {
                if (_segment.State.Entries.Length == ResultSegment.Size)
                {
                    await WriteSegment();
                    await Next();
                }
            }

            Put(entry);
        }

        await WriteSegment();
    }

    /// <summary>Puts entries in place of what earlier segments say of the same tasks.</summary>
    /// <returns>Indexes of those that were found.</returns>
    private async Task<HashSet<int>> ReplaceEarlier(Dictionary<int, TaskClosed> entries)
    {
        var replaced = new HashSet<int>();
        for (var number = _current - 1; number >= 0 && replaced.Count < entries.Count; number--)
        {
            var state = await bulk.Read<ResultSegment>(ResultSegment.Name(number));
            var standing = state.State!.Entries;
            var found = standing.Where(entry => entries.ContainsKey(entry.Index) && replaced.Add(entry.Index)).Select(entry => entry.Index).ToHashSet();
            if (found.Count > 0)
            {
                state.State = new ResultSegment([.. standing.Select(entry => found.Contains(entry.Index) ? entries[entry.Index] : entry)]);
                await bulk.Write(ResultSegment.Name(number), state);
            }
        }

        return replaced;
    }

    private void Put(TaskClosed entry)
    {
        var entries = _segment!.State!.Entries;
        var at = IndexOf(entries, entry.Index);
        _segment.State = new ResultSegment(at >= 0 ? entries.SetItem(at, entry) : entries.Add(entry));
        _segments = Math.Max(_segments, _current + 1);
    }

    /// <summary>
    /// Goes on in the last segment that is not full. What a crash left behind, here or in segments that the page's record does not speak of, is taken
    /// over: it is evidence all the same. What stands there is remembered, so that it is not written a second time elsewhere.
    /// </summary>
    private async Task OpenSegment()
    {
        if (_segment is null)
        {
            for (var number = Math.Max(0, _segments - 1); _segment is null; number++)
            {
                var state = await bulk.Read<ResultSegment>(ResultSegment.Name(number));
                _foundStanding.UnionWith(state.State!.Entries.Select(entry => entry.Index));
                _segments = Math.Max(_segments, state.State.Entries.IsEmpty ? number : number + 1);
                if (state.State.Entries.Length < ResultSegment.Size)
                {
                    (_current, _segment) = (number, state);
                }
            }
        }
        else if (_segment.State!.Entries.Length == ResultSegment.Size)
        {
            await Next();
        }
    }

    private async Task Next()
    {
        _current++;
        _segment = await bulk.Read<ResultSegment>(ResultSegment.Name(_current));
    }

    private Task WriteSegment() =>
        _segment!.State!.Entries.IsEmpty ? Task.CompletedTask : bulk.Write(ResultSegment.Name(_current), _segment);

    private static int IndexOf(ImmutableArray<TaskClosed> entries, int index)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Index == index)
            {
                return i;
            }
        }

        return -1;
    }
}
