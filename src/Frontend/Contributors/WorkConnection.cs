using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Contributors;
using Trove.Frontend.Hubs;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Contributors;

/// <summary>One contributor's connection: its session, and what waits to be sent down.</summary>
internal sealed partial class WorkConnection(HubCallerContext context, IContributorGrain grain, IWorkClient client, ImageLinks links, ILogger logger)
    : Outbox<ContributorPush>(Capacity)
{
    /// <summary>Far more than a window of leases: only a connection that takes nothing at all fills it.</summary>
    private const int Capacity = 64;

    private static readonly ContributorPush Superseded = new([], [], null, null, new Notice(NoticeKind.Superseded, null, null));
    private static readonly ContributorPush Forgotten = new([], [], null, null, new Notice(NoticeKind.Rejoin, null, null));

    private const long None = -1;
    private const long Gone = -2;
    private long _session = None;
    private int _renewing;
    private ImmutableHashSet<string> _projects = [];

    public IContributorGrain Grain => grain;

    /// <summary>The session, once joined.</summary>
    public long? Session => Interlocked.Read(ref _session) is var session and >= 0 ? session : null;

    /// <summary>Whether the session is one of this project.</summary>
    public bool Joined(string project) => Session is not null && Volatile.Read(ref _projects).Contains(project);

    /// <summary>Joined. False when the connection went away meanwhile: then nobody else will end this session.</summary>
    public bool Begin(long session, IEnumerable<string> projects)
    {
        Volatile.Write(ref _projects, [.. projects]);
        while (true)
        {
            var before = Interlocked.Read(ref _session);
            if (before == Gone)
            {
                return false;
            }

            if (before >= session || Interlocked.CompareExchange(ref _session, session, before) == before)
            {
                return true;
            }
        }
    }

    /// <summary>Left: the connection stays, without a session.</summary>
    public void Leave(long session) => Interlocked.CompareExchange(ref _session, None, session);

    /// <summary>The connection is gone.</summary>
    /// <returns>The session that it carried, if any.</returns>
    public long? End()
    {
        Close();
        return Interlocked.Exchange(ref _session, Gone) is var session and >= 0 ? session : null;
    }

    /// <summary>Tells the contributor that the connection still stands; ends it when a newer one took over, asks the client to join again when the session is forgotten. One call at a time.</summary>
    public async Task Renew()
    {
        if (Session is not { } session || Interlocked.Exchange(ref _renewing, 1) != 0)
        {
            return;
        }

        try
        {
            var status = await grain.Present(session);
            if (status != PresenceStatus.Current && Session == session)
            {
                Add(status == PresenceStatus.Superseded ? Superseded : Forgotten);
            }
        }
        catch (Exception exception)
        {
            // The next round tries again; the grace of the leases outlasts one that is lost.
            LogNotRenewed(logger, exception, context.ConnectionId);
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    protected override async Task Send(ContributorPush push)
    {
        if (push.Recalls.OrEmpty() is { Length: > 0 } recalls)
        {
            await client.Recall([.. recalls]);
        }

        if (push.Notice is { } notice)
        {
            await client.Notice(notice);
            if (notice.Kind == NoticeKind.Superseded)
            {
                context.Abort();
                return;
            }
        }

        if (push.Reward is { } reward)
        {
            await client.Reward(reward);
        }

        if (push.Offers.OrEmpty() is { Length: > 0 } offers)
        {
            await client.Offer([.. links.Address(offers)]);
        }

        if (push.Waiting is { } waiting)
        {
            await client.Waiting(waiting);
        }
    }

    protected override void Lost(ContributorPush push, bool first)
    {
        if (first)
        {
            LogSlow(logger, context.ConnectionId);
        }

        // A lease the client never heard of would block its window until it expires; a resume brings it back.
        if (!push.Offers.OrEmpty().IsEmpty)
        {
            Close();
            context.Abort();
        }
    }

    protected override void Failed(Exception exception)
    {
        LogFailed(logger, exception, context.ConnectionId);
        context.Abort();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The presence of connection {Connection} could not be renewed")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, string connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} takes its pushes too slowly; the oldest are dropped")]
    private static partial void LogSlow(ILogger logger, string connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pushing to connection {Connection} failed; it is ended")]
    private static partial void LogFailed(ILogger logger, Exception exception, string connection);
}
