using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class TurnTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private readonly string _key = TestEngine.NewKey();

    private ITurnGrain Grain => engine.Grains.GetGrain<ITurnGrain>(_key);

    [Fact]
    public async Task Requests_of_one_grain_never_mix_their_turns()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Grain.CountUp())).Within();
        Assert.Equal(Enumerable.Range(1, 200), counts.Order());
    }

    [Fact]
    public async Task Every_await_in_a_grain_comes_back_to_its_activations_scheduler() =>
        Assert.True(await Grain.AwaitsComeBack().Within());

    [Fact]
    public async Task A_callee_never_runs_on_its_callers_stack() =>
        Assert.False(await Grain.IsCalleeOnMyStack(TestEngine.NewKey()).Within());

    [Fact]
    public async Task A_grain_finishes_a_request_before_it_starts_the_next()
    {
        var first = Grain.Work("1");
        await engine.Probe.Seen(_key, "begin 1");
        var second = Grain.Work("2");
        engine.Probe.Open($"{_key} 2");
        engine.Probe.Open($"{_key} 1");
        await Task.WhenAll(first, second).Within();
        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2"], engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task A_reentrant_grain_starts_a_request_while_another_waits()
    {
        var grain = engine.Grains.GetGrain<IReentrantTurnGrain>(_key);
        var first = grain.Work("1");
        await engine.Probe.Seen(_key, "begin 1");
        var second = grain.Work("2");
        await engine.Probe.Seen(_key, "begin 2");
        engine.Probe.Open($"{_key} 2");
        await second.Within();
        Assert.DoesNotContain("end 1", engine.Probe.NotesOf(_key));
        engine.Probe.Open($"{_key} 1");
        await first.Within();
    }

    [Fact]
    public async Task An_interleaving_request_passes_those_that_wait()
    {
        var running = Grain.Work("running");
        await engine.Probe.Seen(_key, "begin running");
        var waiting = Grain.Work("waiting");
        var passing = Grain.Interleave("passing");
        engine.Probe.Open($"{_key} passing");
        await passing.Within();
        Assert.Equal(["begin running", "begin passing", "end passing"], engine.Probe.NotesOf(_key));
        engine.Probe.Open($"{_key} running");
        engine.Probe.Open($"{_key} waiting");
        await Task.WhenAll(running, waiting).Within();
    }

    [Fact]
    public async Task Read_only_requests_run_beside_each_other()
    {
        var first = Grain.Read("1");
        await engine.Probe.Seen(_key, "begin 1");
        var second = Grain.Read("2");
        await engine.Probe.Seen(_key, "begin 2");
        engine.Probe.Open($"{_key} 1");
        engine.Probe.Open($"{_key} 2");
        await Task.WhenAll(first, second).Within();
    }

    [Fact]
    public async Task A_read_only_request_does_not_run_beside_one_that_may_write()
    {
        var writing = Grain.Work("write");
        await engine.Probe.Seen(_key, "begin write");
        var reading = Grain.Read("read");
        engine.Probe.Open($"{_key} read");
        engine.Probe.Open($"{_key} write");
        await Task.WhenAll(writing, reading).Within();
        Assert.Equal(["begin write", "end write", "begin read", "end read"], engine.Probe.NotesOf(_key));
    }
}
