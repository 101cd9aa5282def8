using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class ReminderTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _key = TestEngine.NewKey();

    private IReminderGrain Grain => engine.Grains.GetGrain<IReminderGrain>(_key);

    [Fact]
    public async Task A_grain_sees_the_reminders_it_has_set()
    {
        await Grain.Set("a", Hour, Hour).Within();
        await Grain.Set("b", Hour, Hour).Within();
        await Grain.Set("b", 2 * Hour, Hour).Within();
        Assert.Equal(["a", "b"], (await Grain.Names().Within()).Order(StringComparer.Ordinal));
        Assert.True(await Grain.Has("a").Within());
        Assert.False(await Grain.Has("c").Within());
    }

    [Fact]
    public async Task A_grain_may_take_a_reminder_back()
    {
        await Grain.Set("a", Hour, Hour).Within();
        await Grain.Unset("a").Within();
        Assert.Empty(await Grain.Names().Within());
    }

    [Fact]
    public async Task Reminders_of_one_grain_are_not_anothers()
    {
        await Grain.Set("a", Hour, Hour).Within();
        Assert.Empty(await engine.Grains.GetGrain<IReminderGrain>(TestEngine.NewKey()).Names().Within());
    }

    [Fact]
    public async Task A_period_under_a_minute_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Grain.Set("a", Hour, TimeSpan.FromSeconds(59)).Within());
}
