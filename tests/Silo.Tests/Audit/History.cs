using System.Collections.Immutable;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;
using Trove.Grains.Labeling;
using Trove.Grains.Projects;
using Trove.Grains.Records;
using Trove.Silo.Records;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Audit;

/// <summary>
/// A random but sound history of one project: the pure classes that the grains run on, their records written as the grains write them, crashes
/// at every step between two writes included.
/// </summary>
internal sealed class History
{
    public const string Project = "p1";

    private const string Import = "first";
    private static readonly Actor Owner = new("dev");
    private readonly Random _random;
    private readonly FaultyStore _store = new(new RecordSerializer());
    private readonly string[] _contributors;
    private readonly Project _project;
    private readonly Dictionary<string, Kept<ContributorHot>> _hot = [];
    private readonly Dictionary<TaskId, (LabelTask Task, Kept<LabelTaskRecord> Record)> _tasks = [];
    private readonly Dictionary<int, OpenPage> _pages = [];
    private readonly List<Lease> _held = [];
    private readonly HashSet<TaskId> _retired = [];
    private DateTimeOffset _now = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private long _lives;

    private History(Random random, int contributors, Brief brief)
    {
        _random = random;
        _contributors = [.. Enumerable.Range(0, contributors).Select(i => $"c{i}")];
        _project = new Project(Project, new ProjectRecord(), _now);
        Assert.Null(_project.Create(Owner, brief, simulated: false, _now));
        Assert.Null(_project.Move(Owner, ProjectMove.Publish, _now));
    }

    private IGrainStorage Bulk => _store.Named(TroveStores.Bulk);

    /// <summary>Plays a history.</summary>
    /// <param name="random">Every choice comes from here.</param>
    /// <param name="brief">The rules.</param>
    /// <param name="contributors">People at work.</param>
    /// <param name="pages">Tasks of each page.</param>
    /// <param name="steps">Things that happen.</param>
    /// <param name="crashes">Chance that a step ends in a crash of the whole process.</param>
    public static async Task<History> PlayAsync(Random random, Brief brief, int contributors, int[] pages, int steps, double crashes)
    {
        var history = new History(random, contributors, brief);
        await history.ImportAsync(pages);
        for (var step = 0; step < steps; step++)
        {
            history._now += TimeSpan.FromSeconds(random.Next(4));
            await history.StepAsync(crashes);
        }

        return history;
    }

    /// <summary>Closes the project for good, and every page with it.</summary>
    public async Task CloseProjectAsync()
    {
        Assert.Null(_project.Move(Owner, ProjectMove.Close, _now));
        await WriteProjectAsync();
        foreach (var number in _pages.Keys.ToList())
        {
            var page = await PageAsync(number);
            var opened = page.Pool.Opened;
            page.Pool.Apply(PoolTerms.Of(_project.Order));
            page.Pool.CloseUnopened();
            await WritePageAsync(page);
            for (var index = 0; index < opened; index++)
            {
                var id = page.Id.Task(index);
                var (task, record) = await TaskAsync(id);
                if (!page.Pool.IsClosed(index) && task.Cancel(RetirementReason.Cancelled, page.Pool.Terms!.PolicyOf(page.Pool.Definition(index)), _now))
                {
                    await WriteTaskAsync(id, task, record);
                }
            }
        }
    }

    /// <summary>Tells everything that is left to tell.</summary>
    public async Task SettleAllAsync()
    {
        _now += TimeSpan.FromHours(1);
        foreach (var id in _retired.ToList())
        {
            await TellAsync(id, all: true);
            await CloseAsync(id, crash: false);
        }
    }

