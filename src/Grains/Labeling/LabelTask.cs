using System.Collections.Immutable;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>
/// One label task: slots, leases, answers, posterior, outcome. The only judge of its redundancy and quorum.
/// Pure: takes commands with the time they happen at, touches nothing outside.
/// </summary>
/// <remarks>
/// Answers, skips, outcome and claims are durable (<see cref="LabelTaskRecord"/>). Leases are memory: their holders have signed tokens, and
/// <see cref="Submit"/> takes the word of a token from an earlier life while a slot is left.
/// What the task has to tell others after it retired is a function of the record, so nothing of it is stored: see <see cref="Verdicts"/>.
/// </remarks>
internal sealed partial class LabelTask
{
    /// <summary>How long after its deadline a lease of an earlier life is still believed.</summary>
    public static readonly TimeSpan AdoptionGrace = TimeSpan.FromHours(1);

    /// <summary>How long a recalled client may take to say whether it had answered already.</summary>
    public static readonly TimeSpan RecallGrace = TimeSpan.FromSeconds(10);

    private readonly TaskId _id;
    private readonly long _incarnation;
    private readonly Dictionary<string, LiveLease> _leases = new(StringComparer.Ordinal);
    private readonly List<CountedAnswer> _answers;
    private readonly HashSet<string> _skipped;
    private readonly List<Recalled> _recalled;
    private readonly List<Claim> _claims;
    private TaskPolicy? _policy;
    private int _target;
    private int _settled;
    private TaskPosterior _posterior;

    /// <param name="id">Which task.</param>
    /// <param name="incarnation">Which life of it; never zero, never the same twice.</param>
    /// <param name="record">What is durable of it.</param>
    public LabelTask(TaskId id, long incarnation, LabelTaskRecord record)
    {
        _id = id;
        _incarnation = incarnation;
        _policy = record.Policy;
        _answers = [.. record.Answers];
        _skipped = new HashSet<string>(record.Skipped, StringComparer.Ordinal);
        _recalled = [.. record.Recalled];
        _claims = [.. record.Claims];
        _target = record.Target;
        Outcome = record.Outcome;
        RetiredAt = record.RetiredAt;
        Revision = record.Revision;
        _settled = record.Settled;
        _posterior = _policy is null ? new TaskPosterior(null, 0, true, []) : TaskPosterior.Of(_policy, _answers);
    }

    /// <summary>What was decided, once it is.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset RetiredAt { get; private set; }

    /// <summary>Grows with each thing told after retirement.</summary>
    public int Revision { get; private set; }

    /// <summary>Whether nobody holds a lease here.</summary>
    public bool IsIdle => _leases.Count == 0;

    /// <summary>Whether nothing has happened here that is kept.</summary>
    public bool IsUntouched => _answers.Count == 0 && _skipped.Count == 0;

    /// <summary>Leases that were live at retirement and whose holders have not spoken yet.</summary>
    public IReadOnlyList<Recalled> Unspoken => _recalled;

    /// <summary>What is to be stored.</summary>
    public LabelTaskRecord ToRecord() => new(
        _policy, [.. _answers], _skipped.Count == 0 ? [] : [.. _skipped.Order(StringComparer.Ordinal)], _target, Outcome, RetiredAt, [.. _recalled], [.. _claims], Revision, _settled);

    /// <summary>Where the task stands.</summary>
    public TaskTruth Truth(DateTimeOffset now)
    {
        var live = 0;
        DateTimeOffset? freeAt = null;
        foreach (var lease in _leases.Values)
        {
            if (lease.Deadline > now)
            {
                live++;
                freeAt = freeAt is null || lease.Deadline < freeAt ? lease.Deadline : freeAt;
            }
        }

        return new TaskTruth(_answers.Count, live, _target, Outcome?.Reason ?? RetirementReason.None, (float)_posterior.Confidence, freeAt);
    }

    /// <summary>The task for a developer's eyes.</summary>
    public TaskInspection Inspect(DateTimeOffset now) => new(Truth(now), Outcome is { Chances.IsDefaultOrEmpty: false } judged ? judged.Chances : _posterior.Chances, Outcome);

