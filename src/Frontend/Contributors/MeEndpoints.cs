using System.Security.Claims;
using Trove.Contracts.Contributors;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Contributors;

internal static class MeEndpoints
{
    private const string Purpose =
        "Every part is optional and used for one thing, whether a project's audience fits: region = countries, languages = any of them, birthYear = minimum age. No developer sees it.";

    public static void MapMe(this RouteGroupBuilder api)
    {
        var me = api.MapGroup("/me").WithTags("Me");
        me.MapGet("/statement", Statement).RequireAuthorization(Policies.Contribute).WithSummary("Balances and the latest ledger entries of the caller.");
        me.MapGet("/profile", Profile).RequireAuthorization(Policies.Look).WithSummary($"What the caller says of itself. {Purpose}");
        me.MapPut("/profile", SetProfile).RequireAuthorization(Policies.Change).WithSummary($"Replaces what the caller says of itself; an empty object deletes it. {Purpose}");
    }

    private static async Task<Ok<Statement>> Statement(ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls) =>
        TypedResults.Ok(await calls.Run(grains.GetGrain<IContributorGrain>(user.Contributor()), static me => me.Statement()));

    private static async Task<Ok<ContributorProfile>> Profile(ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls) =>
        TypedResults.Ok(await calls.Run(grains.GetGrain<IContributorGrain>(user.Contributor()), static me => me.GetProfile()));

    private static async Task<Results<Ok<ContributorProfile>, ProblemHttpResult>> SetProfile(
        ContributorProfile said, ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls)
    {
        var set = await calls.Run((Me: grains.GetGrain<IContributorGrain>(user.Contributor()), said), static call => call.Me.SetProfile(call.said));
        return set.Value is { } kept ? TypedResults.Ok(kept) : Problems.Of(set.Problem!);
    }
}
