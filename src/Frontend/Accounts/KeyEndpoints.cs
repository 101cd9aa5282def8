using Trove.Contracts.Accounts;
using Trove.Frontend.Auditing;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>A key to make.</summary>
/// <param name="Name">What its owner calls it, 1 to 64 characters.</param>
/// <param name="Scopes">What it may do: read, write, money, admin.</param>
/// <param name="Days">Its life, 1 to 366 days.</param>
public sealed record KeyBody(string? Name, ImmutableArray<Scopes> Scopes, int Days = 90);

/// <summary>A key as its owner sees it.</summary>
public sealed record KeyLine(string Id, string Name, ImmutableArray<Scopes> Scopes, DateTimeOffset Created, DateTimeOffset Expires, DateTimeOffset? Revoked)
{
    internal static KeyLine Of(ApiKeyView key) => new(
        key.Id, key.Name, [.. Enum.GetValues<Scopes>().Where(scope => scope != Contracts.Accounts.Scopes.None && key.Scopes.HasFlag(scope))], key.Created, key.Expires, key.Revoked);
}

/// <summary>A key just made. The secret is in this answer and nowhere else.</summary>
public sealed record NewKey(KeyLine Line, string Key);

/// <summary>API keys of the caller's account.</summary>
internal static class KeyEndpoints
{
    private const int MaxKeys = 100;
    private const int MaxName = 64;

    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/me/keys").WithTags("Me");
        keys.MapGet("/", List).RequireAuthorization(Policies.Look).WithSummary("API keys of the caller, ended ones too.");
        keys.MapPost("/", Make).RequireAuthorization(Policies.InPerson).WithSummary("Makes an API key. This answer is the only place where it is ever shown.");
        keys.MapDelete("/{key}", Revoke).RequireAuthorization(Policies.Change).WithSummary("Ends an API key at once, everywhere.");
    }

    private static async Task<Results<Ok<ImmutableArray<KeyLine>>, ProblemHttpResult>> List(HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        var found = await Account(http, grains, calls);
        return found.Value is { } account ? TypedResults.Ok<ImmutableArray<KeyLine>>([.. account.Keys.OrEmpty().Select(KeyLine.Of)]) : Problems.Of(found.Problem!);
    }

    private static async Task<Results<Created<NewKey>, ProblemHttpResult>> Make(KeyBody body, HttpContext http, ApiKeys keys, IGrainFactory grains, GrainCalls calls, TimeProvider clock)
    {
        var scopes = body.Scopes.OrEmpty().Aggregate(Scopes.None, static (all, scope) => all | scope);
        if (body.Name is not { Length: >= 1 and <= MaxName } name || name.Any(char.IsControl))
        {
            return Problems.Of(new Problem("key-invalid", $"Name the key, in 1 to {MaxName} characters."));
        }

        if (scopes == Scopes.None || body.Days is < 1 or > 366)
        {
            return Problems.Of(new Problem("key-invalid", "Say the scopes (read, write, money, admin) and a life of 1 to 366 days."));
        }

        if (scopes.HasFlag(Scopes.Admin) && !http.User.Has(Role.Admin))
        {
            return Problems.Of(new Problem("key-invalid", "Only an admin's key can have the scope admin."));
        }

        var found = await Account(http, grains, calls);
        if (found.Value is not { } account || account.Keys.OrEmpty().Length >= MaxKeys)
        {
            return Problems.Of(found.Problem ?? new Problem("key-invalid", $"An account has at most {MaxKeys} keys, ended ones included."));
        }

        var made = await keys.Make(http.ActorOf(), name, scopes, clock.GetUtcNow().AddDays(body.Days));
        return made.Value is { } key
            ? TypedResults.Created($"/api/v1/me/keys/{key.View.Id}", new NewKey(KeyLine.Of(key.View), key.Key))
            : Problems.Of(made.Problem!);
    }

    private static async Task<Results<Ok<KeyLine>, ProblemHttpResult>> Revoke(string key, HttpContext http, ApiKeys keys)
    {
        var revoked = await keys.Revoke(http.ActorOf(), key);
        return revoked.Value is { } view ? TypedResults.Ok(KeyLine.Of(view)) : Problems.Of(revoked.Problem!);
    }

    private static Task<Result<Account>> Account(HttpContext http, IGrainFactory grains, GrainCalls calls) =>
        calls.Run(grains.GetGrain<IAccountGrain>(http.User.Caller()), static account => account.Read());
}
