using Trove.Contracts.Accounts;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The stored key ring.</summary>
internal sealed class KeyRingRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "key-ring";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Oldest first.</summary>
    public List<KeyRingElement> Elements { get; init; } = [];
}
