using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Auditing;

/// <summary>
/// The acts that a grain notes, as part of its own record: written in the same commit as what they changed, so neither is there without the other.
/// Their ids count up in that record, so telling them again after a crash tells the same. Pure; <see cref="AuditTrail"/> tells them.
/// </summary>
/// <param name="thing">What notes them, as <c>kind/id</c>; also their target unless they say another.</param>
/// <param name="record">As it was stored.</param>
internal sealed class Acts(string thing, ActsRecord record)
{
    private long _noted = record.Noted;
    private int _stored = record.Unsent.Length;

    /// <summary>Those that the logs have not acknowledged.</summary>
    public Outbox<string, AuditEntry> Unsent { get; } = new(record.Unsent.Select(entry => new OutboxEntry<string, AuditEntry>(entry.Id, entry)));

    /// <summary>Whether the record still names acts that were told since.</summary>
    public bool IsAhead => Unsent.Count < _stored;

    /// <summary>Notes an act; commit it with its change.</summary>
    /// <param name="at">When.</param>
    /// <param name="by">Who.</param>
    /// <param name="act">Stable code, such as <c>project.created</c>.</param>
    /// <param name="detail">What was changed, in codes and numbers: never a name, an address or a text of a person.</param>
    /// <param name="target">What it was done to, if not the thing itself; <c>account/…</c> enters it into that account's log too.</param>
    public void Note(DateTimeOffset at, Actor by, string act, string? detail = null, string? target = null)
    {
        var entry = new AuditEntry($"{thing}/{_noted++}", at, by, act, target ?? thing, detail);
        Unsent.Add(entry.Id, entry);
    }

    /// <summary>What is to be stored now.</summary>
    public ActsRecord ToRecord()
    {
        _stored = Unsent.Count;
        return new ActsRecord { Noted = _noted, Unsent = [.. Unsent.Entries.Select(entry => entry.Message)] };
    }
}

/// <summary>The stored part of <see cref="Acts"/>: a member of the record of each grain that notes any.</summary>
internal sealed record ActsRecord
{
    /// <summary>Acts ever noted; the next one's number.</summary>
    public long Noted { get; init; }

    /// <summary>Those that may not have reached the logs, oldest first.</summary>
    public ImmutableArray<AuditEntry> Unsent { get; init; } = [];

    /// <summary>Writes it into a binary record.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Signed(Noted);
        NotedActs.Write(ref w, [.. Unsent.Select(entry => new NotedAct(entry, entry.At))]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ActsRecord Read(ref RecordReader r) =>
        new() { Noted = r.Signed(), Unsent = [.. NotedActs.Read(ref r).Select(act => act.Entry)] };
}
