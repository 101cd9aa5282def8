using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

/// <summary>One engine per test: each moves the clock.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestEngine _engine = new();
    private readonly string _key = TestEngine.NewKey();

    private ITimerGrain Grain => _engine.Grains.GetGrain<ITimerGrain>(_key);

    public Task InitializeAsync() => _engine.InitializeAsync();

    public Task DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_timer_ticks_when_it_is_due_and_not_before()
    {
        await Grain.Start(10 * Second, 10 * Second, interleave: false).Within();
        _engine.Clock.Advance(9 * Second);
        await Grain.Peek().Within();
        Assert.Empty(_engine.Probe.NotesOf(_key));
        _engine.Clock.Advance(Second);
        await _engine.Probe.Seen(_key, "tick");
    }

    [Fact]
    public async Task A_timer_ticks_again_each_period()
    {
        await Grain.Start(Second, Second, interleave: false).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick", times: 5), Second);
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan, interleave: false).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick"), Second);
        await Grain.Change(Second, Timeout.InfiniteTimeSpan).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick", times: 2), Second);
        Assert.Equal(2, _engine.Probe.Count(_key, "tick"));
    }

    [Fact]
    public async Task Ticks_of_one_timer_never_overlap_even_when_they_interleave()
    {
        await Grain.StartSlow(Second, Second).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick"), Second);
        for (var i = 0; i < 10; i++) _engine.Clock.Advance(Second);
        await Grain.Peek().Within();
        Assert.Equal(["tick"], _engine.Probe.NotesOf(_key));
        _engine.Probe.Open($"{_key} tick");
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "ticked", times: 2), Second);
        Assert.Equal(["tick", "ticked", "tick", "ticked"], _engine.Probe.NotesOf(_key).Take(4));
    }

    [Fact]
    public async Task A_tick_waits_for_the_request_that_runs()
    {
        await Grain.Start(Second, Second, interleave: false).Within();
        var work = Grain.Work();
        await _engine.Probe.Seen(_key, "working");
        _engine.Clock.Advance(5 * Second);
        await Grain.Peek().Within();
        Assert.Equal(["working"], _engine.Probe.NotesOf(_key));
        _engine.Probe.Open($"{_key} work");
        await work.Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick"), Second);
        Assert.Equal(["working", "worked", "tick"], _engine.Probe.NotesOf(_key).Take(3));
    }

    [Fact]
    public async Task A_tick_that_interleaves_runs_beside_the_request()
    {
        await Grain.Start(Second, Second, interleave: true).Within();
        var work = Grain.Work();
        await _engine.Probe.Seen(_key, "working");
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick"), Second);
        Assert.DoesNotContain("worked", _engine.Probe.NotesOf(_key));
        _engine.Probe.Open($"{_key} work");
        await work.Within();
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_end_the_timer()
    {
        await Grain.StartFailing(Second, Second).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick", times: 2), Second);
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        await Grain.Start(Second, Second, interleave: false).Within();
        await _engine.Clock.AdvanceUntil(_engine.Probe.Seen(_key, "tick"), Second);
        await Grain.Stop().Within();
        var ticks = _engine.Probe.Count(_key, "tick");
        _engine.Clock.Advance(10 * Second);
        await Grain.Peek().Within();
        Assert.Equal(ticks, _engine.Probe.Count(_key, "tick"));
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        await Grain.Start(Second, Second, interleave: false).Within();
        await Grain.Leave().Within();
        await _engine.Probe.Seen(_key, "deactivated");
        _engine.Clock.Advance(10 * Second);
        await Grain.Peek().Within();
        Assert.DoesNotContain("tick", _engine.Probe.NotesOf(_key));
    }
}
