using Trove.Contracts.Guests;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Guests;

/// <summary>Trying one volunteer project before signing up. Open to anybody; whoever has begun is known by the cookie, which each route asks for itself.</summary>
internal static class GuestEndpoints
{
    /// <summary>What is said of every cookie that is not good, and of a guest who is forgotten.</summary>
    private static readonly Problem Unknown = new("guest-unknown", "You have not begun as a guest here, or that is over. Pick a project to begin.");

    public static void AddGuests(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GuestCookie>();
        builder.Services.AddScoped<HandIns>();
    }

    public static void MapGuests(this RouteGroupBuilder api)
    {
        var guest = api.MapGroup("/guest").WithTags("Guest").AllowAnonymous();
        guest.MapPost("/", Begin).RequireRateLimiting(RateLimits.Guests).WithSummary("Begins as a guest in a volunteer project: what it is for, then up to ten items. The same again shows the same ones.");
        guest.MapGet("/", View).WithSummary("Where the guest stands, and what became of the answers.");
        guest.MapPut("/answers/{number:int}", Hold).WithSummary("Holds an answer, in place of an earlier one to the same item. It counts once its giver has an account.");
        guest.MapDelete("/", Forget).WithSummary("Forgets the guest and the answers held.");
    }

    private static async Task<Results<Ok<GuestView>, ProblemHttpResult>> Begin(GuestBody body, HttpContext http, GuestCookie cookie, IGrainFactory grains, GrainCalls calls, ImageLinks links)
    {
        if (!Keys.IsValid(body.Project))
        {
            return Problems.Of(Projects.ProjectAccess.InvalidKey);
        }

        var id = cookie.Read(http) ?? GuestCookie.NewGuest();
        var begun = await calls.Run((Guest: grains.GetGrain<IGuestGrain>(id), Project: body.Project!), static call => call.Guest.Begin(call.Project));
        if (begun.Value is not null)
        {
            cookie.Write(http, id);
        }

        return Answer(begun, http, links);
    }

    private static async Task<Results<Ok<GuestView>, ProblemHttpResult>> View(HttpContext http, GuestCookie cookie, IGrainFactory grains, GrainCalls calls, ImageLinks links) =>
        cookie.Read(http) is { } id ? Answer(await calls.Run(grains.GetGrain<IGuestGrain>(id), static guest => guest.View()), http, links) : Problems.Of(Unknown);

    private static async Task<Results<NoContent, ProblemHttpResult>> Hold(int number, GuestAnswerBody body, HttpContext http, GuestCookie cookie, IGrainFactory grains, GrainCalls calls)
    {
        if (cookie.Read(http) is not { } id)
        {
            return Problems.Of(Unknown);
        }

        var values = body.Values.OrEmpty();
        if (values.Length > LabelSchema.MaxOptions)
        {
            return Problems.Of(new Problem("answer-invalid", $"An answer has at most {LabelSchema.MaxOptions} values, not {values.Length}."));
        }

        var held = await calls.Run((Guest: grains.GetGrain<IGuestGrain>(id), number, values), static call => call.Guest.Hold(call.number, call.values));
        return held.Problem is { } refused ? Problems.Of(refused) : TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Forget(HttpContext http, GuestCookie cookie, IGrainFactory grains, GrainCalls calls)
    {
        if (cookie.Read(http) is not { } id)
        {
            return Problems.Of(Unknown);
        }

        await calls.Run(grains.GetGrain<IGuestGrain>(id), static async guest =>
        {
            await guest.Clear();
            return true;
        });
        cookie.Delete(http);
        return TypedResults.NoContent();
    }

    private static Results<Ok<GuestView>, ProblemHttpResult> Answer(Result<GuestView> result, HttpContext http, ImageLinks links)
    {
        if (result.Value is not { } view)
        {
            return Problems.Of(result.Problem!);
        }

        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(view with
        {
            Items = [.. view.Items.Select(item => item.Image is null ? item : item with { Image = links.Sign(view.Brief.Project, item.Image) })],
        });
    }
}
