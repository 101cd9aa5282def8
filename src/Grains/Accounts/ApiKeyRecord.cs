using System.Text.Json.Serialization;
using Trove.Contracts.Accounts;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The stored API key. Nothing in it opens anything.</summary>
internal sealed record ApiKeyRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "api-key";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>What was asked for; null for a key that was never made.</summary>
    public NewApiKey? Key { get; init; }

    /// <summary>Whether its account was erased: nothing else is kept, and nobody gets this id again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Erased { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it was ended, if it was.</summary>
    public DateTimeOffset? Revoked { get; init; }
}
