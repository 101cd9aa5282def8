using System.Globalization;
using Trove.Frontend.Auditing;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Projects;

/// <summary>Simulated contributors to mint.</summary>
/// <param name="Names">Their names, unique in the project; the same name is always the same contributor.</param>
/// <param name="Hours">How long the keys live, 1 to 24 hours.</param>
public sealed record MintBody(ImmutableArray<string> Names, int Hours = 12);

/// <summary>A simulated contributor's way in.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Contributor">Its id, as task imports name it in <c>allow</c>.</param>
/// <param name="Key">Bearer key for the work hub.</param>
public sealed record MintedKey(string Name, string Contributor, string Key);

/// <summary>Those that were minted.</summary>
public sealed record MintedKeys(ImmutableArray<MintedKey> Contributors);

/// <summary>Simulated contributors: for rehearsals, replays and benches.</summary>
internal static class SimulatedEndpoints
{
    private const int MaxNames = 1000;
    private const int MaxName = 100;

    public static void MapSimulated(this RouteGroupBuilder api) => api.MapPost("/projects/{project}/simulated-contributors", Mint)
        .RequireAuthorization(Policies.Administer)
        .WithTags("Projects")
        .WithSummary("Mints short-lived keys of simulated contributors, for a project that is marked as simulated.");

    private static async Task<Results<Ok<MintedKeys>, ProblemHttpResult>> Mint(string project, MintBody body, HttpContext http, ProjectAccess access, SimulatedKeys keys, AuditLog audit, TimeProvider clock)
    {
        var names = body.Names.OrEmpty();
        if (names.Length is < 1 or > MaxNames || names.Any(name => name is not { Length: >= 1 and <= MaxName }) || names.Distinct(StringComparer.Ordinal).Count() != names.Length)
        {
            return Problems.Of(new Problem("names-invalid", $"Name 1 to {MaxNames} contributors, each once and in 1 to {MaxName} characters."));
        }

        if (body.Hours < 1 || body.Hours > SimulatedKeys.LongestLife.TotalHours)
        {
            return Problems.Of(new Problem("hours-invalid", $"Keys live 1 to {SimulatedKeys.LongestLife.TotalHours} hours."));
        }

        var found = await access.Standing(project, http.User.Caller());
        if (found.Value is not { } standing)
        {
            return Problems.Of(found.Problem!);
        }

        if (!standing.Simulated)
        {
            return Problems.Of(new Problem("not-simulated", "The project is a real one: its contributors are people."));
        }

        await audit.NoteAsync(http, "project.keys-minted", $"project/{project}", string.Create(CultureInfo.InvariantCulture, $"count={names.Length} hours={body.Hours}"));
        var expires = clock.GetUtcNow().AddHours(body.Hours);
        return TypedResults.Ok(new MintedKeys([.. names.Select(name =>
        {
            var contributor = keys.Contributor(project, name);
            return new MintedKey(name, contributor, keys.Mint(project, contributor, expires));
        })]));
    }
}
