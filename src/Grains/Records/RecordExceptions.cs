namespace Trove.Grains.Records;

/// <summary>The bytes of a record make no sense. The record is left as it is; nothing is guessed.</summary>
public sealed class RecordDamagedException(string kind, int offset, string reason)
    : Exception($"The record '{kind}' is damaged at byte {offset}: {reason}. Restore it from a backup.")
{
    /// <summary>What kind of record it should be.</summary>
    public string Kind { get; } = kind;

    /// <summary>Where it stopped making sense, in bytes from its start.</summary>
    public int Offset { get; } = offset;
}

/// <summary>A newer build wrote the record. Reading it with this one would lose what only the newer one knows.</summary>
public sealed class RecordTooNewException(string kind, int version, int known)
    : Exception($"The record '{kind}' has version {version}, but this build reads only up to {known}. A newer build of Trove wrote it: run that one.")
{
    /// <summary>What kind of record it is.</summary>
    public string Kind { get; } = kind;

    /// <summary>The version found.</summary>
    public int Version { get; } = version;
}
