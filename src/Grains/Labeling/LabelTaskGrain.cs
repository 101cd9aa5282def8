using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>
/// Shell of <see cref="LabelTask"/>: identity, commit, and telling others what was decided. Reentrant under the rule of the commit gate: each
/// handler decides without awaiting, and no reply leaves before what it tells of is durable.
/// </summary>
[Reentrant, GrainType("task")]
internal sealed partial class LabelTaskGrain(
    [PersistentState("task", TroveStores.Records)] IPersistentState<LabelTaskRecord> record,
    TimeProvider time,
    ILogger<LabelTaskGrain> logger) : Grain, ILabelTaskGrain
{
    private static readonly TimeSpan RecallLook = TimeSpan.FromSeconds(1);

    private readonly Outbox<Telling, Verdict?> _outbox = new();
    private readonly HashSet<Telling> _told = [];
    private LabelTask _task = null!;
    private TaskId _id;
    private CommitGate _gate = null!;
    private OutboxPump<Telling, Verdict?> _pump = null!;
    private IGrainTimer? _recallTimer;

    private DateTimeOffset Now => time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = TaskId.Parse(this.GetPrimaryKeyString());
        var incarnation = Incarnation.New();
        _task = new LabelTask(_id, incarnation, record.State);
        _gate = new CommitGate(WriteAsync, Fence, time);
        _pump = new OutboxPump<Telling, Verdict?>(_outbox, _gate, Tell, Told, this.Timer, time, seed: (int)incarnation);
        return Task.CompletedTask;
    }

    public async Task<LeaseReply> Lease(LeaseRequest request)
    {
        var revision = _task.Revision;
        var reply = _task.Lease(request, Now);
        var retired = _task.Revision != revision;
        if (reply.Status != LeaseStatus.Granted)
        {
            // A refusal tells of answers; a grant tells of nothing that a crash could take back, since leases are memory.
            await CommitAsync(retired);
        }

        if (retired)
        {
            Announce();
        }

        LeaveWhenIdle();
        return reply;
    }

    public async Task<bool> Renew(string contributor, long assignment, DateTimeOffset deadline)
    {
        var live = _task.Renew(contributor, assignment, deadline);
        await _gate.CoveredAsync();
        return live;
    }

    public async Task<TaskTruth> Release(ReleaseRequest request)
    {
        await CommitAsync(_task.Release(request, Now));
        Announce();
        LeaveWhenIdle();
        return _task.Truth(Now);
    }

    public async Task<SubmitReply> Submit(TaskSubmission submission)
    {
        var (status, changed) = _task.Submit(submission, Now);
        var truth = _task.Truth(Now);
        await CommitAsync(changed);
        if (_task.Outcome is not null)
        {
            Announce();
            LeaveWhenIdle();
        }
        else if (changed)
        {
            // A hint: lost, the page learns it from the next refusal.
            _ = Ignore(Pool.Report(_id.Index, truth));
        }
        else
        {
            LeaveWhenIdle(); // a refused answer may have woken a task that nobody works on
        }

        return new SubmitReply(status, truth);
    }

    public async Task<TaskTruth> Cancel(RetirementReason reason, TaskPolicy policy)
    {
        await CommitAsync(_task.Cancel(reason, policy, Now));
        Announce();
        return _task.Truth(Now);
    }

    public async Task<TaskTruth> Poke(int heard)
    {
        await CommitAsync(_task.StaysClosed(heard));
        Announce();
        LeaveWhenIdle();
        return _task.Truth(Now);
    }

    public async Task<TaskTruth> Reconsider(Reconsideration view)
    {
        var settled = _task.Verdicts().ToList();
        var changed = _task.Reconsider(view);
        if (changed)
        {
            // The page knew this revision, and it is told last: so everybody else has been told, and whatever stands in the outbox is a repetition.
            _outbox.Clear();
            foreach (var verdict in settled)
            {
                _told.Add(new Telling(TellingKind.Settle, verdict.Contributor, verdict.Assignment));
            }
        }

        await CommitAsync(changed);
        Announce();
        LeaveWhenIdle();
        return _task.Truth(Now);
    }

    public async Task<TaskWork> WorkOf(string contributor)
    {
        var work = _task.WorkOf(contributor);
        await _gate.CoveredAsync();
        LeaveWhenIdle(); // a task that is closed, and came back for this alone
        return work;
    }

    public async Task<TaskInspection> Inspect()
    {
        var inspection = _task.Inspect(Now);
        await _gate.CoveredAsync();
        return inspection;
    }

    private ITaskPoolGrain Pool => GrainFactory.GetGrain<ITaskPoolGrain>(_id.Page.Key);

    private IContributorGrain Contributor(string key) => GrainFactory.GetGrain<IContributorGrain>(key);

    private Task CommitAsync(bool changed) => changed ? _gate.CommitAsync() : _gate.CoveredAsync();

    private Task WriteAsync()
    {
        record.State = _task.ToRecord();
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _id, cause);
        DeactivateOnIdle();
    }

    /// <summary>
    /// Puts into the outbox whatever the retired task has not told in this life: a verdict to each voter, a recall to each holder, and last, when
    /// all have spoken, the closing to the page. A new life tells everything again; whoever is told knows it by its key.
    /// </summary>
    private void Announce()
    {
        if (_task.Outcome is null)
        {
            return;
        }

        if (_task.EndRecalls(Now))
        {
            _recallTimer?.Dispose();
            _recallTimer = null;
        }

        foreach (var verdict in _task.Verdicts())
        {
            Add(new Telling(TellingKind.Settle, verdict.Contributor, verdict.Assignment), verdict);
        }

        foreach (var recalled in _task.Unspoken)
        {
            Add(new Telling(TellingKind.Recall, recalled.Contributor, recalled.Assignment), null);
        }

        if (_task.Unspoken.Count == 0)
        {
            Add(new Telling(TellingKind.Closed, string.Empty, _task.Revision), null, last: true);
        }
        else
        {
            // By when they end, and soon again: a tick a hair too early must not cost another whole grace.
            var wait = _task.Unspoken.Max(recalled => recalled.Until) - Now;
            _recallTimer ??= this.RegisterGrainTimer(
                AnnounceLater,
                new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, RecallLook) { Interleave = true, KeepAlive = true });
        }

        _pump.Wake();
    }

    private Task AnnounceLater()
    {
        Announce();
        return Task.CompletedTask;
    }

    private void Add(Telling telling, Verdict? verdict, bool last = false)
    {
        if (!_told.Contains(telling))
        {
            _outbox.Add(telling, verdict, last);
        }
    }

    private Task Tell(OutboxEntry<Telling, Verdict?> entry) => entry.Key.Kind switch
    {
        TellingKind.Settle => Contributor(entry.Key.Contributor).Settle([entry.Message!]),
        TellingKind.Recall => TellRecall(entry.Key.Contributor, entry.Key.Number),
        _ => TellClosed(),
    };

    private async Task TellRecall(string contributor, long assignment)
    {
        if (_task.Outcome is { } outcome && await Contributor(contributor).Recall(_id, assignment, outcome.Reason))
        {
            _task.EndRecall(contributor, assignment);
        }
    }

    /// <summary>The closing as it is now, which may be newer than what the pump waited for: a claim or a re-fit may have changed it since.</summary>
    private async Task TellClosed()
    {
        if (_task.Outcome is null)
        {
            return; // open again, it has nothing to say
        }

        var closed = _task.Closed();
        await _gate.CoveredAsync();
        await Pool.Closed(closed);
    }

    private void Told(OutboxEntry<Telling, Verdict?> entry)
    {
        _told.Add(entry.Key);
        if (entry.Key.Kind == TellingKind.Recall)
        {
            Announce();
        }
        else if (entry.Key.Kind == TellingKind.Closed && _task.Outcome is not null)
        {
            LeaveWhenIdle(); // unless there is more to tell since
        }
    }

    /// <summary>A task that nobody holds and that has nothing to tell only costs memory.</summary>
    private void LeaveWhenIdle()
    {
        if (_task.IsIdle && _outbox.Count == 0 && !_gate.Outstanding && (_task.Outcome is null ? _task.IsUntouched : _task.Unspoken.Count == 0))
        {
            DeactivateOnIdle();
        }
    }

    private static async Task Ignore(Task hint)
    {
        try
        {
            await hint;
        }
        catch (Exception)
        {
            // It was a hint.
        }
    }

    private enum TellingKind
    {
        Settle,
        Recall,
        Closed,
    }

    private readonly record struct Telling(TellingKind Kind, string Contributor, long Number);
}
