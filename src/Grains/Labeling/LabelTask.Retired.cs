using Trove.Consensus;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>What a task does once it is retired: what it tells others, and what a re-fit may change.</summary>
internal sealed partial class LabelTask
{
    /// <summary>
    /// Takes a re-fit's view of the retired task: another leading answer or confidence, or too little confidence to have stopped. A task that opens
    /// again keeps its answers; what they were settled as stays.
    /// </summary>
    /// <returns>Whether the change must be made durable.</returns>
    public bool Reconsider(Reconsideration view)
    {
        if (Outcome is null || view.Revision != Revision || view.Reliabilities.Length != _answers.Count
            || Outcome.Reason is RetirementReason.Cancelled or RetirementReason.Withdrawn)
        {
            return false;
        }

        for (var i = 0; i < _answers.Count; i++)
        {
            _answers[i] = _answers[i] with { Reliability = view.Reliabilities[i] };
        }

        _settled = _answers.Count;
        _posterior = TaskPosterior.Of(_policy!, _answers);
        if (view.Reopen && CanGrow)
        {
            Outcome = null;
            RetiredAt = default;
            _target = _answers.Count + 1;
            _recalled.Clear(); // whoever still has that work in hand may answer: see HoldsSlot
            return true;
        }

        var decision = Quorum.Decide(_policy!.Redundancy, _answers.Count, _answers.Count, view.Confidence, tie: false);
        var reason = decision.Move != QuorumMove.Retire ? (NobodyIsLeft ? RetirementReason.Exhausted : Outcome.Reason)
            : decision.Undecided ? RetirementReason.Undecided
            : RetirementReason.Consensus;
        Outcome = new Outcome(reason, view.Content, view.Confidence, _answers.Count, view.Method, view.Chances);
        Revision++;
        return true;
    }

    /// <summary>
    /// The page set the closing with this revision aside, to open the task again, and the task did not. It takes a later one, or the page could not
    /// tell its word from a late repetition of the earlier.
    /// </summary>
    /// <returns>Whether the change must be made durable.</returns>
    public bool StaysClosed(int heard)
    {
        if (Outcome is null || Revision > heard)
        {
            return false;
        }

        Revision = heard + 1;
        return true;
    }

    /// <summary>The holder had not answered. Not worth a write: after a crash the wait ends by time.</summary>
    public void EndRecall(string contributor, long assignment) =>
        _recalled.RemoveAll(r => r.Contributor == contributor && r.Assignment == assignment);

    /// <summary>Ends the wait for clients that never said whether they had answered.</summary>
    /// <returns>Whether anybody was waited for.</returns>
    public bool EndRecalls(DateTimeOffset now) => _recalled.RemoveAll(r => r.Until <= now) > 0;

    /// <summary>
    /// Every verdict of a retired task, or of the retirement before it opened again: each counted answer earns the price its lease was given at, each claim the kill fee. The same verdicts each time it is asked;
    /// receivers settle each once.
    /// </summary>
    public IEnumerable<Verdict> Verdicts()
    {
        if (_policy is null)
        {
            yield break;
        }

        var decided = Outcome is null ? _settled : _answers.Count;
        var right = _posterior.ProbabilitiesRight(_policy, _answers);
        for (var i = 0; i < decided; i++)
        {
            var answer = _answers[i];
            yield return new Verdict(
                answer.Contributor, answer.Assignment, 0, _id, VerdictKind.Earned, answer.PriceMinor, _policy.Label, _policy.Classes, right[i]);
        }

        foreach (var claim in _claims)
        {
            yield return new Verdict(
                claim.Contributor, claim.Assignment, 0, _id, VerdictKind.KillFee, claim.AmountMinor, _policy.Label, _policy.Classes, double.NaN);
        }
    }

    /// <summary>What the pool is told last, when every verdict is settled.</summary>
    public TaskClosed Closed() => new(
        _id.Index, Revision, Outcome!, [.. _answers], _answers.Sum(a => a.PriceMinor) + _claims.Sum(c => c.AmountMinor), RetiredAt);

    /// <summary>Work that was done when its task retired earns the kill fee once, if its lease was known at retirement.</summary>
    private void ClaimKillFee(Lease lease, DateTimeOffset now)
    {
        // By time too, not only when somebody ends the waits: another life has not seen that they were ended.
        EndRecalls(now);
        if (_recalled.RemoveAll(r => r.Contributor == lease.Contributor && r.Assignment == lease.Assignment) == 0)
        {
            return;
        }

        // Rounded down to whole minor units: a fee never exceeds its percentage.
        _claims.Add(new Claim(lease.Contributor, lease.Assignment, lease.Policy.PriceMinor * lease.Policy.KillFeePercent / 100));
        Revision++;
    }

    private bool HasClaimed(Lease lease) => _claims.Exists(claim => claim.Contributor == lease.Contributor && claim.Assignment == lease.Assignment);

    /// <summary>Whether one more answer may be asked for, and there may be somebody to ask.</summary>
    private bool CanGrow => _policy!.Redundancy is { Kind: RedundancyKind.Dynamic } redundancy && _answers.Count < redundancy.Maximum
        && !NobodyIsLeft;
}
