namespace Trove.Frontend.Contributors;

/// <summary>Renews the presence of every connected contributor, spread over the interval so that a thousand of them do not call at once.</summary>
internal sealed class Presence(WorkConnections connections, FrontendOptions options, TimeProvider clock) : BackgroundService
{
    private const int Slices = 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.RenewSeconds) / Slices, clock);
        for (var slice = 0; await timer.WaitForNextTickAsync(stoppingToken); slice = (slice + 1) % Slices)
        {
            foreach (var connection in connections.All)
            {
                // The object's own hash: any even spread will do, and it stays the same for the connection's life.
                if ((uint)System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(connection) % Slices == slice)
                {
                    _ = connection.Renew();
                }
            }
        }
    }
}
