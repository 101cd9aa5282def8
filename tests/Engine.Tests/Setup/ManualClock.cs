namespace Trove.Engine.Tests.Setup;

/// <summary>A clock that stands still until the test moves it. Timers fire on the thread that moves it, in order of their due times.</summary>
public sealed class ManualClock : TimeProvider
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _armed = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        DateTimeOffset end;
        lock (_lock) end = _now + time;
        while (true)
        {
            ManualTimer? next;
            lock (_lock)
            {
                next = _armed.Where(each => each.Due <= end).MinBy(each => each.Due);
                _now = next?.Due ?? end;
                if (next is null) return;
                next.Rearm();
            }

            next.Fire();
        }
    }

    /// <summary>Moves the clock step by step until <paramref name="happened"/>: a timer is armed again only some time after it fired.</summary>
    public async Task AdvanceUntil(Task happened, TimeSpan step)
    {
        while (!happened.IsCompleted)
        {
            Advance(step);
            await Task.WhenAny(happened, Task.Delay(Glance));
        }

        await happened;
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        public void Fire() => fire();

        public void Rearm()
        {
            if (_period > TimeSpan.Zero) Due += _period;
            else clock._armed.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._armed.Remove(this);
                _period = period;
                Due = clock._now + dueTime;
                if (dueTime != Timeout.InfiniteTimeSpan) clock._armed.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock) clock._armed.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
