using System.Collections.Immutable;

namespace Trove.Contracts.Auditing;

/// <summary>
/// An append-only log of acts that touch money, rights, roles or the operation of Trove. Keys: <c>all/yyyy-MM</c>, everything of a month;
/// <c>account/&lt;id&gt;</c>, what an account did or had done to it, for the person itself.
/// </summary>
[Alias("trove.IAuditLogGrain")]
public interface IAuditLogGrain : IGrainWithStringKey
{
    /// <summary>Appends entries, each known by its id: one that stands here already changes nothing. Answered when durable.</summary>
    [Alias("Append")]
    Task Append(ImmutableArray<AuditEntry> entries);

    /// <summary>Entries that match, newest first. One call reads a bounded number of pages, so a slice may be empty and still have a next.</summary>
    [Alias("Search"), ReadOnly]
    Task<AuditSlice> Search(AuditQuery query);

    /// <summary>Deletes an account's own log; everybody else's keep their opaque entries. Refused for the log of a month.</summary>
    [Alias("Forget")]
    Task<Result<Done>> Forget();
}

/// <summary>One act.</summary>
/// <param name="Id">Made by whoever noted it; the same act always has the same.</param>
/// <param name="At">When.</param>
/// <param name="By">Who, with what, from where.</param>
/// <param name="Act">Stable code, <c>account.role-given</c>, <c>project.closed</c>, …</param>
/// <param name="Target">What it was done to, as <c>kind/id</c>: <c>account/…</c>, <c>project/…</c>, <c>key/…</c>.</param>
/// <param name="Detail">What was changed, in codes and numbers: never a name, an address or a text of a person.</param>
[GenerateSerializer, Immutable, Alias("trove.audit-entry")]
public sealed record AuditEntry(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] Actor By,
    [property: Id(3)] string Act,
    [property: Id(4)] string Target,
    [property: Id(5)] string? Detail);

/// <summary>What is looked for; null matches everything.</summary>
/// <param name="Account">Who acted.</param>
/// <param name="Act">The code, or its beginning up to a dot (<c>project.</c>).</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Since">Not before.</param>
/// <param name="Until">Before.</param>
/// <param name="Cursor">Where the slice before ended.</param>
/// <param name="Limit">Most entries, 1 to 200.</param>
[GenerateSerializer, Immutable, Alias("trove.audit-query")]
public sealed record AuditQuery(
    [property: Id(0)] string? Account = null,
    [property: Id(1)] string? Act = null,
    [property: Id(2)] string? Target = null,
    [property: Id(3)] DateTimeOffset? Since = null,
    [property: Id(4)] DateTimeOffset? Until = null,
    [property: Id(5)] string? Cursor = null,
    [property: Id(6)] int Limit = 50);

/// <summary>Some entries.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Cursor of older ones, null at the end of this log.</param>
[GenerateSerializer, Immutable, Alias("trove.audit-slice")]
public sealed record AuditSlice([property: Id(0)] ImmutableArray<AuditEntry> Entries, [property: Id(1)] string? Next);
