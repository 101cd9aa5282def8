using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Trove.Contracts.Labeling;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Projects;

namespace Trove.Frontend.Labeling;

/// <summary>Tasks into a project.</summary>
internal static class TaskEndpoints
{
    private const string LinesType = "application/x-ndjson";

    public static void AddTaskImport(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProjectAccess>();
        builder.Services.AddSingleton<TaskImport>();
    }

    public static void MapTasks(this RouteGroupBuilder api, FrontendOptions options)
    {
        var tasks = api.MapGroup("/projects/{project}/tasks").WithTags("Tasks");
        tasks.MapPost("/", Import)
            .RequireAuthorization(Policies.EditProject)
            .Accepts<TaskDefinition>(LinesType)
            .WithMetadata(new BodyLimit(options.ImportMegabytes * 1024L * 1024))
            .WithSummary("Imports tasks, one JSON object a line. Refused lines are reported, the others stay. Send it again with the same Idempotency-Key after a failure.");
        tasks.MapGet("/{number:int}", Inspect).RequireAuthorization(Policies.ViewProject).WithSummary("The live posterior and counts of one task.");
    }

    private static async Task<Results<Ok<ImportReport>, ProblemHttpResult>> Import(
        string project,
        [FromHeader(Name = "Idempotency-Key")] string? import,
        HttpContext http,
        TaskImport imports,
        Readiness readiness)
    {
        if (!Keys.IsValid(import))
        {
            return Problems.Of(new Problem("idempotency-key", $"Name the import in the header Idempotency-Key, 1 to {Keys.MaxLength} of the characters A-Z a-z 0-9 . _ -."));
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, readiness.Stopping);
        var imported = await imports.Run(project, import!, http.Request.BodyReader, cancellation.Token);
        return imported.Value is { } report ? TypedResults.Ok(report) : Problems.Of(imported.Problem!);
    }

    private static async Task<Results<Ok<TaskInspection>, ProblemHttpResult>> Inspect(
        string project, int number, ProjectAccess access, IGrainFactory grains, GrainCalls calls)
    {
        var found = await access.Of(project);
        if (found.Value is not { } view)
        {
            return Problems.Of(found.Problem!);
        }

        if (number < 0 || number / TaskId.PageSize >= view.Pages)
        {
            return Problems.Of(new Problem("task-unknown", $"The project has no task {number}."));
        }

        return TypedResults.Ok(await calls.Run(
            grains.GetGrain<ILabelTaskGrain>(new TaskId(project, TaskKinds.Label, number).Key),
            static task => task.Inspect()));
    }
}

/// <summary>States how large the body of a route may be.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