    /// <summary>What is durable here of one contributor.</summary>
    public TaskWork WorkOf(string contributor) => new(
        AnswerOf(contributor),
        _skipped.Contains(contributor),
        _recalled.Exists(recalled => recalled.Contributor == contributor),
        _claims.Exists(claim => claim.Contributor == contributor) ? _claims.Where(claim => claim.Contributor == contributor).Sum(claim => claim.AmountMinor) : null);

    /// <summary>
    /// Leases a slot. Asking again with the same number changes nothing but the deadline; a new number of the same holder replaces the old one.
    /// A newer brief that comes with the wish can retire the task: see <see cref="Revision"/>.
    /// </summary>
    public LeaseReply Lease(LeaseRequest request, DateTimeOffset now)
    {
        LeaseReply Reply(LeaseStatus status) => new(status, Truth(now), _incarnation, _policy!.BriefVersion);

        var holds = _leases.TryGetValue(request.Contributor, out var live);
        var again = holds && live.Assignment == request.Assignment;
        if (!again && Outcome is null && _policy is not null && request.Policy.BriefVersion < _policy.BriefVersion)
        {
            return Reply(LeaseStatus.Confirm);
        }

        Follow(request.Policy, now);
        if (Outcome is not null)
        {
            return Reply(LeaseStatus.Closed);
        }

        if (HasHad(request.Contributor))
        {
            return Reply(LeaseStatus.Had);
        }

        if (!holds)
        {
            ForgetExpired(now);
            if (_target - _answers.Count - _leases.Count <= 0)
            {
                return Reply(LeaseStatus.Full);
            }
        }
        else if (request.Assignment < live.Assignment)
        {
            // A wish that was given up long ago and comes late: granted, it would take the slot from its holder's own work.
            return Reply(LeaseStatus.Full);
        }

        var deadline = again && live.Deadline > request.Deadline ? live.Deadline : request.Deadline;
        _leases[request.Contributor] = new LiveLease(request.Contributor, request.Assignment, deadline);
        return Reply(LeaseStatus.Granted);
    }

    /// <summary>Moves the deadline of a live lease.</summary>
    public bool Renew(string contributor, long assignment, DateTimeOffset deadline)
    {
        if (!_leases.TryGetValue(contributor, out var lease) || lease.Assignment != assignment || Outcome is not null)
        {
            return false;
        }

        _leases[contributor] = lease with { Deadline = deadline > lease.Deadline ? deadline : lease.Deadline };
        return true;
    }

    /// <summary>Gives a slot back by number; an unknown number changes nothing.</summary>
    /// <returns>Whether the change must be made durable before the reply.</returns>
    public bool Release(ReleaseRequest request, DateTimeOffset now)
    {
        var revision = Revision;
        Follow(request.Policy, now);
        if (_leases.TryGetValue(request.Contributor, out var lease) && lease.Assignment == request.Assignment)
        {
            _leases.Remove(request.Contributor);
        }

        EndRecall(request.Contributor, request.Assignment);

        // A skip matters to others only where the circle is closed: the task must know when nobody is left.
        if (request.Cause != ReleaseCause.Skipped || Outcome is not null || HasHad(request.Contributor) || !_skipped.Add(request.Contributor))
        {
            return Revision != revision;
        }

        RetireWhenNobodyIsLeft(now);
        return _policy!.Allowed > 0;
    }

    /// <summary>Counts an answer.</summary>
    /// <returns>The reply's status, and whether a change must be made durable before it leaves.</returns>
    public (SubmitStatus Status, bool Changed) Submit(TaskSubmission submission, DateTimeOffset now)
    {
        var lease = submission.Lease;
        if (AnswerOf(lease.Contributor) is { } earlier)
        {
            return (earlier.Assignment == lease.Assignment ? SubmitStatus.AlreadyAccepted : SubmitStatus.LeaseLost, false);
        }

        if (HasClaimed(lease))
        {
            return (SubmitStatus.Recalled, false); // open again or not: this work is paid
        }

        var revision = Revision;
        Follow(lease.Policy, now);
        if (Outcome is not null)
        {
            ClaimKillFee(lease, now);
            return (SubmitStatus.Recalled, Revision != revision);
        }

        if (!HoldsSlot(lease, now))
        {
            return (SubmitStatus.LeaseLost, false);
        }

        _leases.Remove(lease.Contributor);
        _skipped.Remove(lease.Contributor);
        _answers.Add(new CountedAnswer(lease.Contributor, lease.Assignment, submission.Content, submission.Reliability, now, lease.Policy.PriceMinor));
        Decide(now);
        return (SubmitStatus.Accepted, true);
    }

