using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Guests;

namespace Trove.Grains.Contributors;

/// <summary>Answers that were given before their giver was this contributor.</summary>
internal sealed partial class ContributorGrain
{
    /// <summary>Longer than the answer needs to follow its lease; a crash in between keeps the slot no longer than this.</summary>
    private static readonly TimeSpan HeldLeaseLasts = TimeSpan.FromMinutes(1);

    public async Task<ImmutableArray<long>> TakeNumbers(int count)
    {
        var numbers = ImmutableArray.CreateBuilder<long>(count);
        while (numbers.Count < count)
        {
            await ReserveNumbers();
            while (numbers.Count < count && Hot.Numbers.TryTake(out var number))
            {
                numbers.Add(number);
            }
        }

        return numbers.ToImmutable();
    }

    public async Task<HeldFate> SubmitHeld(HeldAnswer answer)
    {
        // Remembered first, as at a join: an export finds open work by it. Nobody is given the answers of an erased person.
        var fate = await RememberProjects([answer.Task.Project])
            ? await AskedBefore(answer) ?? await LeaseAndSubmit(answer)
            : HeldFate.NotNeeded;
        if (fate == HeldFate.Counted)
        {
            _session?.Find(answer.Task.Project)?.Had(answer.Task.Page.Page).Set(answer.Task.Index);
            if (Hot.Numbers.StateOf(answer.Assignment) != NumberState.Ended)
            {
                _pending.Add(answer.Assignment); // the verdict can be here before the task's reply is
            }
        }
        else
        {
            Hot.Numbers.Void(answer.Assignment);
        }

        return fate;
    }

    /// <summary>
    /// What an earlier sending came to, whose reply may have been lost. The task is asked with a lease that ended at the beginning of time: it is not taken for a
    /// slot, but the task knows what it has under the number, and counts it if that number holds a slot there.
    /// </summary>
    private async Task<HeldFate?> AskedBefore(HeldAnswer answer)
    {
        var status = await Send(answer, new Lease(_key, answer.Task, answer.Assignment, 0, DateTimeOffset.MinValue, answer.Policy));
        return status != SubmitStatus.LeaseLost ? FateOf(status)
            : Hot.Numbers.StateOf(answer.Assignment) is NumberState.Void or NumberState.Ended ? HeldFate.NotNeeded // refused, and a number that ended is not used again
            : null;
    }

    private async Task<HeldFate> LeaseAndSubmit(HeldAnswer answer)
    {
        var window = (await Project(answer.Task.Project).Window()).Value;
        if (window is null || window.BriefVersion != answer.Policy.BriefVersion)
        {
            return HeldFate.BriefChanged;
        }

        if (!GuestRules.IsForGuests(window))
        {
            return HeldFate.ProjectShut;
        }

        if (_leases.Values.Any(held => held.Lease.Task == answer.Task))
        {
            return HeldFate.AlreadyYours; // a second lease would take the slot of the first
        }

        var deadline = Now + HeldLeaseLasts;
        var reply = await Grain(answer.Task).Lease(new LeaseRequest(_key, answer.Assignment, deadline, answer.Policy));
        if (reply.Status != LeaseStatus.Granted)
        {
            _ = Quietly(Pool(answer.Task.Page).Mend(answer.Task.Index, _key, reply.Truth));
            return reply.Status switch
            {
                LeaseStatus.Had => HeldFate.AlreadyYours,
                LeaseStatus.Confirm => HeldFate.BriefChanged,
                _ => HeldFate.NotNeeded,
            };
        }

        return FateOf(await Send(answer, new Lease(_key, answer.Task, answer.Assignment, reply.Incarnation, deadline, answer.Policy)));
    }

    private async Task<SubmitStatus> Send(HeldAnswer answer, Lease lease)
    {
        var reliability = Hot.Reputation.Of(answer.Policy.Label, answer.Policy.Classes).Mean;
        return (await Grain(answer.Task).Submit(new TaskSubmission(lease, answer.Content, reliability))).Status;
    }

    private static HeldFate FateOf(SubmitStatus status) => status is SubmitStatus.Accepted or SubmitStatus.AlreadyAccepted ? HeldFate.Counted : HeldFate.NotNeeded;
}
