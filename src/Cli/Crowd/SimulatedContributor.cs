using System.Collections.Immutable;
using System.Diagnostics;
using Trove.Client;
using Trove.Client.Work;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Cli.Crowd;

/// <summary>Answers an offer, or null to give it back.</summary>
internal delegate ValueTask<ImmutableArray<string>?> Answering(Offer offer, CancellationToken cancellation);

/// <summary>One contributor over a real connection, who answers what is offered until told to stop.</summary>
internal sealed class SimulatedContributor(SimulatedKey key, Answering answer, CrowdTally tally)
{
    /// <summary>Told of every counted answer, after its acknowledgement.</summary>
    public Action<Offer, ImmutableArray<string>>? Acknowledged { get; init; }

    /// <summary>Works on <paramref name="project"/> until cancelled.</summary>
    /// <param name="joined">Told when the session stands; may be called once only.</param>
    public async Task WorkAsync(Uri server, string project, Action joined, CancellationToken cancellation)
    {
        await using var session = await WorkSession.JoinAsync(
            new WorkOptions
            {
                Server = server,
                Key = key.Key,
                Projects = [new JoinProject(project)],
                Stint = 0,
                Delayed = tally.CountDelay,
                Backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
            },
            cancellation);
        joined();
        try
        {
            await foreach (var offer in session.Offers(cancellation))
            {
                if (await answer(offer, cancellation) is not { } values)
                {
                    await session.SkipAsync(offer, cancellation);
                }
                else if (await SubmitAsync(session, offer, values, cancellation) is SubmitStatus.Accepted or SubmitStatus.AlreadyAccepted)
                {
                    Acknowledged?.Invoke(offer, values);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The session is over.
        }
    }

    private async Task<SubmitStatus?> SubmitAsync(WorkSession session, Offer offer, ImmutableArray<string> values, CancellationToken cancellation)
    {
        try
        {
            var sent = Stopwatch.GetTimestamp();
            var result = await session.SubmitAsync(offer, values, cancellation);
            tally.Acknowledgement.RecordSince(sent);
            tally.Count(result.Status, result.Detail);
            return result.Status;
        }
        catch (RefusedException refusal)
        {
            tally.CountError(refusal);
            return null;
        }
    }
}
