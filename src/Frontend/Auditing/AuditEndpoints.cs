using System.Security.Claims;
using Trove.Contracts.Auditing;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Auditing;

/// <summary>Reading the audit log.</summary>
internal static class AuditEndpoints
{
    private const int MaxSlice = 200;

    /// <summary>Empty months passed over in one call.</summary>
    private const int MonthsOfCall = 24;

    public static void AddAuditing(this WebApplicationBuilder builder) => builder.Services.AddSingleton<AuditLog>();

    public static void MapAuditing(this RouteGroupBuilder api)
    {
        api.MapGet("/audit", Search)
            .RequireAuthorization(Policies.Administer)
            .WithTags("Audit")
            .WithSummary("Acts of everybody, newest first, of the twelve months before 'until' unless 'since' says otherwise. Each search is noted itself.");
        api.MapGet("/me/audit", Own).RequireAuthorization(Policies.Look).WithTags("Me").WithSummary("What the caller did and had done to it, newest first.");
    }

    private static async Task<Results<Ok<AuditSlice>, ProblemHttpResult>> Search(
        HttpContext http,
        IGrainFactory grains,
        GrainCalls calls,
        AuditLog audit,
        TimeProvider time,
        string? account = null,
        string? act = null,
        string? target = null,
        DateTimeOffset? since = null,
        DateTimeOffset? until = null,
        string? cursor = null,
        int limit = 50)
    {
        var at = AuditCursor.At(until ?? time.GetUtcNow());
        if (limit is < 1 or > MaxSlice || (cursor is not null && !AuditCursor.TryParse(cursor, out at)))
        {
            return Problems.Of(Invalid);
        }

        // An account's id is an opaque code; anything else that somebody types into the other fields may be a name.
        await audit.NoteAsync(http, "audit.searched", "audit/all", Keys.IsValid(account) ? $"account={account}" : null);
        var first = AuditCursor.At(since ?? (until ?? time.GetUtcNow()).AddMonths(-12));
        var query = new AuditQuery(account, act, target, since, until, Limit: limit);
        for (var months = MonthsOfCall; months > 0 && at.Month >= first.Month; months--)
        {
            var slice = await calls.Run(
                (Log: grains.GetGrain<IAuditLogGrain>(AuditLogs.Month(at.Month)), Query: query with { Cursor = at.Place }),
                static call => call.Log.Search(call.Query));
            at = slice.Next is { } place ? at with { Place = place } : at.Before;
            if (!slice.Entries.IsEmpty || slice.Next is not null)
            {
                return TypedResults.Ok(slice with { Next = at.Month >= first.Month ? at.ToString() : null });
            }
        }

        return TypedResults.Ok(new AuditSlice([], at.Month >= first.Month ? at.ToString() : null));
    }

    private static async Task<Results<Ok<AuditSlice>, ProblemHttpResult>> Own(
        ClaimsPrincipal user, IGrainFactory grains, GrainCalls calls, string? act = null, DateTimeOffset? since = null, DateTimeOffset? until = null, string? cursor = null, int limit = 50)
    {
        if (limit is < 1 or > MaxSlice || (cursor is not null && !AuditCursor.IsPlace(cursor)))
        {
            return Problems.Of(Invalid);
        }

        var query = new AuditQuery(Act: act, Since: since, Until: until, Cursor: cursor, Limit: limit);
        return TypedResults.Ok(await calls.Run(
            (Log: grains.GetGrain<IAuditLogGrain>(AuditLogs.Account(user.Caller())), query),
            static call => call.Log.Search(call.query)));
    }

    private static Problem Invalid => new("page-invalid", $"limit is 1 to {MaxSlice}, cursor is 'next' of the slice before.");
}
