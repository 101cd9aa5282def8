using System.Collections.Immutable;
using Trove.Grains.Records;

namespace Trove.Grains.Auditing;

/// <summary>The hot part of a log: its newest entries, and how many full pages are before them.</summary>
internal sealed record AuditLogRecord : IBinaryRecord<AuditLogRecord>
{
    /// <inheritdoc/>
    public static string RecordKind => "audit-log";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Full pages that were cut off.</summary>
    public int Pages { get; init; }

    /// <summary>When the last entry of the last page arrived.</summary>
    public DateTimeOffset CutAt { get; init; }

    /// <summary>Whether its account was erased: nothing is kept any more.</summary>
    public bool Forgotten { get; init; }

    /// <summary>Entries on no page, oldest first.</summary>
    public ImmutableArray<NotedAct> Tail { get; init; } = [];

    /// <inheritdoc/>
    public void Write(ref RecordWriter w)
    {
        w.Count(Pages);
        w.Time(CutAt);
        w.Bool(Forgotten);
        NotedActs.Write(ref w, Tail);
    }

    /// <inheritdoc/>
    public static AuditLogRecord Read(ref RecordReader r, byte version) =>
        new() { Pages = r.Count(), CutAt = r.Time(), Forgotten = r.Bool(), Tail = [.. NotedActs.Read(ref r)] };
}

/// <summary>A full page of a log. Which entries it has is fixed, so writing it again after a crash writes the same bytes.</summary>
/// <param name="Number">From 0: entries <c>Number × Size</c> to <c>(Number + 1) × Size - 1</c>.</param>
/// <param name="Acts">Exactly <see cref="Size"/> entries, oldest first; none for a page that does not exist.</param>
internal sealed record AuditLogPage(int Number, ImmutableArray<NotedAct> Acts) : IBinaryRecord<AuditLogPage>
{
    /// <summary>Entries of a page.</summary>
    public const int Size = 64;

    public AuditLogPage()
        : this(0, [])
    {
    }

    /// <inheritdoc/>
    public static string RecordKind => "audit-page";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Name of the <paramref name="number"/>-th page's record.</summary>
    public static string Name(int number) => $"audit-{number:D6}";

    /// <inheritdoc/>
    public void Write(ref RecordWriter w)
    {
        w.Count(Number);
        NotedActs.Write(ref w, Acts);
    }

    /// <inheritdoc/>
    public static AuditLogPage Read(ref RecordReader r, byte version) => new(r.Count(), [.. NotedActs.Read(ref r)]);
}
