using Microsoft.Extensions.DependencyInjection;
using Trove.Embedded;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Embedded;

/// <summary>Reminders by the manual clock, which Orleans' reminder service can't be driven by.</summary>
public sealed class ReminderClockTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _key = TestEngine.NewKey();

    [Fact]
    public async Task A_reminder_wakes_its_grain_each_period()
    {
        var engine = new TestEngine();
        await engine.InitializeAsync();
        await engine.Grains.GetGrain<IReminderGrain>(_key).Set("tea", 5 * Minute, 10 * Minute).Within();
        engine.Clock.Advance(4 * Minute);
        Assert.Empty(engine.Probe.NotesOf(_key));
        await engine.CollectIdleAsync().Within();
        await engine.Clock.AdvanceUntil(engine.Probe.Seen(_key, "reminded of tea", times: 3), Minute);
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task A_reminder_survives_the_engine_it_was_set_in()
    {
        var store = new MemoryReminderStore();
        var first = new EngineWithReminders(store);
        await first.InitializeAsync();
        await first.Grains.GetGrain<IReminderGrain>(_key).Set("kept", 5 * Minute, 10 * Minute).Within();
        await first.Grains.GetGrain<IReminderGrain>(_key).Set("taken back", 5 * Minute, 10 * Minute).Within();
        await first.Grains.GetGrain<IReminderGrain>(_key).Unset("taken back").Within();
        await first.DisposeAsync();

        var second = new EngineWithReminders(store);
        await second.InitializeAsync();
        Assert.Equal(["kept"], await second.Grains.GetGrain<IReminderGrain>(_key).Names().Within());
        await second.Clock.AdvanceUntil(second.Probe.Seen(_key, "reminded of kept"), Minute);
        Assert.DoesNotContain("reminded of taken back", second.Probe.NotesOf(_key));
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_reminder_that_came_due_while_nothing_ran_ticks_once_at_the_start()
    {
        var store = new MemoryReminderStore();
        var first = new EngineWithReminders(store);
        await first.InitializeAsync();
        await first.Grains.GetGrain<IReminderGrain>(_key).Set("overdue", Minute, 60 * Minute).Within();
        await first.DisposeAsync();

        var second = new EngineWithReminders(store);
        second.Clock.Advance(30 * Minute);
        await second.InitializeAsync();
        await second.Clock.AdvanceUntil(second.Probe.Seen(_key, "reminded of overdue"), TimeSpan.FromSeconds(1));
        Assert.Equal(1, second.Probe.Count(_key, "reminded of overdue"));
        await second.DisposeAsync();
    }

    private sealed class EngineWithReminders(MemoryReminderStore store) : TestEngine
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton<IReminderStore>(store);
    }
}