    /// <summary>Retires the task without consensus; a retired task stays as it is.</summary>
    /// <returns>Whether the change must be made durable.</returns>
    public bool Cancel(RetirementReason reason, TaskPolicy policy, DateTimeOffset now)
    {
        var revision = Revision;
        Follow(policy, now);
        if (Outcome is null)
        {
            Retire(reason, now);
        }

        return Revision != revision;
    }

    /// <summary>The rules in force: the newest brief that anybody brought, until the task retires. Answers that are enough under a newer one retire it.</summary>
    private void Follow(TaskPolicy policy, DateTimeOffset now)
    {
        if (Outcome is not null || (_policy is not null && policy.BriefVersion <= _policy.BriefVersion))
        {
            return;
        }

        _policy = policy;
        _target = Math.Max(Math.Max(_target, _answers.Count), policy.Redundancy.Kind == RedundancyKind.Dynamic ? policy.Redundancy.Minimum : policy.Redundancy.Maximum);
        _target = Math.Max(Math.Min(_target, policy.Redundancy.Maximum), _answers.Count);
        if (_answers.Count > 0)
        {
            Decide(now);
        }
    }

    private bool HasHad(string contributor) => _skipped.Contains(contributor) || AnswerOf(contributor) is not null;

    private CountedAnswer? AnswerOf(string contributor) => _answers.Find(a => a.Contributor == contributor);

    private void ForgetExpired(DateTimeOffset now)
    {
        List<string>? expired = null;
        foreach (var lease in _leases.Values)
        {
            if (lease.Deadline <= now)
            {
                (expired ??= []).Add(lease.Contributor);
            }
        }

        expired?.ForEach(holder => _leases.Remove(holder));
    }

    /// <summary>
    /// A live lease is a slot; so is one past its deadline that nobody else has wanted since. A token of an earlier life of this task is believed
    /// while a slot below the maximum is left.
    /// </summary>
    private bool HoldsSlot(Lease lease, DateTimeOffset now)
    {
        if (_leases.TryGetValue(lease.Contributor, out var live) && live.Assignment == lease.Assignment)
        {
            return true;
        }

        if (lease.Incarnation == _incarnation || now > lease.Deadline + AdoptionGrace || live.Assignment > lease.Assignment)
        {
            return false;
        }

        ForgetExpired(now);
        var others = _leases.Count - (_leases.ContainsKey(lease.Contributor) ? 1 : 0);
        return _answers.Count + others < _policy!.Redundancy.Maximum;
    }

    private void Decide(DateTimeOffset now)
    {
        _posterior = TaskPosterior.Of(_policy!, _answers);
        var decision = Quorum.Decide(_policy!.Redundancy, _answers.Count, Math.Max(_target, _answers.Count), _posterior.Confidence, _posterior.Tie);
        _target = Math.Max(decision.Target, _answers.Count);
        if (decision.Move == QuorumMove.Retire)
        {
            Retire(decision.Undecided ? RetirementReason.Undecided : RetirementReason.Consensus, now);
            return;
        }

        RetireWhenNobodyIsLeft(now);
    }

    private bool NobodyIsLeft => _policy!.Allowed > 0 && _answers.Count + _skipped.Count >= _policy.Allowed;

    /// <summary>Where only some may answer, a task that each of them answered or refused has nothing to wait for.</summary>
    private void RetireWhenNobodyIsLeft(DateTimeOffset now)
    {
        if (NobodyIsLeft)
        {
            Retire(RetirementReason.Exhausted, now);
        }
    }

    private void Retire(RetirementReason reason, DateTimeOffset now)
    {
        Outcome = new Outcome(reason, _posterior.Content, _posterior.Confidence, _answers.Count);
        RetiredAt = now;
        Revision++;
        _target = _answers.Count;
        foreach (var lease in _leases.Values.Where(l => l.Deadline > now))
        {
            var grace = now + RecallGrace;
            _recalled.Add(new Recalled(lease.Contributor, lease.Assignment, lease.Deadline < grace ? lease.Deadline : grace));
        }

        _leases.Clear();
    }
}
