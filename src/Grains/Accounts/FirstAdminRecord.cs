using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>How far the first admin has come.</summary>
internal sealed record FirstAdminRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "first-admin";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>The id that was fixed.</summary>
    public string? Account { get; init; }

    /// <summary>Whether that account was created.</summary>
    public bool Closed { get; init; }
}
