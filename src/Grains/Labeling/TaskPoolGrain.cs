using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>Shell of <see cref="TaskPool"/>: identity, commit, definitions and segments. Its errands to others are in the other part.</summary>
[Reentrant, GrainType("pool")]
internal sealed partial class TaskPoolGrain(
    [PersistentState("pool", TroveStores.Records)] IPersistentState<TaskPoolRecord> record,
    [FromKeyedServices(TroveStores.Bulk)] IGrainStorage storage,
    TroveSecrets secrets,
    TimeProvider time,
    ILogger<TaskPoolGrain> logger) : Grain, ITaskPoolGrain, IRemindable
{
    /// <summary>How long closings wait for company: one segment and one record are written for all that come meanwhile.</summary>
    private static readonly TimeSpan CloseJoin = TimeSpan.FromMilliseconds(25);

    private readonly List<ImmutableArray<TaskDefinition>> _newChunks = [];
    private readonly HashSet<string> _sourceIds = new(StringComparer.Ordinal);
    private List<TaskClosed> _newlyClosed = [];
    private List<TaskClosed> _beingWritten = [];
    private readonly Dictionary<int, TaskClosed> _known = [];
    private Task? _reading;
    private PageId _id;
    private TaskPool _pool = null!;
    private PageStore _store = null!;
    private CommitGate _gate = null!;
    private Task? _loading;
    private Task _opening = Task.CompletedTask;
    private int _openedDurably;
    private bool _mayLag; // behind the segments, where an earlier life ended between the two

    private DateTimeOffset Now => time.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PageId.Parse(this.GetPrimaryKeyString());
        _pool = new TaskPool(_id.Page, Incarnation.New(), record.State, contributor => Pseudonym.Of(secrets.Pseudonyms.Span, _id.Project, contributor));
        _openedDurably = _pool.Opened;
        _store = new PageStore(new BulkRecords(storage, this.GetGrainId()), record.State);
        _gate = new CommitGate(WriteAsync, Fence, time);
        if (_pool.Terms is not null && !_pool.IsDone)
        {
            await Load();
            _mayLag = _store.Segments > 0;
            StartErrands();
        }
    }

    public async Task<Result<AppendReply>> Append(ImmutableArray<TaskDefinition> definitions)
    {
        if (definitions.Length > TaskDefinition.ChunkSize)
        {
            return new Problem("chunk-too-large", $"At most {TaskDefinition.ChunkSize} tasks can be appended at a time, not {definitions.Length}.");
        }

        await Load();
        var fresh = definitions.RemoveAll(definition => !_sourceIds.Add(definition.SourceId));
        if (_pool.Count + fresh.Length > TaskId.PageSize)
        {
            foreach (var definition in fresh)
            {
                _sourceIds.Remove(definition.SourceId);
            }

            return new Problem("page-full", $"Page {_id} holds {_pool.Count} of {TaskId.PageSize} tasks; {fresh.Length} more do not fit.");
        }

        var reply = new AppendReply(fresh.Length, definitions.Length - fresh.Length, _pool.Count + fresh.Length);
        if (fresh.IsEmpty)
        {
            await _gate.CoveredAsync();
            return reply;
        }

        _pool.Load(fresh);
        _newChunks.Add(fresh);
        await _gate.CommitAsync();
        LeaveWhenShut();
        return reply;
    }

    public async Task<PoolSnapshot> Apply(PoolOrder order)
    {
        await Load();
        _pool.Apply(PoolTerms.Of(order));
        if (order.State == ProjectState.Closed)
        {
            _pool.CloseUnopened();
        }

        await KeepReminder();
        await _gate.CommitAsync();
        StartErrands();
        Changed();
        return _pool.Snapshot();
    }

    public async Task<TakeReply> Take(TakeRequest request)
    {
        var (reply, opened) = _pool.Take(request, Now);
        foreach (var taken in reply.Taken)
        {
            _tokens.Spend(taken.Index);
        }

        await Opened(reply.Taken, opened);
        MarkDirty();
        return reply;
    }

    public async Task<ImmutableArray<TakenTask>> Sample(SampleRequest request)
    {
        var (sampled, opened) = _pool.Sample(request, Now);
        await Opened(sampled, opened);
        return sampled;
    }

    public async Task<TakenTask?> Find(int index)
    {
        await Load();
        return index >= 0 && index < _pool.Count && _pool.Terms is { } terms
            ? new TakenTask(index, _pool.Definition(index), terms.PolicyOf(_pool.Definition(index)))
            : null;
    }

    public Task Mend(int index, string contributor, TaskTruth truth)
    {
        _pool.Mend(index, truth);
        Changed();
        return Task.CompletedTask;
    }

    public Task Report(int index, TaskTruth truth)
    {
        _pool.Report(index, truth);
        Changed();
        return Task.CompletedTask;
    }

    public Task<bool> Wait(WaitRequest request)
    {
        if (request.SeenVersion != _pool.Version)
        {
            return Task.FromResult(false);
        }

        _pool.Waiters.Lapse(Now);
        _pool.Waiters.Add(request);
        Changed();
        AskWhenOverdue();
        return Task.FromResult(true);
    }

    public async Task Closed(TaskClosed closed)
    {
        var known = _pool.WasClosed(closed.Index) ? (await Known()).GetValueOrDefault(closed.Index) : null;
        if (_pool.Close(closed, known))
        {
            Know(closed);
            _newlyClosed.RemoveAll(c => c.Index == closed.Index);
            _newlyClosed.Add(closed);
            await _gate.CommitAsync(CloseJoin);
        }
        else
        {
            await _gate.CoveredAsync();
        }

        Changed();
    }

    public async Task<ImmutableArray<int>> OpenTasks()
    {
        ImmutableArray<int> open = [.. Enumerable.Range(0, _pool.Opened).Where(index => !_pool.IsClosed(index))];
        await _gate.CoveredAsync();
        return open;
    }

    public async Task<PoolSnapshot> Snapshot()
    {
        await _gate.CoveredAsync();
        Watched();
        return _pool.Snapshot();
    }

    public async Task<ResultSlice> Results(int cursor)
    {
        var (entries, next) = await ReadClosed(cursor);
        return new ResultSlice([.. entries.Select(Result)], next);

        TaskResult Result(TaskClosed closed)
        {
            var definition = _pool.Definition(closed.Index);
            var outcome = _pool.Terms is { } terms ? TaskPosterior.WithChances(terms.PolicyOf(definition), closed) : closed.Outcome;
            return new TaskResult(_id.Task(closed.Index).Number, definition, Pseudonymous(closed with { Outcome = outcome }));
        }
    }

    public async Task<EvidenceSlice> Evidence(int cursor)
    {
        if (_pool.Totals.Closed == 0)
        {
            await _gate.CoveredAsync();
            return new EvidenceSlice([], null); // most pages of a large project: their definitions need not come into memory
        }

        var (entries, next) = await ReadClosed(cursor);
        if (next is null && _pool.IsDone && !_gate.Outstanding)
        {
            DeactivateOnIdle(); // it came back for this alone
        }

        return new EvidenceSlice([.. entries.Select(entry => Evidence(entry, _pool.Terms!.PolicyOf(_pool.Definition(entry.Index))))], next);

        static ClosedEvidence Evidence(TaskClosed closed, TaskPolicy policy) => new(closed, policy.Redundancy, policy.Allowed);
    }

    /// <summary>The closed tasks of one segment, and the cursor of the next.</summary>
    private async Task<(IEnumerable<TaskClosed> Entries, int? Next)> ReadClosed(int cursor)
    {
        await Load();
        await _gate.CoveredAsync();
        var entries = cursor < _store.Segments ? await _store.ReadSegment(cursor) : [];
        return (entries.Where(entry => _pool.IsClosed(entry.Index)), cursor + 1 < _store.Segments ? cursor + 1 : null);
    }

    /// <summary>A developer knows contributors only by their name within this project, and has no use for assignment numbers.</summary>
    private TaskClosed Pseudonymous(TaskClosed closed) => closed with
    {
        Answers = [.. closed.Answers.Select(answer => answer with
        {
            Contributor = Pseudonym.Of(secrets.Pseudonyms.Span, _id.Project, answer.Contributor),
            Assignment = 0,
        })],
    };

    /// <summary>Only that a task was opened must be on disk before it leaves: closings on their way there need not be waited for.</summary>
    private async Task Opened(ImmutableArray<TakenTask> leaving, bool more)
    {
        if (more)
        {
            _opening = OpenDurably(_pool.Opened);
        }

        foreach (var task in leaving)
        {
            if (task.Index >= _openedDurably)
            {
                await _opening;
                break;
            }
        }
    }

    private async Task OpenDurably(int opened)
    {
        await _gate.CommitAsync(TimeSpan.Zero);
        _openedDurably = Math.Max(_openedDurably, opened);
    }

    /// <summary>Brings the definitions into memory, once.</summary>
    private Task Load() => _loading ?? (_pool.IsLoaded ? Task.CompletedTask : _loading = LoadAsync());

    private async Task LoadAsync()
    {
        try
        {
            var definitions = await _store.ReadDefinitions();
            foreach (var definition in definitions)
            {
                _sourceIds.Add(definition.SourceId);
            }

            _pool.Load(definitions);
        }
        finally
        {
            _loading = null; // a read that failed is tried again by the next who needs it
        }
    }

    /// <summary>
    /// What is known of each task that is or was closed, without its answers. Read when it is first needed, and kept up to date from then on: so what
    /// is judged by it is never older than what the sums were made of.
    /// </summary>
    private async Task<IReadOnlyDictionary<int, TaskClosed>> Known()
    {
        if (_reading is null or { IsFaulted: true })
        {
            _reading = ReadKnown();
        }

        await _reading;
        return _known;
    }

    private async Task ReadKnown()
    {
        foreach (var closed in _beingWritten.Concat(_newlyClosed))
        {
            _known[closed.Index] = Summary(closed);
        }

        foreach (var (index, closed) in await _store.ReadClosed())
        {
            _known.TryAdd(index, Summary(closed)); // what was closed meanwhile is newer
        }

        if (_pool.Recount(_known))
        {
            await _gate.CommitAsync();
        }
    }

    private void Know(TaskClosed closed)
    {
        if (_reading is not null)
        {
            _known[closed.Index] = Summary(closed);
        }
    }

    private static TaskClosed Summary(TaskClosed closed) =>
        closed with { Answers = [], Outcome = closed.Outcome with { Content = null, Chances = default } };

    /// <summary>Chunks and segments first, the page's record last: a crash in between leaves only what the record does not speak of.</summary>
    private async Task WriteAsync()
    {
        ImmutableArray<TaskDefinition>[] chunks = [.. _newChunks];
        var closed = _newlyClosed;
        var opened = _pool.Opened;
        var closedBits = _pool.ClosedBits.Trimmed().ToImmutableArray();
        var reopenedBits = _pool.ReopenedBits.Trimmed().ToImmutableArray();
        var (terms, totals) = (_pool.Terms, _pool.Totals);
        _newChunks.Clear();
        _newlyClosed = [];
        _beingWritten = closed;
        foreach (var chunk in chunks)
        {
            await _store.WriteChunk(chunk);
        }

        if (closed.Count > 0)
        {
            await _store.WriteClosed(closed);
        }

        _beingWritten = [];
        record.State = new TaskPoolRecord(_store.Chunks, _store.Segments, opened, closedBits, terms, totals, reopenedBits);
        await record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _id, cause);
        _passedOn?.TrySetException(new CommitFailedException(cause));
        DeactivateOnIdle();
    }

    /// <summary>A full page that is not open yet only costs memory.</summary>
    private void LeaveWhenShut()
    {
        if (_pool.Terms is null && _pool.Count == TaskId.PageSize && !_gate.Outstanding)
        {
            DeactivateOnIdle();
        }
    }
}
