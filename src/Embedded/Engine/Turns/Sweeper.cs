using System.Collections.Concurrent;

namespace Trove.Embedded.Turns;

/// <summary>
/// Looks at real time now and then, for all mailboxes in use: a timer per call would cost more than the call.
/// So a time-out may come one period late, never early.
/// </summary>
internal sealed class Sweeper : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<Mailbox> _watched = new();
    private readonly Action<long> _alsoEachPeriod;
    private readonly Timer _timer;
    private int _isSweeping;

    public Sweeper(Action<long> alsoEachPeriod)
    {
        _alsoEachPeriod = alsoEachPeriod;
        _timer = new(static self => ((Sweeper)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => _timer.Change(Period, Period);

    public void Watch(Mailbox mailbox) => _watched.Enqueue(mailbox);

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        // A sweep that outlasts the period must not be joined by the next.
        if (Interlocked.Exchange(ref _isSweeping, 1) != 0) return;
        try
        {
            var now = Environment.TickCount64;
            for (var left = _watched.Count; left > 0 && _watched.TryDequeue(out var mailbox); left--)
            {
                if (mailbox.Sweep(now)) _watched.Enqueue(mailbox);
            }

            _alsoEachPeriod(now);
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }
}
