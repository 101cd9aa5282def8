using System.Collections.Immutable;
using Trove.Contracts.Accounts;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The erasures that are under way.</summary>
internal sealed record ErasuresRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "erasures";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Erasure> Pending { get; init; } = [];
}
