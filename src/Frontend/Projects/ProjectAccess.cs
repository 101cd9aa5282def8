using System.Security.Claims;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Projects;

/// <summary>What callers are to projects, asked of the project each time.</summary>
internal sealed class ProjectAccess(IGrainFactory grains, GrainCalls calls)
{
    public static Problem InvalidKey => new("project-invalid", $"A project's key has 1 to {Keys.MaxLength} of the characters A-Z a-z 0-9 . _ -.");

    /// <summary>What is said of a project that does not exist, and of a draft to those whom it does not concern.</summary>
    public static Problem Unknown => new("project-unknown", "There is no such project.");

    /// <summary>What an account is to an existing project.</summary>
    public async Task<Result<ProjectStanding>> Standing(string? project, string account)
    {
        if (!Keys.IsValid(project))
        {
            return InvalidKey;
        }

        var standing = await calls.Run((Grain: grains.GetGrain<IProjectGrain>(project!), account), static call => call.Grain.RoleOf(call.account));
        return standing.Exists ? standing : Unknown;
    }

    /// <summary>The project, for its team and admins; everybody else sees it without the team, and a draft not at all.</summary>
    public async Task<Result<ProjectView>> ViewFor(string? project, ClaimsPrincipal caller)
    {
        var found = await Of(project);
        if (found.Value is not { } view)
        {
            return found.Problem!.Code == Unknown.Code ? Unknown : found; // in the words that a draft of others is refused with
        }

        if (IsAdmin(caller) || view.Team.Any(member => member.Account == caller.Caller()))
        {
            return view;
        }

        return view.State == ProjectState.Draft ? Unknown : view with { Team = [] };
    }

    /// <summary>The project, for who was let in by a policy.</summary>
    public Task<Result<ProjectView>> Of(string? project) => Keys.IsValid(project)
        ? calls.Run(grains.GetGrain<IProjectGrain>(project!), static grain => grain.View())
        : Task.FromResult<Result<ProjectView>>(InvalidKey);

    /// <summary>Whether the caller stands in for any team.</summary>
    public static bool IsAdmin(ClaimsPrincipal caller) => caller.Has(Role.Admin) && caller.Scopes().HasFlag(Scopes.Admin);
}
