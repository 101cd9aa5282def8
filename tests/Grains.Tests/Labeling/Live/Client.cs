using System.Collections.Concurrent;
using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>
/// A contributor's client, and the frontend that holds its connection: it keeps what it was told, and sends again what was not answered.
/// </summary>
internal sealed class Client(LabelingCluster cluster, string key) : IContributorSink
{
    private readonly ConcurrentQueue<ContributorPush> _pushes = new();
    private readonly ConcurrentQueue<string> _recalled = new();
    private readonly ConcurrentDictionary<string, Offer> _held = new(StringComparer.Ordinal);
    private IContributorSink? _sink;
    private int _connections;

    public string Key => key;

    public long Session { get; private set; }

    /// <summary>Offers not answered yet, by token.</summary>
    public IReadOnlyDictionary<string, Offer> Held => _held;

    /// <summary>Tasks of which it was told that its answer counts.</summary>
    public ConcurrentBag<int> Acknowledged { get; } = [];

    public ConcurrentDictionary<SubmitStatus, int> Statuses { get; } = new();

    public IReadOnlyCollection<ContributorPush> Pushes => _pushes;

    public IContributorGrain Grain => cluster.Grains.GetGrain<IContributorGrain>(key);

    /// <summary>Joins from a new connection with the tokens it holds.</summary>
    public async Task<JoinResult> JoinAsync(params string[] tokens)
    {
        ImmutableArray<string> held = tokens.Length > 0 ? [.. tokens] : [.. _held.Keys.Take(16)];
        _held.Clear(); // now: what is pushed may be here before the reply is
        var result = await cluster.Again(() =>
        {
            _sink = cluster.Grains.CreateObjectReference<IContributorSink>(this);
            var origin = new SessionOrigin("frontend", $"{key}-{Interlocked.Increment(ref _connections)}", _sink);
            return Grain.Join(origin, new JoinRequest([new JoinProject(LabelingCluster.Project)], held));
        });
        Assert.Null(result.Problem);
        Session = result.Value!.Session;
        foreach (var offer in result.Value.Resumed)
        {
            _held[offer.Token] = offer;
        }

        return result.Value;
    }

    public Task Push(string connection, ContributorPush push)
    {
        _pushes.Enqueue(push);
        foreach (var offer in push.Offers)
        {
            _held[offer.Token] = offer;
        }

        foreach (var recall in push.Recalls)
        {
            _held.TryRemove(recall.Token, out _);
            _recalled.Enqueue(recall.Token);
        }

        cluster.Tell();
        return Task.CompletedTask;
    }

    /// <summary>Answers one offer, again and again until it hears what became of it.</summary>
    public async Task<SubmitStatus> AnswerAsync(Offer offer, params string[] values)
    {
        ImmutableArray<string> answer = values.Length > 0 ? [.. values] : ["yes"];
        var result = await cluster.Again(() => Grain.Submit(Session, new SubmitRequest(offer.Token, answer)));
        _held.TryRemove(offer.Token, out _);
        foreach (var next in result.Offers.OrEmpty())
        {
            _held[next.Token] = next;
        }

        Statuses.AddOrUpdate(result.Status, 1, (_, count) => count + 1);
        // A push that was overtaken by a join may offer an item again that was answered meanwhile.
        if (result.Status == SubmitStatus.Accepted || (result.Status == SubmitStatus.AlreadyAccepted && !Acknowledged.Contains(offer.Task)))
        {
            Acknowledged.Add(offer.Task);
        }

        cluster.Tell();
        if (result.Rejoin)
        {
            await JoinAsync();
        }

        return result.Status;
    }

    /// <summary>Works until told to stop; its frontend asks now and then whether the server still knows the session.</summary>
    public async Task WorkAsync(Random random, CancellationToken stop)
    {
        await JoinAsync();
        while (!stop.IsCancellationRequested)
        {
            if (_recalled.TryDequeue(out var recalled))
            {
                await cluster.Again(() => Grain.Skip(Session, new SkipRequest(recalled))); // seen, and not answered
            }
            else if (_held.Values.FirstOrDefault() is not { } offer)
            {
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None), Task.Delay(Timeout.Infinite, stop));
                if (!stop.IsCancellationRequested && await cluster.Again(() => Grain.Present(Session)) != PresenceStatus.Current)
                {
                    await JoinAsync();
                }
            }
            else if (random.Next(20) == 0)
            {
                _held.TryRemove(offer.Token, out _);
                await cluster.Again(() => Grain.Skip(Session, new SkipRequest(offer.Token)));
            }
            else
            {
                await AnswerAsync(offer, random.Next(4) == 0 ? "no" : "yes");
            }
        }
    }
}
