using System.Collections.Immutable;
using Trove.Contracts.Accounts;
using Trove.Grains.Auditing;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The stored state of an account. Immutable, so that what is written is never half-changed.</summary>
internal sealed record AccountRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "account";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>The account; null before it is created and after it is erased.</summary>
    public Account? Account { get; init; }

    /// <summary>Whether an admin suspended it.</summary>
    public bool Suspended { get; init; }

    /// <summary>Whether it was erased: nobody gets this id again.</summary>
    public bool Erased { get; init; }

    /// <summary>When its erasure was begun: since then it may not act, and is read only to be erased.</summary>
    public DateTimeOffset? Erasing { get; init; }

    /// <summary>Attempts in a row that did not succeed, or not yet.</summary>
    public int Attempts { get; init; }

    /// <summary>When that row began.</summary>
    public DateTimeOffset? AttemptsSince { get; init; }

    /// <summary>Until when nothing is judged.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Sessions that were ended one by one; each carries the stamp, as long as that is the same.</summary>
    public ImmutableArray<string> Ended { get; init; } = [];

    /// <summary>What the audit log is to know of it.</summary>
    public ActsRecord Acts { get; init; } = new();
}
