using System.Globalization;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Projects;

namespace Trove.Frontend.Labeling;

/// <summary>Closed tasks in the order of their pages.</summary>
/// <param name="Items">Closed tasks with their evidence; contributors appear under pseudonyms of the project.</param>
/// <param name="Next">Cursor of what follows, null at the end of what is closed now.</param>
public sealed record ResultPage(ImmutableArray<TaskResult> Items, string? Next);

/// <summary>Results and progress of a project, for its team.</summary>
internal static class ResultEndpoints
{
    private const int MaxLimit = 1000;

    public static void MapResults(this RouteGroupBuilder api)
    {
        var project = api.MapGroup("/projects/{project}").WithTags("Results");
        project.MapGet("/results", Results).RequireAuthorization(Policies.ViewProject).WithSummary("Closed tasks with their evidence. A page may be a little longer than the limit, as segments are not cut.");
        project.MapGet("/progress", Progress).RequireAuthorization(Policies.ViewProject).WithSummary("Live counts.");
    }

    private static async Task<Results<Ok<ResultPage>, ProblemHttpResult>> Results(
        string project, ProjectAccess access, IGrainFactory grains, GrainCalls calls, string? cursor = null, int limit = 200)
    {
        if (limit is < 1 or > MaxLimit || !Cursor.TryParse(cursor, out var at))
        {
            return Problems.Of(new Problem("page-invalid", $"limit is 1 to {MaxLimit}, cursor is the next of the page before."));
        }

        var found = await access.Of(project);
        return found.Value is { } view
            ? TypedResults.Ok(await Collect(view, at, limit, grains, calls))
            : Problems.Of(found.Problem!);
    }

    /// <summary>Walks the pages' segments from the cursor until enough has come together.</summary>
    private static async Task<ResultPage> Collect(ProjectView view, Cursor at, int limit, IGrainFactory grains, GrainCalls calls)
    {
        var items = ImmutableArray.CreateBuilder<TaskResult>();
        while (at.Page < view.Pages && items.Count < limit)
        {
            var pool = grains.GetGrain<ITaskPoolGrain>(new PageId(view.Project, TaskKinds.Label, at.Page).Key);
            var slice = await calls.Run((pool, at.Segment), static call => call.pool.Results(call.Segment));
            items.AddRange(slice.Items.OrEmpty());
            at = slice.Next is { } next ? at with { Segment = next } : new Cursor(at.Page + 1, 0);
        }

        return new ResultPage(items.DrainToImmutable(), at.Page < view.Pages ? at.ToString() : null);
    }

    private static async Task<Results<Ok<ProjectProgress>, ProblemHttpResult>> Progress(string project, IGrainFactory grains, GrainCalls calls)
    {
        var current = await calls.Run(grains.GetGrain<IProgressGrain>(project), static grain => grain.Current());
        return current.Value is { } progress ? TypedResults.Ok(progress) : Problems.Of(current.Problem!);
    }

    /// <summary>Where reading stands, <c>page.segment</c> outside.</summary>
    private readonly record struct Cursor(int Page, int Segment)
    {
        public static bool TryParse(string? text, out Cursor cursor)
        {
            cursor = default;
            if (text is null)
            {
                return true;
            }

            var dot = text.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0
                || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var page)
                || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var segment))
            {
                return false;
            }

            cursor = new Cursor(page, segment);
            return true;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Page}.{Segment}");
    }
}
