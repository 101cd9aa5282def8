using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>
/// What a page does of its own accord, in the ticks of interleaving timers and never inside a turn that somebody awaits: wake who waits, ask opened
/// tasks that it has not heard of, cancel them when the project closed, report counters, say that it is done.
/// </summary>
internal sealed partial class TaskPoolGrain
{
    private const string PokeReminder = "poke";
    private const int PokeWidth = 8;
    private const int ViewWidth = ResultSegment.Size; // those of a segment together, or it would be written for each of them

    private static readonly TimeSpan PokePeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskPeriod = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WatchedPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan UnwatchedPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly WakeTokens _tokens = new();
    private IGrainTimer? _wakeTimer;
    private IGrainTimer? _reportTimer;
    private IGrainTimer? _errandTimer;
    private DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;
    private bool _reportArmed;
    private bool _watched;
    private DateTimeOffset _askAt;
    private bool _onErrand;
    private bool _errandAgain;
    private int _errandFailures;
    private bool _reminded;
    private readonly Queue<Reconsideration> _views = new();
    private TaskCompletionSource? _passedOn;

    public Task Reconsider(ImmutableArray<Reconsideration> views)
    {
        foreach (var view in views)
        {
            _views.Enqueue(view);
        }

        _passedOn ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        StartErrands();
        return _passedOn.Task;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminded = true;
        StartErrands();
        return Task.CompletedTask;
    }

    /// <summary>Something about the hints changed: somebody who waits may have work now, and the board has news.</summary>
    private void Changed()
    {
        if (_pool.Waiters.Count > 0)
        {
            WakeWaiters();
        }

        if (_pool.IsDone)
        {
            StartErrands();
        }

        MarkDirty();
    }

    private void WakeWaiters()
    {
        var now = Now;
        _pool.Lapse(now);
        _tokens.End(now);
        while (_pool.TryMatch(index => _tokens.Out(index) >= _pool.FreeOf(index), out var contributor, out var index))
        {
            _pool.Waiters.Remove(contributor);
            _tokens.Give(index, now);
            _ = Wake(contributor, index);
        }

        ArmWake(now);
    }

    private async Task Wake(string contributor, int index)
    {
        bool going;
        try
        {
            going = await GrainFactory.GetGrain<IContributorGrain>(contributor).Wake(new WakeToken(_id, index));
        }
        catch (Exception)
        {
            going = false; // unknown: the slot is offered to the next, and the tasks see to it that it is used once
        }

        if (!going)
        {
            _tokens.Spend(index);
            WakeWaiters();
        }
    }

