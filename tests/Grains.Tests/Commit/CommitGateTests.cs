using Trove.Contracts;
using Trove.Grains.Commit;
using Trove.Testing;

namespace Trove.Grains.Tests.Commit;

public sealed class CommitGateTests
{
    private readonly Turns _turns = new();
    private readonly ManualTime _time = new();
    private readonly HandDrivenStore _store = new();
    private readonly List<Exception> _fences = [];
    private readonly CommitGate _gate;
    private int _state;

    public CommitGateTests() => _gate = new CommitGate(() => _store.Write(_state), _fences.Add, _time);

    [Fact]
    public void A_change_completes_when_its_write_has()
    {
        var change = Change();
        Assert.False(change.IsCompleted);
        Assert.True(_gate.Outstanding);

        _store.Succeed(_turns);

        Assert.True(change.IsCompletedSuccessfully);
        Assert.False(_gate.Outstanding);
        Assert.Equal([1], _store.Written);
    }

    [Fact]
    public void What_changes_during_a_write_goes_together_in_the_next()
    {
        var first = Change();
        Task[] others = [Change(), Change(), Change()];

        _store.Succeed(_turns);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.DoesNotContain(others, change => change.IsCompleted);

        _store.Succeed(_turns);
        Assert.All(others, change => Assert.True(change.IsCompletedSuccessfully));
        Assert.Equal([1, 4], _store.Written);
    }

    [Fact]
    public void A_reader_waits_for_what_it_may_have_seen()
    {
        Assert.Same(Task.CompletedTask, _gate.CoveredAsync());

        _ = Change();
        var duringFirst = Read();
        _ = Change();
        var duringSecond = Read();

        _store.Succeed(_turns);
        Assert.True(duringFirst.IsCompletedSuccessfully);
        Assert.False(duringSecond.IsCompleted);

        _store.Succeed(_turns);
        Assert.True(duringSecond.IsCompletedSuccessfully);
        Assert.Same(Task.CompletedTask, _gate.CoveredAsync());
    }

    [Fact]
    public void A_batch_waits_for_company_as_long_as_it_says()
    {
        var first = Change(TimeSpan.FromMilliseconds(100));
        Advance(60);
        var second = Change(TimeSpan.FromMilliseconds(100));
        Advance(39);
        Assert.Equal(0, _store.Started);

        Advance(1);
        _store.Succeed(_turns);

        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.Equal([2], _store.Written);
        Assert.Equal(0, _time.Pending);
    }

    [Fact]
    public void A_commit_in_a_hurry_takes_a_waiting_batch_along()
    {
        var patient = Change(TimeSpan.FromSeconds(10));
        Assert.Equal(0, _store.Started);

        var urgent = Change();
        _store.Succeed(_turns);

        Assert.True(patient.IsCompletedSuccessfully && urgent.IsCompletedSuccessfully);
        Assert.Equal([2], _store.Written);
        Assert.Equal(0, _time.Pending);
    }

    [Fact]
    public void A_commit_in_less_of_a_hurry_shortens_the_wait_to_its_own()
    {
        _ = Change(TimeSpan.FromSeconds(10));
        _ = Change(TimeSpan.FromMilliseconds(50));
        Advance(49);
        Assert.Equal(0, _store.Started);

        Advance(1);
        Assert.Equal(1, _store.Started);
    }

    [Fact]
    public void A_batch_that_waits_for_company_while_another_is_written_goes_at_its_own_time()
    {
        _ = Change();
        _ = Change(TimeSpan.FromMilliseconds(100));
        _store.Succeed(_turns);
        Assert.Equal(1, _store.Started);

        Advance(100);
        Assert.Equal(2, _store.Started);
    }

