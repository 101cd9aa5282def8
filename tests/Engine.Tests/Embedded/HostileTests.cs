using Trove.Embedded;
using Trove.Embedded.Hostility;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Embedded;

public sealed class HostileTests
{
    private readonly string _key = TestEngine.NewKey();

    [Fact]
    public async Task A_lost_reply_is_a_time_out_of_a_call_that_ran()
    {
        await using var engine = await StartAsync(static hostile => hostile.LostReplyRate = 1);
        await Assert.ThrowsAsync<TimeoutException>(() => engine.Grains.GetGrain<ITallyGrain>(_key).Count(write: true).Within());
        engine.Hostile.LostReplyRate = 0;
        Assert.Equal(1, (await engine.Grains.GetGrain<ITallyGrain>(_key).Look().Within()).Count);
    }

    [Fact]
    public async Task A_duplicate_lives_on_beside_the_next_activation()
    {
        await using var engine = await StartAsync(static hostile => (hostile.DuplicationRate, hostile.DuplicateLifetime) = (1, TimeSpan.FromMilliseconds(1)));
        await engine.Grains.GetGrain<ILifeGrain>(_key).Greet().Within();
        await engine.Probe.Seen(_key, "deactivated DuplicateActivation");
        Assert.Equal(1, await engine.Grains.GetGrain<ILifeGrain>(_key).Greet().Within());
    }

    [Fact]
    public async Task Random_deactivation_loses_memory_and_no_record()
    {
        await using var engine = await StartAsync(static hostile => hostile.DeactivationRate = 0.3);
        for (var i = 1; i <= 100; i++) Assert.Equal(i, await engine.Grains.GetGrain<ITallyGrain>(_key).Count(write: true).Within());
        Assert.Contains("deactivated RuntimeRequested", engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task Delays_reorder_the_calls_of_different_callers()
    {
        await using var engine = await StartAsync(static hostile => hostile.DelayRate = 0.5);
        var counts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => engine.Grains.GetGrain<ITurnGrain>(_key).CountUp())).Within();
        Assert.Equal(Enumerable.Range(1, 200), counts.Order());
        Assert.NotEqual(Enumerable.Range(1, 200), counts);
    }

    [Fact]
    public async Task In_chaos_a_caller_that_retries_loses_nothing_that_was_acknowledged()
    {
        await using var engine = await StartAsync(static hostile =>
            (hostile.LostReplyRate, hostile.DeactivationRate, hostile.DuplicationRate, hostile.DelayRate) = (0.05, 0.05, 0.05, 0.2));
        var acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    await engine.Grains.GetGrain<ITallyGrain>(_key).Count(write: true);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (Exception error) when (error is TimeoutException or Orleans.Storage.InconsistentStateException)
                {
                    // Unknown outcome, or a duplicate's write refused: never counted as acknowledged.
                }
            }
        })).Within();
        (engine.Hostile.LostReplyRate, engine.Hostile.DuplicationRate) = (0, 0);
        var stored = await engine.Grains.GetGrain<ITallyGrain>(_key).Reread().Within();
        Assert.InRange(stored, acknowledged, 500);
        Assert.NotEqual(0, acknowledged);
    }

    private static async Task<HostileEngine> StartAsync(Action<HostileOptions> configure)
    {
        var engine = new HostileEngine(configure);
        await engine.InitializeAsync();
        return engine;
    }

    private sealed class HostileEngine(Action<HostileOptions> configure) : TestEngine, IAsyncDisposable
    {
        public HostileOptions Hostile { get; } = new() { Seed = Random.Shared.Next(), DeactivationRate = 0 };

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

        protected override void Configure(EmbeddedEngineOptions options)
        {
            configure(Hostile);
            options.Hostile = Hostile;
        }
    }
}
