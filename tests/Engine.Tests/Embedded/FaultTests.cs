using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Embedded;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Embedded;

[Alias("test.stubborn")]
public interface IStubbornGrain : IGrainWithStringKey
{
    [Alias("Block"), ResponseTimeout("00:00:00.300")]
    Task Block();

    [Alias("LeaveNever")]
    Task LeaveNever();

    [Alias("Hello")]
    Task<string> Hello();
}

/// <summary>Does what a grain never should: blocks its thread, or never starts or ends when its key says so.</summary>
[GrainType("test-stubborn")]
public sealed class StubbornGrain(Probe probe) : Grain, IStubbornGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        probe.Note(key, "starting");
        if (key.StartsWith("never-starts", StringComparison.Ordinal) && probe.Count(key, "starting") == 1) await probe.Gate("never");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().StartsWith("never-ends", StringComparison.Ordinal)) await probe.Gate("never");
    }

    public Task Block()
    {
        probe.Gate($"{this.GetPrimaryKeyString()} block").Wait();
        return Task.CompletedTask;
    }

    public Task LeaveNever()
    {
        DeactivateOnIdle();
        probe.Note(this.GetPrimaryKeyString(), "leaving");
        return probe.Gate("never");
    }

    public Task<string> Hello() => Task.FromResult("hello");
}

public sealed class FaultTests(FaultTests.ShortLivedEngine engine) : IClassFixture<FaultTests.ShortLivedEngine>
{
    private readonly string _key = TestEngine.NewKey();

    [Fact]
    public async Task A_call_that_blocks_its_thread_times_out_too()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => engine.Grains.GetGrain<IStubbornGrain>(_key).Block().Within());
        engine.Probe.Open($"{_key} block");
    }

    [Fact]
    public async Task A_grain_that_never_finishes_starting_is_given_up_and_the_next_call_tries_afresh()
    {
        var grain = engine.Grains.GetGrain<IStubbornGrain>($"never-starts-{_key}");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.Hello().Within());
        Assert.Equal("hello", await grain.Hello().Within());
    }

    [Fact]
    public async Task A_grain_that_never_finishes_ending_is_given_up_and_another_takes_over()
    {
        var grain = engine.Grains.GetGrain<IStubbornGrain>($"never-ends-{_key}");
        await grain.Hello().Within();
        await engine.CollectIdleAsync().Within();
        Assert.Equal("hello", await grain.Hello().Within());
    }

    [Fact]
    public async Task A_grain_that_should_leave_and_never_falls_quiet_is_given_up_and_another_takes_over()
    {
        var grain = engine.Grains.GetGrain<IStubbornGrain>(_key);
        _ = grain.LeaveNever();
        await engine.Probe.Seen(_key, "leaving");
        Assert.Equal("hello", await grain.Hello().Within());
    }

    [Fact]
    public async Task A_grain_without_its_storage_says_which_one_it_needs()
    {
        var services = new ServiceCollection();
        services.AddSingleton(new Probe());
        services.AddEmbeddedEngine(options => options.GrainAssemblies.Add(typeof(FaultTests).Assembly));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<EmbeddedEngine>().StartAsync(CancellationToken.None);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => provider.GetRequiredService<IGrainFactory>().GetGrain<ITallyGrain>(_key).Look().Within());
        Assert.Contains("'Records'", error.Message, StringComparison.Ordinal);
    }

    public sealed class ShortLivedEngine : TestEngine
    {
        protected override void Configure(EmbeddedEngineOptions options) => options.ActivationTimeout = TimeSpan.FromMilliseconds(500);
    }
}
