using Orleans.Runtime;
using Orleans.Storage;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class RecordTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private readonly string _key = TestEngine.NewKey();

    private ITallyGrain Grain => engine.Grains.GetGrain<ITallyGrain>(_key);

    [Fact]
    public async Task A_new_grain_has_an_empty_record() =>
        Assert.Equal((0, false, false), await Grain.Look().Within());

    [Fact]
    public async Task What_was_written_is_there_in_the_next_activation()
    {
        Assert.Equal(1, await Grain.Count(write: true).Within());
        await LeaveAsync();
        Assert.Equal((1, true, true), await Grain.Look().Within());
    }

    [Fact]
    public async Task What_was_not_written_is_gone_in_the_next_activation()
    {
        await Grain.Count(write: false).Within();
        await LeaveAsync();
        Assert.Equal(0, (await Grain.Look().Within()).Count);
    }

    [Fact]
    public async Task Reading_again_drops_what_was_not_written()
    {
        await Grain.Count(write: true).Within();
        await Grain.Count(write: false).Within();
        Assert.Equal(1, await Grain.Reread().Within());
    }

    [Fact]
    public async Task A_cleared_record_is_gone()
    {
        await Grain.Count(write: true).Within();
        await Grain.Clear().Within();
        await LeaveAsync();
        Assert.Equal((0, false, false), await Grain.Look().Within());
    }

    [Fact]
    public async Task Writes_that_overlap_follow_each_other()
    {
        await Grain.CountTwiceAtOnce().Within();
        await LeaveAsync();
        Assert.Equal(2, (await Grain.Look().Within()).Count);
    }

    [Fact]
    public async Task A_write_over_someone_elses_fails_and_deactivates_the_grain()
    {
        await Grain.Count(write: true).Within();
        engine.Storage.Touch(_key);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.Count(write: true).Within());
        await engine.Probe.Seen(_key, "deactivated ApplicationError");
        Assert.Equal(2, await Grain.Count(write: true).Within());
    }

    [Fact]
    public async Task An_inconsistency_deactivates_the_grain_it_arose_in_and_not_its_callers()
    {
        var other = TestEngine.NewKey();
        Assert.Equal(1, await Grain.CountOther(other).Within());
        await Grain.Count(write: false).Within();
        engine.Storage.Touch(other);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.CountOther(other).Within());
        await engine.Probe.Seen(other, "deactivated ApplicationError");
        Assert.Equal(1, (await Grain.Look().Within()).Count);
    }

    [Fact]
    public async Task A_write_that_fails_reaches_the_caller_and_leaves_the_record_as_it_was()
    {
        await Grain.Count(write: true).Within();
        engine.Storage.FailBeforeWrite(_key, new IOException("disk full"));
        var error = await Assert.ThrowsAnyAsync<OrleansException>(() => Grain.Count(write: true).Within());
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(1, await Grain.Reread().Within());
    }

    [Fact]
    public async Task A_write_that_fails_after_it_was_made_is_found_out_by_its_version()
    {
        await Grain.Count(write: true).Within();
        engine.Storage.FailAfterWrite(_key, new IOException("connection lost"));
        await Assert.ThrowsAnyAsync<OrleansException>(() => Grain.Count(write: true).Within());
        await LeaveAsync();
        Assert.Equal(2, (await Grain.Look().Within()).Count);
    }

    private async Task LeaveAsync()
    {
        await Grain.Leave().Within();
        await engine.Probe.Seen(_key, "deactivated ApplicationRequested");
    }
}
