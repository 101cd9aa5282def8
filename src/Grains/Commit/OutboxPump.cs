using Trove.Contracts;
using Orleans;
using Orleans.Runtime;

namespace Trove.Grains.Commit;

/// <summary>
/// Tells others what stands in an outbox, until it is empty. It runs in turns of its own, never inside one that somebody
/// awaits: two grains that tell each other something inside their turns would both wait for their time-outs.
/// Nothing is told before it is durable. Who does not answer is asked again later, and does not hold up the others.
/// </summary>
internal sealed class OutboxPump<TKey, TMessage>
    where TKey : IEquatable<TKey>
{
    /// <summary>Entries told at a time.</summary>
    public const int Width = 8;

    /// <summary>Wait after the first failure of an entry; doubled by each further one.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts at an entry.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TKey, (int Failures, DateTimeOffset RetryAt)> _failing = [];
    private readonly List<OutboxEntry<TKey, TMessage>> _batch = new(Width);
    private readonly Outbox<TKey, TMessage> _outbox;
    private readonly CommitGate _gate;
    private readonly Func<OutboxEntry<TKey, TMessage>, Task> _send;
    private readonly Action<OutboxEntry<TKey, TMessage>> _told;
    private readonly Func<Func<CancellationToken, Task>, IGrainTimer> _timers;
    private readonly TimeProvider _time;
    private readonly int _seed;
    private Random? _jitter;
    private IGrainTimer? _retryTimer;
    private bool _running;

    /// <summary>A pump that sleeps until it is woken.</summary>
    /// <param name="outbox">What is to be told.</param>
    /// <param name="gate">Says when it is durable.</param>
    /// <param name="send">Tells one entry; completes when the receiver has it for good, throws when that is not sure.</param>
    /// <param name="told">Called after an entry was told and has left the outbox.</param>
    /// <param name="timers">Makes a timer that interleaves, at rest; see <see cref="OutboxPump.Timer"/>.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="seed">Spreads retries, so that those who failed together don't come back together.</param>
    public OutboxPump(
        Outbox<TKey, TMessage> outbox,
        CommitGate gate,
        Func<OutboxEntry<TKey, TMessage>, Task> send,
        Action<OutboxEntry<TKey, TMessage>> told,
        Func<Func<CancellationToken, Task>, IGrainTimer> timers,
        TimeProvider time,
        int seed)
    {
        _outbox = outbox;
        _gate = gate;
        _send = send;
        _told = told;
        _timers = timers;
        _time = time;
        _seed = seed;
    }

    /// <summary>Something may have been added. Call it after each commit, and on activation; it returns at once.</summary>
    public void Wake()
    {
        if (_outbox.Count > 0 && !_running && !_gate.IsFenced)
        {
            _ = RunAsync(CancellationToken.None);
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        if (_running)
        {
            return; // a retry may fall due while new entries are told; the one at work sees it
        }

        _running = true;
        try
        {
            await Task.Yield(); // whoever woke the pump ends its turn first
            while (!stop.IsCancellationRequested && TakeBatch())
            {
                await _gate.CoveredAsync();
                await Task.WhenAll(_batch.ConvertAll(TellAsync));
            }
        }
        catch (CommitFailedException)
        {
            // What memory says may not be what is on disk, so it must not be told. The next activation tells what is.
            return;
        }
        finally
        {
            _running = false;
        }

        foreach (var key in _failing.Keys)
        {
            if (!_outbox.Contains(key))
            {
                _failing.Remove(key); // its owner forgot it: a retry that can't fall due would be tried for ever
            }
        }

        if (_failing.Count > 0 && !stop.IsCancellationRequested)
        {
            var wait = _failing.Values.Min(entry => entry.RetryAt) - _time.GetUtcNow();
            _retryTimer ??= _timers(RunAsync);
            _retryTimer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private bool TakeBatch()
    {
        _batch.Clear();
        var now = _time.GetUtcNow();
        var ready = _outbox.ReadyCount;
        for (var i = 0; i < ready && _batch.Count < Width; i++)
        {
            var entry = _outbox.Entries[i];
            if (!_failing.TryGetValue(entry.Key, out var failing) || failing.RetryAt <= now)
            {
                _batch.Add(entry);
            }
        }

        return _batch.Count > 0;
    }

    private async Task TellAsync(OutboxEntry<TKey, TMessage> entry)
    {
        try
        {
            await _send(entry);
        }
        catch (Exception)
        {
            // A time-out is an unknown outcome: telling again is harmless, not telling is not.
            var failures = _failing.GetValueOrDefault(entry.Key).Failures + 1;
            _failing[entry.Key] = (failures, _time.GetUtcNow() + Backoff(failures));
            return;
        }

        _failing.Remove(entry.Key);
        _outbox.Remove(entry.Key);
        _told(entry);
    }

    private TimeSpan Backoff(int failures)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 16));
        return (wait < LongestRetry ? wait : LongestRetry) * (0.5 + ((_jitter ??= new Random(_seed)).NextDouble() / 2));
    }
}

/// <summary>What a pump needs of its grain.</summary>
internal static class OutboxPump
{
    /// <summary>A timer at rest, whose ticks run between the turns of requests that await, and keep the activation in memory.</summary>
    public static IGrainTimer Timer(this IGrainBase grain, Func<CancellationToken, Task> tick) =>
        grain.RegisterGrainTimer(tick, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
}
