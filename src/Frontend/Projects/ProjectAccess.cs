using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Projects;

/// <summary>Who may look into a project and change it. Grains judge nobody.</summary>
internal sealed class ProjectAccess(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>The project, for anybody.</summary>
    public Task<Result<ProjectView>> Of(string? project) => Keys.IsValid(project)
        ? calls.Run(grains.GetGrain<IProjectGrain>(project!), static grain => grain.View())
        : Task.FromResult<Result<ProjectView>>(InvalidKey);

    /// <summary>The project, for its owners only.</summary>
    public async Task<Result<ProjectView>> OfOwner(string? project, string caller) => await Of(project) switch
    {
        { Value: { } view } when !view.Team.OrEmpty().Contains(new TeamMember(caller, TeamRole.Owner)) => new Problem("not-yours", "Only an owner of the project may do this."),
        var found => found,
    };

    public static Problem InvalidKey => new("project-invalid", $"A project's key has 1 to {Keys.MaxLength} of the characters A-Z a-z 0-9 . _ -.");
}
