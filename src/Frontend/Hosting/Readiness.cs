namespace Trove.Frontend.Hosting;

/// <summary>Whether this process takes work. Closed once, when the host begins to stop.</summary>
internal sealed class Readiness : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _started;

    /// <summary>Whether the host has started and does not stop.</summary>
    public bool IsReady => _started && !_stopping.IsCancellationRequested;

    /// <summary>Cancelled when the host begins to stop: long intake (imports, uploads) ends at once instead of holding the stop up.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Open() => _started = true;

    public Task CloseAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();
}

/// <summary>An orderly stop in three steps: unready, so that nobody sends more; intake ended; then the host stops, server before silo.</summary>
internal sealed class ResponsiveShutdown(Readiness readiness) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.Open();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => readiness.CloseAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class ReadinessSetup
{
    public static void AddResponsiveShutdown(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<ResponsiveShutdown>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds));
    }

    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", () => TypedResults.Ok(new Health("live")));
        health.MapGet("/ready", Results<Ok<Health>, ProblemHttpResult> (Readiness readiness) => readiness.IsReady
            ? TypedResults.Ok(new Health("ready"))
            : Problems.Of(new Problem("not-ready", "This Trove is starting or stopping. Try again in a moment.")));
    }
}

/// <summary>Answer of a health check.</summary>
public sealed record Health(string Status);