    /// <summary>While somebody waits, the page looks again when a token ends unused or a reservation lapses.</summary>
    private void ArmWake(DateTimeOffset now)
    {
        var next = _pool.Waiters.Count == 0 ? DateTimeOffset.MaxValue : _tokens.NextEnd ?? DateTimeOffset.MaxValue;
        next = _pool.Waiters.Count > 0 && _pool.NextLapse < next ? _pool.NextLapse : next;
        if (next == _wakeAt)
        {
            return;
        }

        _wakeAt = next;
        var due = next == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : next > now ? next - now : TimeSpan.Zero;
        _wakeTimer ??= this.RegisterGrainTimer(
            WakeTick, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _wakeTimer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private Task WakeTick()
    {
        _wakeAt = DateTimeOffset.MaxValue;
        WakeWaiters();
        return Task.CompletedTask;
    }

    private void MarkDirty()
    {
        if (_reportArmed)
        {
            return;
        }

        _reportArmed = true;
        _reportTimer ??= this.RegisterGrainTimer(
            ReportTick, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _reportTimer.Change(_watched || _pool.IsDone ? WatchedPeriod : UnwatchedPeriod, Timeout.InfiniteTimeSpan);
    }

    private async Task ReportTick()
    {
        _reportArmed = false;
        await _gate.CoveredAsync();
        _watched = await GrainFactory.GetGrain<IProgressGrain>(_id.Project).Report(_pool.Snapshot());
    }

    /// <summary>Somebody looks on: what is waiting to be reported goes sooner.</summary>
    private void Watched()
    {
        if (!_watched)
        {
            _watched = true;
            _reportArmed = false;
            MarkDirty();
        }
    }

    /// <summary>One reminder while anything opened is not closed, so that no outbox is forgotten.</summary>
    private async Task KeepReminder()
    {
        if (!_pool.IsDone)
        {
            await Remind();
        }
    }

    private async Task Remind()
    {
        if (!_reminded)
        {
            await this.RegisterOrUpdateReminder(PokeReminder, PokePeriod, PokePeriod);
            _reminded = true;
        }
    }

    /// <summary>
    /// Somebody waits, so every slot is thought to be taken: a hint that a lost message left wrong would starve people until the reminder. The tasks
    /// are asked again, but not more often than <see cref="AskPeriod"/>, however many wait.
    /// </summary>
    private void AskWhenOverdue()
    {
        if (_pool.Waiters.Count > 0 && Now >= _askAt)
        {
            StartErrands();
        }
    }

    private void StartErrands()
    {
        _askAt = Now + AskPeriod;
        _errandAgain = true;
        if (_onErrand)
        {
            return;
        }

        _errandTimer ??= this.RegisterGrainTimer(
            ErrandTick, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        _onErrand = true;
        _errandTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task ErrandTick()
    {
        try
        {
            // The project may close, or a re-fit speak, while the others are asked or told.
            while (_errandAgain)
            {
                _errandAgain = false;
                await PassOnViews();
                await AskOpened();
                if (_pool.IsDone)
                {
                    await SayDone();
                }
            }

            _errandFailures = 0;
            if (_pool.IsDone)
            {
                DeactivateOnIdle();
            }
        }
        catch (Exception e) when (!_gate.IsFenced)
        {
            LogErrandFailed(logger, _id, e);
            _errandAgain = true;
            _errandTimer!.Change(FirstRetry * (1 << Math.Min(_errandFailures++, 8)), Timeout.InfiniteTimeSpan);
            return;
        }

        _onErrand = false;
    }

    /// <summary>Asks each opened task that is not closed, a few at a time; cancels them when the project closed.</summary>
    private async Task AskOpened()
    {
        if (_pool.IsDone)
        {
            return;
        }

        if (_pool.ReopenedBits.Any())
        {
            await SayReopened();
        }

        if (_mayLag || _pool.ReopenedBits.Any())
        {
            await Known();
            _mayLag = false;
        }

        _pool.Partial = true;
        var open = Enumerable.Range(0, _pool.Opened).Where(index => !_pool.IsClosed(index)).ToList();
        Exception? failure = null;
        foreach (var batch in open.Chunk(PokeWidth))
        {
            try
            {
                await Task.WhenAll(Array.ConvertAll(batch, Ask));
            }
            catch (Exception e)
            {
                failure = e; // one that does not answer must not hide the others
            }
        }

        _pool.Partial = failure is not null;
        Changed();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task Ask(int index)
    {
        var task = GrainFactory.GetGrain<ILabelTaskGrain>(_id.Task(index).Key);
        var heard = _pool.ReopenedBits[index] ? _known.GetValueOrDefault(index)?.Revision ?? 0 : 0;
        if (_pool.Terms!.State == ProjectState.Closed)
        {
            _pool.Mend(index, await task.Cancel(RetirementReason.Cancelled, _pool.Terms.PolicyOf(_pool.Definition(index))));
            if (heard == 0)
            {
                return;
            }
        }

        // A task that was set aside and is retired all the same has nothing to cancel: it only says so when it knows that it was not believed.
        _pool.Mend(index, await task.Poke(heard));
    }

    private async Task PassOnViews()
    {
        if (_passedOn is not { } passedOn)
        {
            return;
        }

        _passedOn = null; // views that come from here on have one of their own
        try
        {
            await PassOnAll();
            passedOn.SetResult();
        }
        catch (Exception e)
        {
            _views.Clear(); // the next re-fit says it again
            passedOn.SetException(e);
            throw;
        }
    }

    /// <summary>
    /// A task that is to open again leaves the page's closed ones first, durably, then hears of it. Whatever a crash leaves undone between the two,
    /// the page asks the task, as it does all that it believes open, and the task tells whether it is closed.
    /// </summary>
    private async Task PassOnAll()
    {
        await Load();
        if (_views.Any(view => view.Reopen))
        {
            await Remind(); // now: nobody else would wake a page that was done, when a crash comes next
        }

        var known = await Known();
        while (_views.Count > 0)
        {
            var batch = new List<Reconsideration>(ViewWidth);
            while (batch.Count < ViewWidth && _views.TryDequeue(out var view))
            {
                if (!view.Reopen || (known.TryGetValue(view.Index, out var closed) && _pool.Reopen(closed, view.Revision)))
                {
                    batch.Add(view);
                }
            }

            await _gate.CommitAsync();
            await Task.WhenAll(batch.ConvertAll(PassOn));
        }

        if (_pool.ReopenedBits.Any())
        {
            await SayReopened();
        }

        // Before the re-fit is done: a board that hears that first would call the project final.
        _watched = await GrainFactory.GetGrain<IProgressGrain>(_id.Project).Report(_pool.Snapshot());
    }

    private Task SayReopened() => GrainFactory.GetGrain<IProjectGrain>(_id.Project).PageReopened(_id.Page);

    private async Task PassOn(Reconsideration view)
    {
        var truth = await GrainFactory.GetGrain<ILabelTaskGrain>(_id.Task(view.Index).Key).Reconsider(view);
        _pool.Mend(view.Index, truth);
        Changed();
    }

    private async Task SayDone()
    {
        await _gate.CoveredAsync();
        await GrainFactory.GetGrain<IProgressGrain>(_id.Project).Report(_pool.Snapshot());
        await GrainFactory.GetGrain<IProjectGrain>(_id.Project).PageClosed(_id.Page);
        if (await this.GetReminder(PokeReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        _reminded = false;
    }
}
