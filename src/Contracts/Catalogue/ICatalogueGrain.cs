using System.Collections.Immutable;
using System.Text.Json.Serialization;
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

    /// <summary>
    /// Entries after <paramref name="after"/> in key order, at most <paramref name="limit"/> (1 to 200). Drafts and simulated projects are listed to
    /// their team only, or when <paramref name="all"/> are wanted. Who is in a team is not told.
    /// </summary>
    /// <param name="after">Cursor of the slice before.</param>
    /// <param name="limit">Most entries.</param>
    /// <param name="viewer">Account that looks; null for nobody in particular.</param>
    /// <param name="all">Whether everything is listed.</param>
    [Alias("List"), ReadOnly]
    Task<CataloguePage> List(string? after, int limit, string? viewer, bool all);

    /// <summary>Every project in whose team an account is.</summary>
    [Alias("Of"), ReadOnly]
    Task<ImmutableArray<CatalogueEntry>> Of(string account);
}

/// <summary>One line of the catalogue.</summary>
/// <param name="Project">Key of the project.</param>
/// <param name="Owner">As in its view.</param>
/// <param name="Title">Of the brief in force.</param>
/// <param name="State">Where the project stands.</param>
/// <param name="Paid">Whether an answer is paid.</param>
/// <param name="Simulated">Whether its contributors are simulated.</param>
/// <param name="Members">Accounts of its team, in order; left out of what is listed.</param>
[GenerateSerializer, Immutable, Alias("trove.catalogue-entry")]
public sealed record CatalogueEntry(
    [property: Id(0)] string Project,
    [property: Id(1)] string Owner,
    [property: Id(2)] string Title,
    [property: Id(3)] ProjectState State,
    [property: Id(4)] bool Paid,
    [property: Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Simulated = false,
    [property: Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<string> Members = default)
{
    /// <inheritdoc/>
    public bool Equals(CatalogueEntry? other) =>
        other is not null
        && (Project, Owner, Title, State, Paid, Simulated) == (other.Project, other.Owner, other.Title, other.State, other.Paid, other.Simulated)
        && Members.OrEmpty().SequenceEqual(other.Members.OrEmpty(), StringComparer.Ordinal); // an array of its own would compare by where it lies

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Project, Owner, Title, State, Paid, Simulated, Members.OrEmpty().Length);
}

/// <summary>A slice of the catalogue.</summary>
/// <param name="Entries">In key order.</param>
/// <param name="Next">Cursor of the next slice, null at the end.</param>
[GenerateSerializer, Immutable, Alias("trove.catalogue-page")]
public sealed record CataloguePage([property: Id(0)] ImmutableArray<CatalogueEntry> Entries, [property: Id(1)] string? Next);
