using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Contributors;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Contributors;

/// <summary>The contributors connected to this process, and the ear through which grains reach them.</summary>
internal sealed class WorkConnections(
    IGrainFactory grains,
    IHubContext<WorkHub, IWorkClient> hub,
    ImageLinks links,
    FrontendProcess process,
    ILogger<WorkConnections> logger) : IContributorSink
{
    private readonly ConcurrentDictionary<string, WorkConnection> _connections = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IContributorSink? _reference;

    public IEnumerable<WorkConnection> All => _connections.Select(entry => entry.Value);

    /// <summary>Where pushes for a connection go.</summary>
    public SessionOrigin Origin(HubCallerContext context) => new(process.Id, context.ConnectionId, Reference, context.User!.SimulatedProject());

    /// <summary>Grains hold this object weakly; it lives as long as the process because it is a singleton here.</summary>
    private IContributorSink Reference
    {
        get
        {
            lock (_gate)
            {
                return _reference ??= grains.CreateObjectReference<IContributorSink>(this);
            }
        }
    }

    public void Add(HubCallerContext context) => _connections[context.ConnectionId] = new WorkConnection(
        context,
        grains.GetGrain<IContributorGrain>(context.User!.Contributor()),
        hub.Clients.Client(context.ConnectionId),
        links,
        logger);

    public WorkConnection? Find(string connection) => _connections.GetValueOrDefault(connection);

    public WorkConnection? Remove(string connection) => _connections.TryRemove(connection, out var removed) ? removed : null;

    /// <summary>Queues and returns: calls to one observer run one at a time, so whoever waits here makes everybody wait.</summary>
    public Task Push(string connection, ContributorPush push)
    {
        Find(connection)?.Add(push);
        return Task.CompletedTask;
    }
}
