using Trove.Contracts.Auditing;

namespace Trove.Grains.Auditing;

/// <summary>
/// A log of acts in the order in which they arrived, each once. Pure. Latest ids are remembered; an entry arrives no earlier than it was done, so one
/// that was done after the oldest of them came is new if it is not among them. Only of older ones the pages must be asked.
/// </summary>
internal sealed class AuditLog
{
    /// <summary>Entries kept in the hot record. When there are so many, the oldest <see cref="AuditLogPage.Size"/> are due to be cut.</summary>
    public const int TailLimit = 2 * AuditLogPage.Size;

    /// <summary>Ids remembered, in memory. More: fewer looks into pages where many acts are noted at a time.</summary>
    public const int Remembered = 4096;

    private readonly List<NotedAct> _tail = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<NotedAct> _remembered = new();
    private DateTimeOffset _cutAt;

    public AuditLog(AuditLogRecord record)
    {
        (Pages, _cutAt, IsForgotten) = (record.Pages, record.CutAt, record.Forgotten);
        RememberedSince = record.CutAt;
        foreach (var act in record.Tail)
        {
            Keep(act);
        }
    }

    /// <summary>Full pages that were cut off.</summary>
    public int Pages { get; private set; }

    /// <summary>Whether everything was deleted, for good.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>Entries ever kept; 0 once they are forgotten, even if pages are still to be removed.</summary>
    public long Count => IsForgotten ? 0 : ((long)Pages * AuditLogPage.Size) + _tail.Count;

    /// <summary>Entries on no page yet, oldest first.</summary>
    public IReadOnlyList<NotedAct> Tail => _tail;

    /// <summary>The ids of all entries that arrived later are remembered.</summary>
    public DateTimeOffset RememberedSince { get; private set; }

    /// <summary>Whether this entry may stand on a page although its id is not remembered.</summary>
    public bool MayStandOnPage(AuditEntry entry) => Pages > 0 && entry.At <= RememberedSince && !_ids.Contains(entry.Id);

    /// <summary>Adds an entry that stands on no page. False, and nothing changes, when it is known or nothing is kept any more.</summary>
    public bool Add(AuditEntry entry, DateTimeOffset now)
    {
        if (IsForgotten || _ids.Contains(entry.Id))
        {
            return false;
        }

        var last = _tail.Count > 0 ? _tail[^1].Arrived : _cutAt;
        var arrived = now > last ? now : last;
        Keep(new NotedAct(entry, arrived > entry.At ? arrived : entry.At));
        return true;
    }

    /// <summary>The page to write next, or null. Write it, then <see cref="Cut"/> it and commit: a crash between the two writes the same page again.</summary>
    public AuditLogPage? PageDue => _tail.Count >= TailLimit ? new AuditLogPage(Pages, [.. _tail[..AuditLogPage.Size]]) : null;

    /// <summary>The page is durable: its entries leave the tail. A page cut before is ignored.</summary>
    public void Cut(AuditLogPage page)
    {
        if (page.Number == Pages && !IsForgotten)
        {
            _tail.RemoveRange(0, AuditLogPage.Size);
            _cutAt = page.Acts[^1].Arrived;
            Pages++;
        }
    }

    /// <summary>Deletes the tail, and keeps nothing from now on. Commit, remove the pages, then say so with <see cref="PagesRemoved"/>.</summary>
    public void Forget()
    {
        IsForgotten = true;
        _tail.Clear();
        _ids.Clear();
        _remembered.Clear();
    }

    /// <summary>The pages of a forgotten log are removed.</summary>
    public void PagesRemoved() => Pages = 0;

    /// <summary>What is stored.</summary>
    public AuditLogRecord ToRecord() => new() { Pages = Pages, CutAt = _cutAt, Forgotten = IsForgotten, Tail = [.. _tail] };

    private void Keep(NotedAct act)
    {
        _tail.Add(act);
        _ids.Add(act.Entry.Id);
        _remembered.Enqueue(act);
        if (_remembered.Count > Remembered)
        {
            var oldest = _remembered.Dequeue();
            _ids.Remove(oldest.Entry.Id);
            RememberedSince = oldest.Arrived;
        }
    }
}
