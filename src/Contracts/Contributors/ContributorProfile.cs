using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trove.Contracts.Contributors;

/// <summary>What a contributor says of itself, each part only if it wants to. Used for one thing: whether a project's audience fits.</summary>
/// <param name="Region">Country, ISO 3166-1 alpha-2 in upper case.</param>
/// <param name="Languages">Languages, primary subtags of BCP 47 in lower case.</param>
/// <param name="BirthYear">Year of birth; no day is kept.</param>
[GenerateSerializer, Immutable, Alias("trove.contributor-profile")]
public sealed record ContributorProfile(
    [property: Id(0)] string? Region = null,
    [property: Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<string> Languages = default,
    [property: Id(2)] int? BirthYear = null)
{
    /// <summary>Most languages.</summary>
    public const int MaxLanguages = 20;
}
