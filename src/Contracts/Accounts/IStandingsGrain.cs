using System.Collections.Immutable;

namespace Trove.Contracts.Accounts;

/// <summary>
/// Tells frontends whose rights changed, so that open connections lose them at once. One grain, key <see cref="Key"/>; memory only: a frontend that
/// has missed something re-checks everybody it serves. One small call a second per frontend, however many people are connected.
/// </summary>
[Alias("trove.IStandingsGrain")]
public interface IStandingsGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "all";

    /// <summary>The rights of an account, or of one of its keys, changed.</summary>
    [Alias("Changed")]
    Task Changed(string account);

    /// <summary>Accounts changed after <paramref name="version"/>.</summary>
    [Alias("Since"), ReadOnly]
    Task<StandingsNews> Since(long version);
}

/// <summary>What changed.</summary>
/// <param name="Version">To ask with next time.</param>
/// <param name="Complete">False when older changes are forgotten (the list is bounded, the memory new): everybody must be checked.</param>
/// <param name="Accounts">Whose rights changed.</param>
[GenerateSerializer, Immutable, Alias("trove.standings-news")]
public sealed record StandingsNews(
    [property: Id(0)] long Version,
    [property: Id(1)] bool Complete,
    [property: Id(2)] ImmutableArray<string> Accounts);
