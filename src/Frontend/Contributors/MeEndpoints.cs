using System.Security.Claims;
using Trove.Contracts.Contributors;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Contributors;

internal static class MeEndpoints
{
    public static void MapMe(this RouteGroupBuilder api) => api.MapGet("/me/statement", Statement).RequireAuthorization(Policies.Contribute).WithTags("Me").WithSummary("Balances and the latest ledger entries of the caller.");

    private static async Task<Ok<Statement>> Statement(ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls) =>
        TypedResults.Ok(await calls.Run(grains.GetGrain<IContributorGrain>(user.Contributor()), static me => me.Statement()));
}
