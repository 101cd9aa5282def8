using Orleans.Runtime;
using Trove.Grains.Commit;
using Trove.Testing;

namespace Trove.Grains.Tests.Commit;

public sealed class OutboxTests
{
    private readonly Turns _turns = new();
    private readonly ManualTime _time = new();
    private readonly Outbox<int, string> _outbox = new();
    private readonly List<string> _told = [];
    private readonly HashSet<string> _deaf = [];
    private readonly List<TaskCompletionSource> _writes = [];
    private readonly CommitGate _gate;
    private readonly OutboxPump<int, string> _pump;
    private TestTimer? _timer;

    public OutboxTests()
    {
        _gate = new CommitGate(Write, _ => { }, _time);
        _pump = new OutboxPump<int, string>(_outbox, _gate, Tell, _ => { }, tick => _timer = new TestTimer(_time, _turns, tick), _time, seed: 1);
    }

    [Fact]
    public void Entries_keep_their_order_and_leave_by_their_key()
    {
        Assert.True(_outbox.Add(1, "a"));
        Assert.True(_outbox.Add(2, "b"));
        Assert.True(_outbox.Add(3, "c"));
        Assert.False(_outbox.Add(2, "again"));

        Assert.True(_outbox.Remove(2));
        Assert.False(_outbox.Remove(2));

        Assert.Equal(["a", "c"], _outbox.Entries.Select(entry => entry.Message));
    }

    [Fact]
    public void What_must_come_last_is_ready_only_when_nothing_older_is_left()
    {
        _outbox.Add(1, "verdict");
        _outbox.Add(2, "closed", last: true);
        _outbox.Add(3, "later");

        Assert.Equal(1, _outbox.ReadyCount);
        _outbox.Remove(1);
        Assert.Equal(["closed", "later"], _outbox.Entries.Take(_outbox.ReadyCount).Select(entry => entry.Message));
    }

    [Fact]
    public void Nothing_is_told_before_it_is_durable()
    {
        var commit = AddAndCommit("a");
        Wake();
        Advance(0);
        Assert.Empty(_told);

        Written();
        Assert.True(commit.IsCompletedSuccessfully);
        Assert.Equal(["a"], _told);
        Assert.Equal(0, _outbox.Count);
    }

    [Fact]
    public void Nothing_is_told_when_the_write_failed()
    {
        _ = AddAndCommit("a");
        Wake();
        Advance(0);

        _writes[^1].SetException(new IOException("disk full"));
        _turns.Drain();
        Wake();
        Advance(60_000);

        Assert.Empty(_told);
        Assert.Equal(1, _outbox.Count);
    }

    [Fact]
    public async Task Waking_tells_nothing_inside_the_turn_that_wakes()
    {
        _outbox.Add(1, "a");

        await _turns.Run(() =>
        {
            _pump.Wake();
            Assert.Empty(_told);
            return Task.CompletedTask;
        });

        Assert.Equal(["a"], _told);
    }

    [Fact]
    public void One_who_does_not_answer_holds_up_nobody_and_is_asked_again_later_and_later()
    {
        _deaf.Add("deaf");
        _outbox.Add(0, "deaf");
        for (var i = 1; i <= 3 * OutboxPump<int, string>.Width; i++)
        {
            _outbox.Add(i, $"m{i}");
        }

        Wake();
        Advance(0);
        Assert.Equal(1 + (3 * OutboxPump<int, string>.Width), _told.Count);
        Assert.Equal("deaf", Assert.Single(_outbox.Entries).Message);

        _told.Clear();
        Advance(60_000);
        var inTheFirstMinute = _told.Count;
        _told.Clear();
        Advance(60_000);
        var inTheSecond = _told.Count;
        Assert.InRange(inTheSecond, 60 / OutboxPump<int, string>.LongestRetry.TotalSeconds, 2 * 60 / OutboxPump<int, string>.LongestRetry.TotalSeconds);
        Assert.True(inTheFirstMinute > inTheSecond, $"{inTheFirstMinute} attempts in the first minute, {inTheSecond} in the second");

        _deaf.Clear();
        Advance(60_000);
        Assert.Equal(0, _outbox.Count);
        Assert.False(_timer!.IsSet);
    }

    [Fact]
    public void A_new_entry_is_told_at_once_while_another_waits_for_its_next_attempt()
    {
        _deaf.Add("deaf");
        _outbox.Add(0, "deaf");
        Wake();
        Advance(0);
        _told.Clear();

        _outbox.Add(1, "new");
        Wake();
        Advance(0);

        Assert.Equal(["new"], _told);
        Assert.True(_timer!.IsSet);
    }

    [Fact]
    public void What_its_owner_forgot_is_not_tried_again()
    {
        _deaf.Add("deaf");
        _outbox.Add(0, "deaf");
        Wake();
        Advance(0);
        _outbox.Clear();
        _told.Clear();

        Advance(60_000);
        Assert.Empty(_told);
        Assert.False(_timer!.IsSet, "it wakes again and again for nothing");
    }

    [Fact]
    public void The_pump_rests_when_nothing_is_left()
    {
        Wake();
        Assert.Null(_timer);

        _outbox.Add(1, "a");
        Wake();
        Advance(0);
        Assert.Null(_timer);
        Assert.Equal(0, _time.Pending);
    }

    private void Wake() => _ = _turns.Run(() =>
    {
        _pump.Wake();
        return Task.CompletedTask;
    });

    private Task AddAndCommit(string message) => _turns.Run(() =>
    {
        _outbox.Add(_outbox.Count, message);
        return _gate.CommitAsync();
    });

    private Task Write()
    {
        _writes.Add(new TaskCompletionSource());
        return _writes[^1].Task;
    }

    private void Written()
    {
        _writes[^1].SetResult();
        _turns.Drain();
    }

    private Task Tell(OutboxEntry<int, string> entry)
    {
        _told.Add(entry.Message);
        return _deaf.Contains(entry.Message) ? throw new TimeoutException() : Task.CompletedTask;
    }

    private void Advance(int milliseconds)
    {
        // In small steps, so that each wait set by a tick begins where the tick ran.
        for (var left = milliseconds; left >= 0; left -= 50)
        {
            _time.Advance(TimeSpan.FromMilliseconds(Math.Min(left, 50)));
            _turns.Drain();
        }
    }

    /// <summary>A grain timer on the test's clock: ticks are turns of their own.</summary>
    private sealed class TestTimer : IGrainTimer
    {
        private readonly ITimer _timer;

        public TestTimer(ManualTime time, Turns turns, Func<CancellationToken, Task> tick) =>
            _timer = time.CreateTimer(
                _ =>
                {
                    IsSet = false;
                    _ = turns.Start(() => tick(CancellationToken.None));
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);

        public bool IsSet { get; private set; }

        public void Change(TimeSpan dueTime, TimeSpan period)
        {
            IsSet = dueTime != Timeout.InfiniteTimeSpan;
            _timer.Change(dueTime, period);
        }

        public void Dispose() => _timer.Dispose();
    }
}