    /// <summary>Puts the records into a record file.</summary>
    public async Task StoreAsync(string folder)
    {
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder });
        await Task.WhenAll(_store.Snapshot().Select(record => file.WriteAsync(
            record.Key.Store == TroveStores.Bulk ? RecordTable.Bulk : RecordTable.Records, record.Key.Key, record.Value, expectedVersion: 0)));
    }

    private async Task ImportAsync(int[] pages)
    {
        for (var number = 0; number < pages.Length; number++)
        {
            var allocated = _project.AllocatePage(Import, number).Value!.Page;
            await WriteProjectAsync();
            var page = await PageAsync(allocated);
            foreach (var chunk in Enumerable.Range(0, pages[number]).Chunk(TaskDefinition.ChunkSize))
            {
                ImmutableArray<TaskDefinition> definitions = [.. chunk.Select(i => Define(allocated, i))];
                await page.Store.WriteChunk(definitions);
                page.Pool.Load(definitions);
                await WritePageAsync(page);
            }
        }

        Assert.Null(_project.Imported(Import, pages.Length, pages.Sum()));
        await WriteProjectAsync();
        await OrderPagesAsync();
    }

    /// <summary>Every tenth task is for some people only, every seventh has a redundancy of its own.</summary>
    private TaskDefinition Define(int page, int index) => new(
        $"item-{page}-{index}",
        Redundancy: index % 7 == 0 ? new Redundancy(RedundancyKind.Fixed, 2, 2, 0.95) : null,
        Allowed: index % 10 == 3 ? [.. _contributors.Where((_, i) => i % 2 == 0)] : []);

    private async Task OrderPagesAsync()
    {
        foreach (var number in _project.OpenPages)
        {
            var page = await PageAsync(number);
            page.Pool.Apply(PoolTerms.Of(_project.Order));
            await WritePageAsync(page);
        }
    }

    private async Task StepAsync(double crashes)
    {
        var crash = _random.NextDouble() < crashes;
        switch (_random.Next(20))
        {
            case < 7:
                await LeaseAsync();
                break;
            case < 13 when _held.Count > 0:
                await SubmitAsync(TakeHeld());
                break;
            case 13 when _held.Count > 0:
                await ReleaseAsync(TakeHeld());
                break;
            case < 17 when _retired.Count > 0:
                await TellAsync(_retired.ElementAt(_random.Next(_retired.Count)), all: false);
                break;
            case < 19 when _retired.Count > 0:
                await CloseAsync(_retired.ElementAt(_random.Next(_retired.Count)), crash);
                break;
            case 19 when _random.Next(60) == 0:
                await ChangeBriefAsync();
                break;
            case 19:
                await ReconsiderAsync(_random.NextDouble() < crashes * 10);
                break;
        }

        if (crash)
        {
            Crash();
        }
    }

    private Lease TakeHeld()
    {
        var lease = _held[_random.Next(_held.Count)];
        _held.Remove(lease);
        return lease;
    }

    private async Task LeaseAsync()
    {
        var contributor = _contributors[_random.Next(_contributors.Length)];
        var page = await PageAsync(_random.Next(_pages.Count));
        var until = _now + TimeSpan.FromMinutes(3);
        var (reply, opened) = page.Pool.Take(new TakeRequest(contributor, 1, page.Pool.Terms!.BriefVersion, until, []), _now);
        if (opened)
        {
            await WritePageAsync(page);
        }

        foreach (var taken in reply.Taken)
        {
            var hot = await HotAsync(contributor);
            if (!hot.State.Numbers.TryTake(out var number))
            {
                var mark = hot.State.Numbers.Reserve();
                await hot.WriteAsync();
                hot.State.Numbers.Open(mark);
                Assert.True(hot.State.Numbers.TryTake(out number));
            }

            var id = page.Id.Task(taken.Index);
            var (task, _) = await TaskAsync(id);
            var granted = task.Lease(new LeaseRequest(contributor, number, until, taken.Policy), _now);
            page.Pool.Mend(taken.Index, granted.Truth);
            if (granted.Status == LeaseStatus.Granted)
            {
                _held.Add(new Lease(contributor, id, number, granted.Incarnation, until, taken.Policy));
            }
            else
            {
                await VoidAsync(contributor, number);
            }
        }
    }

    private async Task SubmitAsync(Lease lease)
    {
        var (task, record) = await TaskAsync(lease.Task);
        var hot = await HotAsync(lease.Contributor);
        var reliability = hot.State.Reputation.Of(lease.Policy.Label, lease.Policy.Classes).Mean;
        var (status, changed) = task.Submit(new TaskSubmission(lease, Answer(lease.Policy), reliability), _now);
        if (changed)
        {
            await WriteTaskAsync(lease.Task, task, record);
        }

        if (status == SubmitStatus.LeaseLost)
        {
            await VoidAsync(lease.Contributor, lease.Assignment);
        }
    }

    private AnswerContent Answer(TaskPolicy policy) => policy.Label switch
    {
        _ when _random.Next(12) == 0 => new AnswerContent([], [], NotSure: true),
        LabelKind.Tags => new AnswerContent([], [.. new[] { "bird", "sea", "tree" }.Where(_ => _random.Next(2) == 0)]),
        LabelKind.MultiChoice => new AnswerContent([.. Enumerable.Range(0, policy.Classes).Where(_ => _random.Next(2) == 0)], []),
        _ => new AnswerContent([_random.Next(4) > 0 ? 0 : _random.Next(policy.Classes)], []),
    };

    private async Task ReleaseAsync(Lease lease)
    {
        var (task, record) = await TaskAsync(lease.Task);
        var cause = _random.Next(2) == 0 ? ReleaseCause.Skipped : ReleaseCause.Released;
        if (task.Release(new ReleaseRequest(lease.Contributor, lease.Assignment, cause, lease.Policy), _now))
        {
            await WriteTaskAsync(lease.Task, task, record);
        }

        await VoidAsync(lease.Contributor, lease.Assignment);
    }

    private async Task VoidAsync(string contributor, long number)
    {
        var hot = await HotAsync(contributor);
        if (hot.State.Numbers.Void(number))
        {
            await hot.WriteAsync();
        }
    }

    /// <summary>Settles some verdicts of a retired task, those that were settled before among them.</summary>
    private async Task TellAsync(TaskId id, bool all)
    {
        var (task, _) = await TaskAsync(id);
        foreach (var verdict in task.Verdicts().Where(_ => all || _random.Next(2) == 0))
        {
            var hot = await HotAsync(verdict.Contributor);
            var outcome = hot.State.Wallet.Settle(verdict, _now, out var reason);
            Assert.True(outcome is SettleOutcome.Settled or SettleOutcome.Duplicate, reason);
            if (outcome == SettleOutcome.Settled)
            {
                hot.State.Reputation.Observe(verdict);
                await hot.WriteAsync();
            }

            if (hot.State.Wallet.PageDue is { } page)
            {
                await new BulkRecords(Bulk, GrainId.Create("contributor", verdict.Contributor)).Create(LedgerPage.Name(page.Number), page);
                if (_random.Next(3) > 0)
                {
                    hot.State.Wallet.Cut(page);
                    await hot.WriteAsync();
                }
            }
        }
    }

    /// <summary>A re-fit's view of a closed task. A crash comes between the page's record, which sets it aside, and the task's.</summary>
    private async Task ReconsiderAsync(bool crash)
    {
        var page = await PageAsync(_random.Next(_pages.Count));
        var judged = page.Known.Values.Where(known => page.Pool.IsClosed(known.Index) && known.Outcome.Answers > 0).ToList();
        if (judged.Count == 0)
        {
            return;
        }

        var closed = judged[_random.Next(judged.Count)];
        var id = page.Id.Task(closed.Index);
        var (task, record) = await TaskAsync(id);
        var policy = page.Pool.Terms!.PolicyOf(page.Pool.Definition(closed.Index));
        var reopen = _random.Next(4) > 0 && closed.Outcome.Reason is not (RetirementReason.Cancelled or RetirementReason.Withdrawn);
        if (reopen)
        {
            Assert.True(page.Pool.Reopen(closed, closed.Revision));
            await WritePageAsync(page);
        }

        if (crash)
        {
            return;
        }

        var first = 0.51 + (_random.NextDouble() * 0.48);
        ImmutableArray<double> chances = [first, .. Enumerable.Repeat((1 - first) / Math.Max(1, policy.Classes - 1), Math.Max(0, policy.Classes - 1))];
        var confidence = policy.Label == LabelKind.MultiChoice ? MultiChoice.Leading(chances.AsSpan()).Confidence : first;
        var view = new Reconsideration(
            closed.Index, closed.Revision, new AnswerContent([0], []), confidence, chances,
            [.. Enumerable.Range(0, closed.Outcome.Answers).Select(_ => 0.6 + (_random.NextDouble() / 3))], "fit/1", reopen);
        if (policy.Label != LabelKind.Tags && task.Reconsider(view))
        {
            await WriteTaskAsync(id, task, record);
        }

        page.Pool.Mend(closed.Index, task.Truth(_now));
        await AskAsync(page, closed.Index);
    }

    /// <summary>The page asks a task that it set aside; one that is retired all the same says a later revision.</summary>
    private async Task AskAsync(OpenPage page, int index)
    {
        var id = page.Id.Task(index);
        var (task, record) = await TaskAsync(id);
        if (page.Pool.ReopenedBits[index] && task.StaysClosed(page.Known[index].Revision))
        {
            await WriteTaskAsync(id, task, record);
        }

        if (task.Outcome is not null && !page.Pool.IsClosed(index))
        {
            _retired.Add(id);
        }
    }

    /// <summary>Tells the page that a task is closed, if all its verdicts are settled. A crash comes between the segment and the page's record.</summary>
    private async Task CloseAsync(TaskId id, bool crash)
    {
        var (task, _) = await TaskAsync(id);
        task.EndRecalls(_now);
        if (task.Unspoken.Count > 0)
        {
            return;
        }

        await TellAsync(id, all: true);
        var page = await PageAsync(id.Page.Page);
        var closed = task.Closed();
        var known = page.Pool.WasClosed(id.Index) ? page.Known.GetValueOrDefault(id.Index) : null;
        if (page.Pool.Close(closed, known))
        {
            page.Known[id.Index] = closed;
            await page.Store.WriteClosed([closed]);
            if (!crash)
            {
                await WritePageAsync(page);
            }
        }

        if (!crash && _random.Next(3) > 0)
        {
            _retired.Remove(id);
        }
    }

    private async Task ChangeBriefAsync()
    {
        var brief = _project.Window().Brief;
        var maximum = _random.Next(2, 6);
        Assert.Null(_project.ChangeBrief(Owner, brief with
        {
            PriceMinor = _random.Next(20),
            Redundancy = brief.Redundancy with { Minimum = Math.Min(2, maximum), Maximum = maximum },
        }, _now));
        await WriteProjectAsync();
        await OrderPagesAsync();
    }

    /// <summary>All memory is gone; clients keep their leases.</summary>
    private void Crash()
    {
        _hot.Clear();
        _tasks.Clear();
        foreach (var page in _pages.Keys.ToList())
        {
            _pages[page] = null!;
        }
    }

    private async Task WriteTaskAsync(TaskId id, LabelTask task, Kept<LabelTaskRecord> record)
    {
        record.State = task.ToRecord();
        await record.WriteAsync();
        if (task.Outcome is not null)
        {
            _retired.Add(id);
        }
        else
        {
            _retired.Remove(id);
        }
    }

    private async Task WritePageAsync(OpenPage page)
    {
        page.Record.State = new TaskPoolRecord(
            page.Store.Chunks, page.Store.Segments, page.Pool.Opened, [.. page.Pool.ClosedBits.Trimmed()], page.Pool.Terms, page.Pool.Totals,
            [.. page.Pool.ReopenedBits.Trimmed()]);
        await page.Record.WriteAsync();
    }

    private async Task WriteProjectAsync()
    {
        var record = await KeepAsync<ProjectRecord>("project", Project, "project");
        record.State = _project.ToRecord();
        await record.WriteAsync();
    }

    private async Task<Kept<ContributorHot>> HotAsync(string contributor) =>
        _hot.TryGetValue(contributor, out var hot) ? hot : _hot[contributor] = await KeepAsync<ContributorHot>("contributor", contributor, "contributor");

    private async Task<(LabelTask Task, Kept<LabelTaskRecord> Record)> TaskAsync(TaskId id)
    {
        if (!_tasks.TryGetValue(id, out var task))
        {
            var record = await KeepAsync<LabelTaskRecord>("task", id.Key, "task");
            _tasks[id] = task = (new LabelTask(id, ++_lives, record.State), record);
        }

        return task;
    }

    private async Task<OpenPage> PageAsync(int number)
    {
        if (_pages.GetValueOrDefault(number) is not { } page)
        {
            var id = new PageId(Project, TaskKinds.Label, number);
            var record = await KeepAsync<TaskPoolRecord>("pool", id.Key, "pool");
            var store = new PageStore(new BulkRecords(Bulk, GrainId.Create("pool", id.Key)), record.State);
            var pool = new TaskPool(number, ++_lives, record.State, static name => name);
            pool.Load(await store.ReadDefinitions());
            _pages[number] = page = new OpenPage(id, pool, store, await store.ReadClosed(), record);
            pool.Recount(page.Known);
            foreach (var index in Enumerable.Range(0, pool.Opened).Where(index => pool.ReopenedBits[index]))
            {
                await AskAsync(page, index);
            }
        }

        return page;
    }

    private async Task<Kept<T>> KeepAsync<T>(string type, string key, string name)
        where T : class, new()
    {
        var records = new BulkRecords(_store, GrainId.Create(type, key));
        return new Kept<T>(records, name, await records.Read<T>(name));
    }

    private sealed record OpenPage(PageId Id, TaskPool Pool, PageStore Store, Dictionary<int, TaskClosed> Known, Kept<TaskPoolRecord> Record);

    private sealed class Kept<T>(BulkRecords records, string name, GrainState<T> stored)
        where T : class, new()
    {
        public T State
        {
            get => stored.State!;
            set => stored.State = value;
        }

        public Task WriteAsync() => records.Write(name, stored);
    }
}
