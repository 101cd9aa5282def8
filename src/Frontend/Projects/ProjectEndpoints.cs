using System.Security.Claims;
using Trove.Contracts.Accounts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Projects;
using Trove.Frontend.Auditing;
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
        projects.MapPost("/", Create).RequireAuthorization(Policies.Develop).WithSummary("Creates a project as a draft. The same owner may repeat it with the same key and brief.");
        projects.MapGet("/", List).RequireAuthorization(Policies.Look).WithSummary("Projects in key order.");
        projects.MapGet("/{project}", View).RequireAuthorization(Policies.Look).WithSummary("One project.");
        projects.MapPut("/{project}/brief", ChangeBrief).RequireAuthorization(Policies.EditProject).WithSummary("A new version of the brief; answered when all open work goes by it.");
        foreach (var move in Enum.GetValues<ProjectMove>())
        {
            projects.MapPost($"/{{project}}/{move.ToString().ToLowerInvariant()}", (string project, HttpContext http, IGrainFactory grains, GrainCalls calls) =>
                    Move(project, move, http, grains, calls))
                .RequireAuthorization(move == ProjectMove.Close ? Policies.OwnProject : Policies.EditProject)
                .WithSummary($"{move}s the project; answered when all open work knows.");
        }

        projects.MapGet("/{project}/team", Team).RequireAuthorization(Policies.ViewProject).WithSummary("Who works on the project, by account.");
        projects.MapPut("/{project}/team/{account}", (string project, string account, MemberBody body, HttpContext http, IGrainFactory grains, GrainCalls calls) =>
                body.Role is { } role ? SetMember(project, account, role, http, grains, calls) : Task.FromResult(NoRole))
            .RequireAuthorization(Policies.OwnProject)
            .WithSummary("Takes an account into the team or gives it another role: viewer, editor or owner.");
        projects.MapDelete("/{project}/team/{account}", (string project, string account, HttpContext http, IGrainFactory grains, GrainCalls calls) =>
                SetMember(project, account, role: null, http, grains, calls))
            .RequireAuthorization(Policies.OwnProject)
            .WithSummary("Takes an account out of the team. One owner stays.");
    }

    private static async Task<Results<Created<ProjectView>, ProblemHttpResult>> Create(NewProject body, HttpContext http, IGrainFactory grains, GrainCalls calls)
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
            (Grain: grains.GetGrain<IProjectGrain>(project), By: http.ActorOf(), Brief: brief.Value, body.Simulated),
            static call => call.Grain.Create(call.By, call.Brief, call.Simulated));
        return created.Value is { } view ? TypedResults.Created($"/api/v1/projects/{project}", view) : Problems.Of(created.Problem!);
    }

    private static async Task<Results<Ok<CataloguePage>, ProblemHttpResult>> List(ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls, string? after = null, int limit = 50)
    {
        if (limit is < 1 or > MaxPage || (after is not null && !Keys.IsValid(after)))
        {
            return Problems.Of(new Problem("page-invalid", $"limit is 1 to {MaxPage}, after is the cursor of the page before."));
        }

        return TypedResults.Ok(await calls.Run(
            (Grain: grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key), after, limit, Viewer: user.Caller(), All: ProjectAccess.IsAdmin(user)),
            static call => call.Grain.List(call.after, call.limit, call.Viewer, call.All)));
    }

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> View(string project, ClaimsPrincipal user, ProjectAccess access) => Answer(await access.ViewFor(project, user));

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> ChangeBrief(
        string project, BriefBody body, HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        var brief = body.Read();
        return brief.Problem is { } refused ? Problems.Of(refused) : Answer(await calls.Run(
            (Grain: grains.GetGrain<IProjectGrain>(project), By: http.ActorOf(), Brief: brief.Value!),
            static call => call.Grain.ChangeBrief(call.By, call.Brief)));
    }

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> Move(
        string project, ProjectMove move, HttpContext http, IGrainFactory grains, GrainCalls calls) =>
        Answer(await calls.Run((Grain: grains.GetGrain<IProjectGrain>(project), By: http.ActorOf(), move), static call => call.Grain.Move(call.By, call.move)));

    private static async Task<Results<Ok<TeamMember[]>, ProblemHttpResult>> Team(string project, ProjectAccess access)
    {
        var found = await access.Of(project);
        return found.Value is { } view ? TypedResults.Ok<TeamMember[]>([.. view.Team]) : Problems.Of(found.Problem!);
    }

    private static async Task<Results<Ok<TeamMember[]>, ProblemHttpResult>> SetMember(
        string project, string account, TeamRole? role, HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        if (!Keys.IsValid(account) || (role is not null && !(await calls.Run(grains.GetGrain<IAccountGrain>(account), static grain => grain.Standing())).MayAct))
        {
            return Problems.Of(new Problem("account-unknown", "There is no such account: ask the person for its id, which GET /api/v1/me tells."));
        }

        var changed = await calls.Run(
            (Grain: grains.GetGrain<IProjectGrain>(project), By: http.ActorOf(), account, role),
            static call => call.Grain.SetMember(call.By, call.account, call.role));
        return changed.Value is { } view ? TypedResults.Ok<TeamMember[]>([.. view.Team]) : Problems.Of(changed.Problem!);
    }

    private static Results<Ok<TeamMember[]>, ProblemHttpResult> NoRole =>
        Problems.Of(new Problem("member-invalid", "Say the role: viewer, editor or owner."));

    private static Results<Ok<ProjectView>, ProblemHttpResult> Answer(Result<ProjectView> result) =>
        result.Value is { } view ? TypedResults.Ok(view) : Problems.Of(result.Problem!);
}
