using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class TimeoutTests(ImpatientTestEngine engine) : IClassFixture<ImpatientTestEngine>
{
    private readonly string _key = TestEngine.NewKey();

    private ICallGrain Grain => engine.Grains.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task A_call_without_a_reply_times_out_and_goes_on()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.Stall("x").Within());
        Assert.Equal(["ran x"], engine.Probe.NotesOf(_key));
        engine.Probe.Open($"{_key} x");
        await engine.Probe.Seen(_key, "ended x");
    }

    [Fact]
    public async Task A_call_between_grains_times_out_too()
    {
        var other = TestEngine.NewKey();
        var nested = Grain.CallStalled(other, "x");
        await engine.Probe.Seen(other, "ran x");

        // The outer call of the same length gives up at about the same time, so it is the grain that tells.
        await Task.WhenAny(nested.Within());
        engine.Probe.Open($"{other} x");
        Assert.True(nested.IsFaulted ? nested.Exception!.InnerException is TimeoutException : await nested == nameof(TimeoutException));
    }

    [Fact]
    public async Task A_request_that_expired_in_the_queue_never_runs()
    {
        var stuck = Grain.Stall("stuck");
        await engine.Probe.Seen(_key, "ran stuck");
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.Stall("late").Within());
        await Assert.ThrowsAsync<TimeoutException>(() => stuck.Within());
        engine.Probe.Open($"{_key} stuck");
        await engine.Probe.Seen(_key, "ended stuck");
        Assert.Equal(1, await Grain.EchoLater(1));
        Assert.DoesNotContain("ran late", engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task A_stuck_grain_delays_no_other()
    {
        var stuck = Grain.Stall("stuck");
        await engine.Probe.Seen(_key, "ran stuck");
        var others = Enumerable.Range(0, 50).Select(i => engine.Grains.GetGrain<ICallGrain>(TestEngine.NewKey()).EchoLater(i).AsTask());
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(others).Within());
        Assert.False(stuck.IsCompletedSuccessfully);
        engine.Probe.Open($"{_key} stuck");
    }
}
