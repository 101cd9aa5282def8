using Trove.Cli.Output;

namespace Trove.Cli.Bench;

/// <summary>The outcome of <c>trove bench engine</c>: a stable JSON object.</summary>
/// <param name="Engine">Which engine.</param>
/// <param name="CallsPerSecond">Calls between 1,000 pairs of distinct grains, request and reply awaited.</param>
/// <param name="P99Micros">99th percentile of a call's time with all pairs calling at once.</param>
/// <param name="BytesPerActivation">Memory of a live activation besides its state.</param>
/// <param name="ActivationsPerSecond">First calls per second.</param>
/// <param name="Activations">How many were alive at once.</param>
internal sealed record EngineReport(string Engine, double CallsPerSecond, double P99Micros, double BytesPerActivation, double ActivationsPerSecond, int Activations)
{
#if ORLEANS
    public static Task<EngineReport> MeasureAsync(TimeSpan duration, int activations, CancellationToken cancellation) =>
        throw new CommandException("This build runs on Orleans; bench engine measures the engine that comes with Trove.");
#else
    public static async Task<EngineReport> MeasureAsync(TimeSpan duration, int activations, CancellationToken cancellation)
    {
        var result = await Embedded.Bench.EngineBench.RunAsync((int)duration.TotalSeconds, activations, cancellation);
        return new EngineReport(result.Engine, result.CallsPerSecond, result.P99Micros, result.BytesPerActivation, result.ActivationsPerSecond, result.Activations);
    }
#endif

    public void Show(Terminal terminal) => terminal.Show(
        $"Engine: {Engine}",
        ("calls per second", CallsPerSecond.Text("N0")),
        ("call, p99", P99Micros.Text("N0") + " µs"),
        ("bytes per activation", BytesPerActivation.Text("N0")),
        ("activations per second", ActivationsPerSecond.Text("N0")),
        ("activations alive", Activations.Text()));
}
