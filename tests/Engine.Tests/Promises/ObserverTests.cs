using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class ObserverTests(ImpatientTestEngine engine) : IClassFixture<ImpatientTestEngine>
{
    private readonly INewspaperGrain _paper = engine.Grains.GetGrain<INewspaperGrain>(TestEngine.NewKey());

    [Fact]
    public async Task An_observer_hears_what_a_grain_tells_it()
    {
        var listener = new Listener();
        await _paper.Subscribe("a", engine.Grains.CreateObjectReference<IListener>(listener)).Within();
        Assert.Equal(1, await _paper.Publish("rain").Within());
        Assert.Equal(["rain"], listener.Heard);
    }

    [Fact]
    public async Task All_observers_hear_the_same()
    {
        var listeners = Enumerable.Range(0, 5).Select(_ => new Listener()).ToList();
        foreach (var listener in listeners) await _paper.Subscribe(TestEngine.NewKey(), engine.Grains.CreateObjectReference<IListener>(listener)).Within();
        Assert.Equal(5, await _paper.Publish("sun").Within());
        Assert.All(listeners, static listener => Assert.Equal(["sun"], listener.Heard));
    }

    [Fact]
    public async Task Who_subscribes_again_under_the_same_name_replaces_the_old_reference()
    {
        var before = new Listener();
        var after = new Listener();
        await _paper.Subscribe("a", engine.Grains.CreateObjectReference<IListener>(before)).Within();
        await _paper.Subscribe("a", engine.Grains.CreateObjectReference<IListener>(after)).Within();
        Assert.Equal(1, await _paper.Publish("fog").Within());
        Assert.Empty(before.Heard);
        Assert.Equal(["fog"], after.Heard);
    }

    [Fact]
    public async Task An_observer_that_throws_is_forgotten_and_the_others_still_hear()
    {
        var angry = new Listener { IsAngry = true };
        var calm = new Listener();
        await _paper.Subscribe("angry", engine.Grains.CreateObjectReference<IListener>(angry)).Within();
        await _paper.Subscribe("calm", engine.Grains.CreateObjectReference<IListener>(calm)).Within();
        Assert.Equal(1, await _paper.Publish("snow").Within());
        Assert.Equal(["snow"], calm.Heard);
    }

    [Fact]
    public async Task An_observer_that_did_not_renew_is_forgotten()
    {
        var listener = new Listener();
        await _paper.ForgetAfter(TimeSpan.FromSeconds(30)).Within();
        await _paper.Subscribe("a", engine.Grains.CreateObjectReference<IListener>(listener)).Within();
        engine.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, await _paper.Publish("late").Within());
        Assert.Empty(listener.Heard);
    }

    [Fact]
    public async Task A_deleted_observer_hears_nothing_and_the_call_fails()
    {
        var listener = new Listener();
        var reference = engine.Grains.CreateObjectReference<IListener>(listener);
        await _paper.Tell(reference, "first").Within();
        engine.Grains.DeleteObjectReference<IListener>(reference);
        await Assert.ThrowsAnyAsync<Exception>(() => _paper.Tell(reference, "second").Within());
        Assert.Equal(["first"], listener.Heard);
    }

    [Fact]
    public async Task An_observer_that_nobody_keeps_is_collected_and_calls_to_it_fail()
    {
        var reference = Abandon();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Assert.ThrowsAnyAsync<Exception>(() => _paper.Tell(reference, "anyone?").Within());
    }

    // In a method of its own, so that no local of the test keeps the listener.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IListener Abandon() => engine.Grains.CreateObjectReference<IListener>(new Listener());

    private sealed class Listener : IListener
    {
        public ConcurrentQueue<string> Heard { get; } = new();

        public bool IsAngry { get; init; }

        public Task Hear(string news)
        {
            if (IsAngry) throw new InvalidOperationException("go away");

            Heard.Enqueue(news);
            return Task.CompletedTask;
        }
    }
}
