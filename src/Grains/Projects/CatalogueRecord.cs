using Trove.Contracts.Catalogue;
using Trove.Grains.Records;

namespace Trove.Grains.Projects;

/// <summary>The stored list of projects.</summary>
internal sealed class CatalogueRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "catalogue";

    /// <inheritdoc/>
    public static byte RecordVersion => 2;

    /// <summary>Entries by ordinal order of their project's key.</summary>
    public List<CatalogueEntry> Entries { get; init; } = [];
}
