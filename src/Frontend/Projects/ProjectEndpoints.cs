using System.Security.Claims;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Projects;

/// <summary>Creating, reading and moving projects.</summary>
internal static class ProjectEndpoints
{
    private const int MaxPage = 200;

    public static void MapProjects(this RouteGroupBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("Projects");
        projects.MapPost("/", Create).WithSummary("Creates a project as a draft. The same owner may repeat it with the same key and brief.");
        projects.MapGet("/", List).WithSummary("Projects in key order.");
        projects.MapGet("/{project}", View).WithSummary("One project.");
        projects.MapPut("/{project}/brief", ChangeBrief).WithSummary("A new version of the brief; answered when all open work goes by it.");
        foreach (var move in Enum.GetValues<ProjectMove>())
        {
            projects.MapPost($"/{{project}}/{move.ToString().ToLowerInvariant()}", (string project, ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls) =>
                    Move(project, move, user, grains, calls))
                .WithSummary($"{move}s the project; answered when all open work knows.");
        }
    }

    private static async Task<Results<Created<ProjectView>, ProblemHttpResult>> Create(NewProject body, ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls)
    {
        var project = body.Project ?? Guid.CreateVersion7().ToString("N");
        if (!Keys.IsValid(project))
        {
            return Problems.Of(ProjectAccess.InvalidKey);
        }

        var brief = (body.Brief ?? new BriefBody()).Read();
        if (brief.Value is null)
        {
            return Problems.Of(brief.Problem!);
        }

        var created = await calls.Run(
            (Grain: grains.GetGrain<IProjectGrain>(project), Owner: user.Caller(), Brief: brief.Value),
            static call => call.Grain.Create(call.Owner, call.Brief));
        return created.Value is { } view ? TypedResults.Created($"/api/v1/projects/{project}", view) : Problems.Of(created.Problem!);
    }

    private static async Task<Results<Ok<CataloguePage>, ProblemHttpResult>> List(IGrainFactory grains, GrainCalls calls, string? after = null, int limit = 50)
    {
        if (limit is < 1 or > MaxPage || (after is not null && !Keys.IsValid(after)))
        {
            return Problems.Of(new Problem("page-invalid", $"limit is 1 to {MaxPage}, after is the cursor of the page before."));
        }

        return TypedResults.Ok(await calls.Run(
            (Grain: grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key), after, limit),
            static call => call.Grain.List(call.after, call.limit)));
    }

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> View(string project, ProjectAccess access) => Answer(await access.Of(project));

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> ChangeBrief(string project, BriefBody body, ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls)
    {
        var brief = body.Read();
        if (brief.Value is null || !Keys.IsValid(project))
        {
            return Problems.Of(brief.Problem ?? ProjectAccess.InvalidKey);
        }

        return Answer(await calls.Run(
            (Grain: grains.GetGrain<IProjectGrain>(project), Caller: user.Caller(), Brief: brief.Value),
            static call => call.Grain.ChangeBrief(call.Caller, call.Brief)));
    }

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> Move(string project, ProjectMove move, ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls) =>
        !Keys.IsValid(project)
            ? Problems.Of(ProjectAccess.InvalidKey)
            : Answer(await calls.Run((Grain: grains.GetGrain<IProjectGrain>(project), Caller: user.Caller(), move), static call => call.Grain.Move(call.Caller, call.move)));

    private static Results<Ok<ProjectView>, ProblemHttpResult> Answer(Result<ProjectView> result) =>
        result.Value is { } view ? TypedResults.Ok(view) : Problems.Of(result.Problem!);
}
