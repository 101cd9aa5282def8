using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Progress;

/// <summary>What the board hub pushes. A push is a hint: after a gap or a reconnect a client watches again and has the truth.</summary>
public interface IBoardClient
{
    /// <summary>The newest progress; earlier ones that a slow connection did not take in time are left out.</summary>
    Task Progress(ProjectProgress progress);

    /// <summary>Tasks that closed since the last push, newest first.</summary>
    Task Activity(string project, Activity[] closed);
}

/// <summary>The developer's end of live work. Only the team watches: a contributor must not see outcomes before answering.</summary>
internal sealed class BoardHub(Boards boards) : Hub<IBoardClient>
{
    public override Task OnConnectedAsync()
    {
        boards.Add(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception) => boards.Remove(Context.ConnectionId);

    /// <summary>Pushes progress of the project from now on.</summary>
    /// <param name="project">The project.</param>
    /// <param name="sinceVersion">The version that the client has, 0 for none.</param>
    /// <returns>The snapshot, whatever the client has: counters may have started anew.</returns>
    [Policy(Policies.ViewProject)]
    public async Task<ProjectProgress> Watch(string project, long sinceVersion)
    {
        if (sinceVersion < 0)
        {
            throw HubGuard.Refusal("message-invalid", "It must hold that sinceVersion is 0 or more.");
        }

        var watched = await boards.Watch(Context.ConnectionId, project);
        return watched.Value ?? throw HubGuard.Refusal(watched.Problem!);
    }

    /// <summary>Ends the pushes of the project.</summary>
    [Policy(Policies.Look)]
    public Task Unwatch(string project) => Keys.IsValid(project)
        ? boards.Unwatch(Context.ConnectionId, project)
        : throw HubGuard.Refusal("message-invalid", "It must hold that project is a key.");
}

internal static class BoardSetup
{
    public static void AddBoards(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Boards>();
        builder.Services.AddHostedService<BoardRenewal>();
    }

    public static void MapBoardHub(this WebApplication app) => app.MapGuardedHub<BoardHub>("/hubs/board", Policies.Look);
}
