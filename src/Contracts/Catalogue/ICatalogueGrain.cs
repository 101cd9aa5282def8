using System.Collections.Immutable;
using Trove.Contracts.Projects;

namespace Trove.Contracts.Catalogue;

/// <summary>The list of projects. One grain, key <see cref="Key"/>; off every hot path.</summary>
[Alias("trove.ICatalogueGrain")]
public interface ICatalogueGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "all";

    /// <summary>Enters a project or replaces its entry.</summary>
    [Alias("Enter")]
    Task Enter(CatalogueEntry entry);

    /// <summary>Entries after <paramref name="after"/> in key order, at most <paramref name="limit"/> (1 to 200).</summary>
    [Alias("List"), ReadOnly]
    Task<CataloguePage> List(string? after, int limit);
}

/// <summary>One line of the catalogue.</summary>
[GenerateSerializer, Immutable, Alias("trove.catalogue-entry")]
public sealed record CatalogueEntry(
    [property: Id(0)] string Project,
    [property: Id(1)] string Owner,
    [property: Id(2)] string Title,
    [property: Id(3)] ProjectState State,
    [property: Id(4)] bool Paid);

/// <summary>A slice of the catalogue.</summary>
/// <param name="Entries">In key order.</param>
/// <param name="Next">Cursor of the next slice, null at the end.</param>
[GenerateSerializer, Immutable, Alias("trove.catalogue-page")]
public sealed record CataloguePage([property: Id(0)] ImmutableArray<CatalogueEntry> Entries, [property: Id(1)] string? Next);
