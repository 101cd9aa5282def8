using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>Whose an address is.</summary>
internal sealed record EmailRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "email";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>The account; null when it is nobody's.</summary>
    public string? Owner { get; init; }

    /// <summary>When it was claimed.</summary>
    public DateTimeOffset? Claimed { get; init; }
}
