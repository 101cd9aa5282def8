using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Contributors;

/// <summary>Contributors' end of live work. Every method checks its message, asks the contributor's grain, and keeps nothing itself.</summary>
internal sealed class WorkHub(WorkConnections connections, IGrainFactory grains, GrainCalls calls, ImageLinks links) : Hub<IWorkClient>
{
    /// <summary>As many as are taken in at a glance.</summary>
    private const int TagsSuggested = 8;

    public override Task OnConnectedAsync()
    {
        connections.Add(Context);
        return Task.CompletedTask;
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (connections.Remove(Context.ConnectionId) is { } connection && connection.End() is { } session)
        {
            await connection.Grain.Disconnected(session);
        }
    }

    /// <summary>Starts or resumes work.</summary>
    [Policy(Policies.Contribute)]
    public async Task<JoinResult> Join(JoinRequest request)
    {
        var checkedRequest = WorkMessages.Checked(request);
        var connection = Connection();
        var joined = await calls.Run(
            (connection.Grain, Origin: connections.Origin(Context), checkedRequest),
            static call => call.Grain.Join(call.Origin, call.checkedRequest));
        if (joined.Value is not { } result)
        {
            throw HubGuard.Refusal(joined.Problem!);
        }

        if (!connection.Begin(result.Session, checkedRequest.Projects.Select(project => project.Project)))
        {
            await connection.Grain.Disconnected(result.Session);
        }

        return result with { Resumed = links.Address(result.Resumed) };
    }

    /// <summary>An answer; the reply comes when it is durable.</summary>
    [Policy(Policies.Contribute)]
    public async Task<SubmitResult> Submit(SubmitRequest request)
    {
        var checkedRequest = WorkMessages.Checked(request);
        var (connection, session) = Joined();
        var result = await calls.Run((connection.Grain, session, checkedRequest), static call => call.Grain.Submit(call.session, call.checkedRequest));
        return result with { Offers = links.Address(result.Offers) };
    }

    /// <summary>Gives one item back.</summary>
    [Policy(Policies.Contribute)]
    public async Task Skip(SkipRequest request)
    {
        var checkedRequest = WorkMessages.Checked(request);
        var (connection, session) = Joined();
        Demand(await calls.Run((connection.Grain, session, checkedRequest), static call => call.Grain.Skip(call.session, call.checkedRequest)));
    }

    /// <summary>Keeps an unfinished answer.</summary>
    [Policy(Policies.Contribute)]
    public async Task SaveDraft(DraftRequest request)
    {
        var checkedRequest = WorkMessages.Checked(request);
        var (connection, session) = Joined();
        Demand(await calls.Run((connection.Grain, session, checkedRequest), static call => call.Grain.SaveDraft(call.session, call.checkedRequest)));
    }

    /// <summary>Tags that begin so, for somebody who is typing one: those of the brief and of tasks that are closed, most used first.</summary>
    [Policy(Policies.Contribute)]
    public async Task<ImmutableArray<string>> SuggestTags(string project, string prefix)
    {
        var typed = WorkMessages.CheckedPrefix(prefix);
        if (project is null || !Connection().Joined(project))
        {
            throw HubGuard.Refusal("not-joined", "Join the project first.");
        }

        return await calls.Run((Grain: grains.GetGrain<IRefitGrain>(project), typed), static call => call.Grain.SuggestTags(call.typed, TagsSuggested));
    }

    /// <summary>Ends work and gives every lease back; the connection stays and may join again.</summary>
    [Policy(Policies.Contribute)]
    public async Task Leave()
    {
        if (Connection() is { Session: { } session } connection)
        {
            await calls.Run((connection.Grain, session), static async call =>
            {
                await call.Grain.Leave(call.session);
                return true;
            });
            connection.Leave(session);
        }
    }

    private WorkConnection Connection() => connections.Find(Context.ConnectionId) ?? throw HubGuard.Refusal("gone", "The connection ended.");

    private (WorkConnection Connection, long Session) Joined()
    {
        var connection = Connection();
        return connection.Session is { } session ? (connection, session) : throw HubGuard.Refusal("not-joined", "Join a project first.");
    }

    private static void Demand(Result<Done> result)
    {
        if (result.Problem is { } problem)
        {
            throw HubGuard.Refusal(problem);
        }
    }
}

internal static class WorkSetup
{
    public static void AddWork(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WorkConnections>();
        builder.Services.AddHostedService<Presence>();
    }

    public static void MapWorkHub(this WebApplication app) => app.MapGuardedHub<WorkHub>("/hubs/work", Policies.Contribute);
}
