using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Accounts;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Hubs;

/// <summary>
/// Ends hub connections whose rights are not what they were when they connected. A request asks about its caller's rights each time; a connection asks once and then
/// stays for hours, so somebody must tell it. Once a second this process asks which accounts changed: one small call however many are connected. What is changed is ended, and its client
/// comes back with the rights that it has now, or does not. When changes may have been missed, each connection is looked at.
/// </summary>
internal sealed partial class ConnectionRights(IGrainFactory grains, ApiKeys keys, TimeProvider clock, ILogger<ConnectionRights> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Everybody is looked at so often, whatever was told: the safety net beneath a change that was never told.</summary>
    private static readonly TimeSpan FullPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, HubCallerContext> _connections = new(StringComparer.Ordinal);
    private ConcurrentQueue<HubCallerContext> _new = new();

    /// <summary>From now on the connection is ended when its rights change. It is looked at once more: they may have changed since it was let in.</summary>
    public void Add(HubCallerContext context)
    {
        _connections[context.ConnectionId] = context;
        if (context.User!.Way() != Ways.Simulated)
        {
            _new.Enqueue(context);
        }
    }

    public void Remove(HubCallerContext context) => _connections.TryRemove(context.ConnectionId, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = 0L;
        var lookedAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            EndExpired();
            var unseen = Interlocked.Exchange(ref _new, new());
            try
            {
                var news = await grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key).Since(version);
                EndChanged(news.Accounts.OrEmpty());
                var all = !news.Complete || clock.GetElapsedTime(lookedAt) >= FullPeriod;
                await EndStale(all ? _connections.Values : unseen);
                lookedAt = all ? clock.GetTimestamp() : lookedAt;
                version = news.Version;
            }
            catch (Exception exception)
            {
                version = 0; // something may have been missed: the next answer counts as incomplete
                LogNotAsked(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void EndExpired()
    {
        var now = clock.GetUtcNow();
        foreach (var connection in _connections.Values)
        {
            if (connection.User!.Expires() <= now)
            {
                End(connection);
            }
        }
    }

    private void EndChanged(ImmutableArray<string> accounts)
    {
        if (accounts.IsEmpty)
        {
            return;
        }

        foreach (var connection in _connections.Values)
        {
            if (accounts.Contains(connection.User!.Caller(), StringComparer.Ordinal))
            {
                End(connection);
            }
        }
    }

    private async Task EndStale(IEnumerable<HubCallerContext> connections)
    {
        foreach (var caller in connections.Where(connection => connection.User!.Way() != Ways.Simulated).GroupBy(connection => connection.User!.Caller(), StringComparer.Ordinal))
        {
            try
            {
                var standing = await grains.GetGrain<IAccountGrain>(caller.Key).Standing();
                foreach (var connection in caller)
                {
                    if (!await Holds(connection.User!, standing))
                    {
                        End(connection);
                    }
                }
            }
            catch (Exception exception)
            {
                LogNotAsked(logger, exception); // one account that does not answer keeps nobody else from being looked at
            }
        }
    }

    private async Task<bool> Holds(ClaimsPrincipal caller, AccountStanding standing) =>
        standing.MayAct
        && (caller.Key() is { } key
            ? await keys.IsAlive(key)
            : caller.Stamp() == standing.Stamp && !standing.Ended.OrEmpty().Contains(caller.Session() ?? "", StringComparer.Ordinal))
        && Enum.GetValues<Role>().All(role => caller.Has(role) == standing.Roles.OrEmpty().Contains(role));

    private void End(HubCallerContext connection)
    {
        Remove(connection);
        LogEnded(logger, connection.ConnectionId);
        connection.Abort();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {Connection} is ended: the rights of its caller changed")]
    private static partial void LogEnded(ILogger logger, string connection);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Changes of rights could not be asked for")]
    private static partial void LogNotAsked(ILogger logger, Exception exception);
}
