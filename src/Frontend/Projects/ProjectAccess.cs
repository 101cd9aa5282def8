using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Projects;

/// <summary>Who may look into a project. Its grain guards changes itself; answers, results and progress are guarded here, as pools and tasks know no owner.</summary>
internal sealed class ProjectAccess(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>The project, for anybody.</summary>
    public Task<Result<ProjectView>> Of(string? project) => Keys.IsValid(project)
        ? calls.Run(grains.GetGrain<IProjectGrain>(project!), static grain => grain.View())
        : Task.FromResult<Result<ProjectView>>(InvalidKey);

    /// <summary>The project, for its owner only.</summary>
    public async Task<Result<ProjectView>> OfOwner(string? project, string caller) => await Of(project) switch
    {
        { Value: { } view } when !string.Equals(view.Owner, caller, StringComparison.Ordinal) => new Problem("not-yours", "Only the owner of the project may see this."),
        var found => found,
    };

    public static Problem InvalidKey => new("project-invalid", $"A project's key has 1 to {Keys.MaxLength} of the characters A-Z a-z 0-9 . _ -.");
}
