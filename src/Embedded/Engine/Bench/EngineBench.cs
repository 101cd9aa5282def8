using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Trove.Embedded.Bench;

/// <summary>What the bench measured.</summary>
/// <param name="Engine">Which engine.</param>
/// <param name="CallsPerSecond">Calls between grains, request and reply awaited, all pairs together.</param>
/// <param name="P99Micros">99th percentile of a call's time with all pairs calling at once: mostly the time of the other pairs' turns.</param>
/// <param name="BytesPerActivation">Growth of the heap per live activation of a grain with an empty state.</param>
/// <param name="ActivationsPerSecond">First calls per second, each of which activates a grain.</param>
/// <param name="Activations">How many were alive at once.</param>
public sealed record EngineBenchResult(
    string Engine, double CallsPerSecond, double P99Micros, double BytesPerActivation, double ActivationsPerSecond, int Activations);

/// <summary>Measures the engine itself: pairs of distinct grains that call each other through the public proxy, with time-outs on.</summary>
public static class EngineBench
{
    private const int Pairs = 1000;
    private const int ActivatedAtOnce = 1000;

    /// <summary>Warms up for a second, then measures for <paramref name="seconds"/>, then activates <paramref name="activations"/> grains.</summary>
    public static async Task<EngineBenchResult> RunAsync(int seconds = 5, int activations = 1_000_000, CancellationToken cancellationToken = default)
    {
        var services = new ServiceCollection();
        services.AddEmbeddedEngine(static options => options.GrainAssemblies.Add(typeof(EngineBench).Assembly));
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<EmbeddedEngine>();
        var grains = provider.GetRequiredService<IGrainFactory>();
        await engine.StartAsync(cancellationToken);

        await PlayAsync(grains, 1000);
        var watch = Stopwatch.StartNew();
        var rallies = await PlayAsync(grains, seconds * 1000);
        var callsPerSecond = rallies.Sum(static rally => rally.Calls) / watch.Elapsed.TotalSeconds;
        var samples = rallies.SelectMany(static rally => rally.SampleMicros).Order().ToList();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var aliveBefore = engine.ActivationCount;
        watch.Restart();
        await ActivateAsync(grains, activations);
        var activationsPerSecond = activations / watch.Elapsed.TotalSeconds;
        var alive = engine.ActivationCount;
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(alive - aliveBefore);
        await engine.StopAsync(cancellationToken);
        return new("embedded", callsPerSecond, samples[samples.Count * 99 / 100], bytes, activationsPerSecond, alive);
    }

    private static Task<Rally[]> PlayAsync(IGrainFactory grains, int milliseconds) =>
        Task.WhenAll(Enumerable.Range(0, Pairs).Select(pair => grains.GetGrain<IServerGrain>($"pair/{pair}").Play(milliseconds)));

    private static async Task ActivateAsync(IGrainFactory grains, int count)
    {
        for (var first = 0; first < count; first += ActivatedAtOnce)
        {
            var size = Math.Min(ActivatedAtOnce, count - first);
            await Task.WhenAll(Enumerable.Range(first, size).Select(i => grains.GetGrain<IReturnerGrain>($"idle/{i}").Return(new(i, 0))));
        }
    }
}
