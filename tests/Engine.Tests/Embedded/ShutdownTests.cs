using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Trove.Embedded;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Embedded;

public sealed class ShutdownTests : IAsyncDisposable
{
    private readonly string _key = TestEngine.NewKey();
    private readonly Probe _probe = new();
    private readonly ServiceProvider _services;

    public ShutdownTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton(_probe);
        services.AddEmbeddedEngine(options =>
        {
            options.GrainAssemblies.Add(typeof(ShutdownTests).Assembly);
            options.DrainTimeout = TimeSpan.FromSeconds(2);
            options.BeHostile(Random.Shared.Next()).Hostile!.DeactivationRate = 0;
            Console.WriteLine($"{nameof(ShutdownTests)}: hostile seed {options.Hostile!.Seed}");
        });
        _services = services.BuildServiceProvider();
    }

    private EmbeddedEngine Engine => _services.GetRequiredService<EmbeddedEngine>();

    private IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Before_the_start_calls_are_refused() =>
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Grains.GetGrain<ILifeGrain>(_key).Greet().Within());

    [Fact]
    public async Task A_stop_deactivates_every_grain()
    {
        await Engine.StartAsync(CancellationToken.None);
        await Grains.GetGrain<ILifeGrain>(_key).Greet().Within();
        await Engine.StopAsync(CancellationToken.None).Within();
        Assert.Equal(["activated", "deactivated ShuttingDown"], _probe.NotesOf(_key));
        Assert.Equal(0, Engine.ActivationCount);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Grains.GetGrain<ILifeGrain>(_key).Greet().Within());
    }

    [Fact]
    public async Task A_stop_lets_running_calls_finish_and_refuses_new_ones()
    {
        await Engine.StartAsync(CancellationToken.None);
        var other = TestEngine.NewKey();
        var running = Grains.GetGrain<ICallGrain>(_key).CallStalled(other, "x");
        await _probe.Seen(other, "ran x");
        var stop = Engine.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Grains.GetGrain<ILifeGrain>(_key).Greet().Within());
        _probe.Open($"{other} x");
        Assert.Equal("nothing", await running.Within());
        await stop.Within();
    }

    [Fact]
    public async Task A_stop_fails_calls_that_do_not_end_in_time()
    {
        await Engine.StartAsync(CancellationToken.None);
        var running = Grains.GetGrain<ICallGrain>(_key).Stall("for ever");
        await _probe.Seen(_key, "ran for ever");
        var waiting = Grains.GetGrain<ICallGrain>(_key).Stall("behind it");
        await Engine.StopAsync(CancellationToken.None).Within();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => running.Within());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting.Within());
        Assert.DoesNotContain("ran behind it", _probe.NotesOf(_key));
    }

    [Fact]
    public async Task A_stop_under_load_answers_every_call_one_way_or_the_other()
    {
        await Engine.StartAsync(CancellationToken.None);
        var answered = 0;
        var refused = 0;
        using var enough = new SemaphoreSlim(0);
        var callers = Enumerable.Range(0, 20).Select(caller => Task.Run(async () =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    Assert.Equal(i, await Grains.GetGrain<ICallGrain>($"{_key}-{caller}-{i % 10}").EchoLater(i));
                    if (Interlocked.Increment(ref answered) == 500) enough.Release();
                }
            }
            catch (SiloUnavailableException)
            {
                Interlocked.Increment(ref refused);
            }
        })).ToList();
        Assert.True(await enough.WaitAsync(Patience.Limit));
        await Engine.StopAsync(CancellationToken.None).Within();
        await Task.WhenAll(callers).Within();
        Assert.Equal(20, refused);
    }
}
