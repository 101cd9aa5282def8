using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Trove.Cli.Crowd;
using Trove.Cli.Measuring;
using Trove.Client;
using Trove.Client.Work;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Cli.Bench;

/// <summary>A contributor of the load driver: stays connected, and answers in blocks when told to.</summary>
internal sealed class Labeler : IAsyncDisposable
{
    private readonly SimulatedKey _key;
    private readonly Random _chance;
    private readonly CrowdTally _tally;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<long> _awaitingRefill = new();
    private WorkSession? _session;
    private IAsyncEnumerator<Offer> _items = null!;
    private Task<bool>? _next;
    private long _offers;
    private long _acknowledged;
    private LatencyRecorder? _refills;

    public Labeler(SimulatedKey key, int seed, CrowdTally tally) => (_key, _chance, _tally) = (key, new Random(seed), tally);

    /// <summary>Id of the contributor.</summary>
    public string Contributor => _key.Contributor;

    /// <summary>Items offered so far.</summary>
    public long Offers => Interlocked.Read(ref _offers);

    /// <summary>Answers counted so far.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Every task whose answer was acknowledged.</summary>
    public ConcurrentQueue<int> Tasks { get; } = new();

    /// <summary>A token as it travels, for the size of an echo.</summary>
    public string? Token { get; private set; }

    public async Task JoinAsync(Uri server, string project, CancellationToken cancellation)
    {
        _session = await WorkSession.JoinAsync(
            new WorkOptions
            {
                Server = server,
                Key = _key.Key,
                Projects = [new JoinProject(project)],
                Stint = 0,
                Offered = OnOffered,
                Delayed = _tally.CountDelay,
            },
            cancellation);
        _items = _session.Offers(_end.Token).GetAsyncEnumerator(CancellationToken.None);
    }

    /// <summary>Answers as fast as acknowledgements come until <paramref name="stop"/>.</summary>
    public async Task RunClosedAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await AnswerAsync(await NextAsync(stop), Stopwatch.GetTimestamp(), acknowledgements: null);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The block is over.
        }
    }

    /// <summary>Answers when told to, however long the one before took: each latency counts from the moment it was due.</summary>
    /// <param name="due">Stopwatch timestamps, in order.</param>
    /// <param name="acknowledgements">Takes the times from due to acknowledged.</param>
    /// <param name="refills">Takes the times from due to the refill's offer.</param>
    public async Task RunOpenAsync(ChannelReader<long> due, LatencyRecorder acknowledgements, LatencyRecorder refills)
    {
        _refills = refills;
        await foreach (var moment in due.ReadAllAsync(_end.Token))
        {
            var item = await NextAsync(_end.Token);
            _awaitingRefill.Enqueue(moment);
            await AnswerAsync(item, moment, acknowledgements);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_session is not null)
        {
            await _session.LeaveAsync(CancellationToken.None);
        }

        _end.Dispose();
    }

    private void OnOffered(Offer offer)
    {
        Token ??= offer.Token;
        Interlocked.Increment(ref _offers);
        if (_refills is { } refills && _awaitingRefill.TryDequeue(out var moment))
        {
            refills.RecordSince(moment);
        }
    }

    /// <summary>The next item. A wait that one phase gives up is taken over by the next.</summary>
    private async ValueTask<Offer> NextAsync(CancellationToken stop)
    {
        _next ??= _items.MoveNextAsync().AsTask();
        var isThere = await _next.WaitAsync(stop);
        _next = null;
        return isThere ? _items.Current : throw new OperationCanceledException("The session has ended.");
    }

    private async Task AnswerAsync(Offer offer, long moment, LatencyRecorder? acknowledgements)
    {
        try
        {
            var result = await _session!.SubmitAsync(offer, [_chance.NextDouble() < 0.8 ? "yes" : "no"], _end.Token);
            acknowledgements?.RecordSince(moment);
            _tally.Count(result.Status, result.Detail);
            if (result.Status is SubmitStatus.Accepted or SubmitStatus.AlreadyAccepted)
            {
                Interlocked.Increment(ref _acknowledged);
                Tasks.Enqueue(offer.Task);
            }
        }
        catch (RefusedException refusal)
        {
            _tally.CountError(refusal);
        }
    }
}