    [Fact]
    public void A_reader_does_not_cut_a_wait_short()
    {
        _ = Change(TimeSpan.FromMilliseconds(100));
        var reader = Read();
        Assert.Equal(0, _store.Started);

        Advance(100);
        _store.Succeed(_turns);
        Assert.True(reader.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_failed_write_fails_all_who_wait_and_nothing_is_ever_written_again()
    {
        var inFlight = Change();
        var next = Change();
        var reader = Read();

        _store.Fail(_turns, new IOException("disk full"));

        foreach (var waiter in new[] { inFlight, next, reader, Change(), Read() })
        {
            var failure = await Assert.ThrowsAsync<CommitFailedException>(() => waiter);
            Assert.Contains("disk full", failure.Message, StringComparison.Ordinal);
        }

        Assert.True(_gate.IsFenced);
        Assert.False(_gate.Outstanding);
        Assert.Equal("disk full", Assert.Single(_fences).Message);
        Assert.Equal(1, _store.Started);
    }

    [Fact]
    public async Task A_write_that_throws_before_it_begins_fences_too()
    {
        var gate = new CommitGate(() => throw new InvalidOperationException("no store"), _fences.Add, _time);

        await Assert.ThrowsAsync<CommitFailedException>(gate.CommitAsync);

        Assert.True(gate.IsFenced);
        Assert.Single(_fences);
    }

    [Fact]
    public void A_waiter_may_commit_again_as_soon_as_it_continues()
    {
        var both = _turns.Run(async () =>
        {
            _state++;
            await _gate.CommitAsync();
            _state++;
            await _gate.CommitAsync();
        });

        _store.Succeed(_turns);
        Assert.False(both.IsCompleted);
        _store.Succeed(_turns);

        Assert.True(both.IsCompletedSuccessfully);
        Assert.Equal([1, 2], _store.Written);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void No_waiter_completes_before_a_write_that_contains_what_it_saw(int seed)
    {
        var random = new Random(seed);
        var waiters = new List<(int Saw, Task Task)>();
        for (var step = 0; step < 2_000 && !_gate.IsFenced; step++)
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    waiters.Add((_state + 1, Change()));
                    break;
                case 2:
                    waiters.Add((_state + 1, Change(TimeSpan.FromMilliseconds(random.Next(1, 200)))));
                    break;
                case 3:
                    waiters.Add((_state, Read()));
                    break;
                case 4:
                    Advance(random.Next(100));
                    break;
                default:
                    _store.TrySucceed(_turns);
                    break;
            }

            // The naive model: a waiter is done exactly when the latest finished write holds what it saw.
            var durable = _store.Written.LastOrDefault();
            Assert.All(waiters, waiter => Assert.Equal(waiter.Saw <= durable, waiter.Task.IsCompleted));
            Assert.Equal(_state > durable, _gate.Outstanding);
            Assert.InRange(_store.Started - _store.Written.Count, 0, 1);
        }

        _ = Change();
        _store.Fail(_turns, new IOException($"seed {seed}"));
        Assert.All(waiters, waiter => Assert.True(waiter.Task.IsCompleted));
        Assert.Single(_fences);
    }

    private Task Change(TimeSpan? join = null) => _turns.Run(() =>
    {
        _state++;
        return join is { } wait ? _gate.CommitAsync(wait) : _gate.CommitAsync();
    });

    private Task Read() => _turns.Run(_gate.CoveredAsync);

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _turns.Drain();
    }

    /// <summary>A store whose writes end when the test says so. It refuses a second write at a time, as the gate promises none.</summary>
    private sealed class HandDrivenStore
    {
        private (int State, TaskCompletionSource Done)? _writing;

        public List<int> Written { get; } = [];

        public int Started { get; private set; }

        public Task Write(int state)
        {
            Assert.Null(_writing);
            Started++;
            _writing = (state, new TaskCompletionSource());
            return _writing.Value.Done.Task;
        }

        public void Succeed(Turns turns) => Assert.True(TrySucceed(turns));

        public bool TrySucceed(Turns turns)
        {
            if (_writing is not { } write)
            {
                return false;
            }

            Written.Add(write.State);
            _writing = null;
            write.Done.SetResult();
            turns.Drain();
            return true;
        }

        public void Fail(Turns turns, Exception failure)
        {
            var write = _writing!.Value;
            _writing = null;
            write.Done.SetException(failure);
            turns.Drain();
        }
    }
}
