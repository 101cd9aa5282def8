using System.Collections.Immutable;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Contributors;

/// <summary>Answers: on to their task, and back with what was found to do next.</summary>
internal sealed partial class ContributorGrain
{
    public async Task<SubmitResult> Submit(long session, SubmitRequest request)
    {
        if (!TryRead(request.Token, out var lease, out var error))
        {
            return new SubmitResult(SubmitStatus.Invalid, error);
        }

        if (Hot.Numbers.StateOf(lease.Assignment) == NumberState.Void)
        {
            return Result(SubmitStatus.LeaseLost, lease, session);
        }

        var project = _session?.Find(lease.Task.Project);
        var schema = project?.Window.Brief.Schema ?? (await Project(lease.Task.Project).Window()).Value?.Brief.Schema;
        if (schema is null)
        {
            return new SubmitResult(SubmitStatus.Invalid, $"There is no project '{lease.Task.Project}'.");
        }

        if (!AnswerReader.TryRead(schema, request.Values, out var content, out error))
        {
            return new SubmitResult(SubmitStatus.Invalid, error);
        }

        // The next item is fetched while this answer is on its way to the disk, and goes along with the reply.
        var attempt = 0;
        var carrier = _session?.Number == session ? _session : null;
        if (carrier is not null)
        {
            carrier.Carriers++;
        }

        if (_leases.TryGetValue(lease.Assignment, out var held))
        {
            attempt = ++held.Attempts;
            held.Submitting = true;
            Refill();
        }

        SubmitReply reply;
        try
        {
            var reliability = project?.Reliability ?? Hot.Reputation.Of(lease.Policy.Label, lease.Policy.Classes).Mean;
            if (project?.LooksAgain() == true)
            {
                _ = Quietly(LookUpReliability(project));
            }

            reply = await (held?.Task ?? Grain(lease.Task)).Submit(new TaskSubmission(lease, content, reliability));
        }
        catch
        {
            // Unknown: the client sends it again, and the task knows whether it has it.
            held?.Submitting = false;
            TakeAlong(carrier, isAwaited: false);
            throw;
        }

        var result = Result(reply.Status, lease, session);
        Ended(lease, reply.Status);
        return result with { Offers = TakeAlong(carrier, isAwaited: held?.Attempts == attempt) };
    }

    private async Task LookUpReliability(JoinedProject project) =>
        project.Reliability = await GrainFactory.GetGrain<IRefitGrain>(project.Key).Reliability(_key);

    private SubmitResult Result(SubmitStatus status, Lease lease, long session) => new(
        status,
        status switch
        {
            SubmitStatus.Recalled => "Enough answers came before this one; it is not counted.",
            SubmitStatus.LeaseLost => "The lease of this item ended, and its slot went to somebody else; the answer is not counted.",
            _ => null,
        },
        // The reply to an earlier sending of the same answer may have been lost, with offers that it took along.
        Rejoin: _session is null || _session.Number < session || (status == SubmitStatus.AlreadyAccepted && _session.HasCounted(lease.Assignment)));

    /// <summary>Ends a reply's turn as carrier.</summary>
    /// <param name="session">Whose connection the reply goes down; null when it goes down none that counts.</param>
    /// <param name="isAwaited">Whether it is sure to be read.</param>
    /// <returns>What the reply takes along. What can go with no reply is pushed.</returns>
    private ImmutableArray<Offer> TakeAlong(WorkSession? session, bool isAwaited)
    {
        if (session is null)
        {
            return [];
        }

        session.Carriers--;
        if (session.Untold.Count == 0 || (!isAwaited && session.Carriers > 0) || session != _session)
        {
            return []; // whoever joined meanwhile has them as resumed
        }

        ImmutableArray<Offer> offers = [.. session.Untold.Where(l => l.InWindow && _leases.ContainsKey(l.Lease.Assignment)).Select(ToOffer)];
        session.Untold.Clear();
        if (isAwaited)
        {
            return offers;
        }

        Push(offers: offers);
        return [];
    }

    private void Ended(Lease lease, SubmitStatus status)
    {
        _leases.Remove(lease.Assignment);
        // A task that closed too early for this answer may open again, and want another of this contributor.
        _session?.Find(lease.Task.Project)?.Had(lease.Task.Page.Page)[lease.Task.Index] = status != SubmitStatus.Recalled;

        if (status == SubmitStatus.Accepted)
        {
            // The verdict of the answer that retired its task can be here before the task's reply is.
            if (Hot.Numbers.StateOf(lease.Assignment) != NumberState.Ended)
            {
                _pending.Add(lease.Assignment);
            }

            _session?.Counted(lease.Assignment);
        }
        else if (status == SubmitStatus.LeaseLost)
        {
            Hot.Numbers.Void(lease.Assignment);
        }

        ForgetDraft(lease.Assignment);
        Refill();
    }
}
