using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class LifeTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private readonly string _key = TestEngine.NewKey();

    private ILifeGrain Grain => engine.Grains.GetGrain<ILifeGrain>(_key);

    [Fact]
    public async Task The_first_call_activates_and_the_next_find_the_same_activation()
    {
        Assert.Equal(1, await Grain.Greet().Within());
        Assert.Equal(2, await Grain.Greet().Within());
        Assert.Equal(["activated"], engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task Calls_at_the_same_time_make_one_activation()
    {
        var greetings = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Grain.Greet())).Within();
        Assert.Equal(Enumerable.Range(1, 50), greetings.Order());
        Assert.Equal(["activated"], engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task Making_a_reference_activates_nothing()
    {
        _ = engine.Grains.GetGrain<ILifeGrain>(_key);
        await engine.Grains.GetGrain<ILifeGrain>(TestEngine.NewKey()).Greet().Within();
        Assert.Empty(engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task A_grain_that_asks_to_leave_says_farewell_and_the_next_call_activates_anew()
    {
        await Grain.Greet().Within();
        await Grain.Leave().Within();
        await engine.Probe.Seen(_key, "deactivated ApplicationRequested");
        Assert.Equal(1, await Grain.Greet().Within());
        Assert.Equal(["activated", "deactivated ApplicationRequested", "activated"], engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task Calls_that_arrive_while_a_grain_leaves_reach_the_next_activation()
    {
        var leaving = Grain.LeaveSlowly();
        await engine.Probe.Seen(_key, "leaving");
        var later = Grain.Greet();
        engine.Probe.Open($"{_key} leave");
        await leaving.Within();
        Assert.Equal(1, await later.Within());
        Assert.Equal(["activated", "leaving", "left", "deactivated ApplicationRequested", "activated"], engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task An_idle_grain_is_collected()
    {
        await Grain.Greet().Within();
        await engine.CollectIdleAsync().Within();
        await engine.Probe.Seen(_key, "deactivated ActivationIdle");
        Assert.Equal(1, await Grain.Greet().Within());
    }

    [Fact]
    public async Task A_grain_that_throws_in_OnActivateAsync_fails_the_call_with_that_error_and_the_next_call_tries_afresh()
    {
        var frail = engine.Grains.GetGrain<IFrailGrain>($"activate-2-{_key}");
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => frail.Hello().Within());
            Assert.Equal("failed in activate", error.Message);
        }

        Assert.Equal("hello", await frail.Hello().Within());
    }

    [Fact]
    public async Task A_grain_that_throws_in_its_constructor_fails_the_call_with_that_cause_and_the_next_call_tries_afresh()
    {
        var frail = engine.Grains.GetGrain<IFrailGrain>($"constructor-2-{_key}");
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => frail.Hello().Within());
            Assert.Equal("failed in constructor", Assert.IsType<InvalidDataException>(error.InnerException).Message);
        }

        Assert.Equal("hello", await frail.Hello().Within());
    }

    [Fact]
    public async Task All_calls_that_waited_for_a_grain_that_does_not_start_fail_with_its_error()
    {
        var frail = engine.Grains.GetGrain<IFrailGrain>($"activate-1000-{_key}");
        var calls = Enumerable.Range(0, 20).Select(_ => frail.Hello()).ToList();
        foreach (var call in calls) await Assert.ThrowsAsync<InvalidDataException>(() => call.Within());
    }
}
