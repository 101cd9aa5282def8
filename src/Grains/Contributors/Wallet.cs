using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>What became of a verdict.</summary>
internal enum SettleOutcome
{
    /// <summary>It moved the balance.</summary>
    Settled,

    /// <summary>It was settled before; nothing changed.</summary>
    Duplicate,

    /// <summary>An earlier revision has not come yet: it must be sent again after that one.</summary>
    OutOfOrder,

    /// <summary>It contradicts what is known. It is kept aside for people to look at.</summary>
    Suspense,
}

/// <summary>
/// The rewards of one contributor. Each verdict is settled exactly once by (assignment, revision): the first of an
/// assignment by the set of ended numbers, each later one only as exactly the next. Settling never refuses; what
/// contradicts itself goes to suspense, and never silently counts as a repetition.
/// </summary>
internal sealed class Wallet
{
    /// <summary>Entries kept with the balances. When there are so many, the oldest <see cref="LedgerPage.Size"/> are due to be cut.</summary>
    public const int TailLimit = 128;

    /// <summary>Contradictory verdicts kept.</summary>
    public const int SuspenseLimit = 64;

    private readonly AssignmentNumbers _numbers;
    private readonly LedgerTail _tail;
    private readonly Dictionary<long, int> _revisions; // latest revision of the few assignments that have more than the first
    private readonly List<SuspendedVerdict> _suspense;

    /// <summary>An empty one.</summary>
    public Wallet(AssignmentNumbers numbers)
        : this(numbers, [], [], [])
    {
    }

    private Wallet(AssignmentNumbers numbers, List<LedgerEntry> tail, Dictionary<long, int> revisions, List<SuspendedVerdict> suspense)
    {
        _numbers = numbers;
        _tail = new LedgerTail(tail);
        _revisions = revisions;
        _suspense = suspense;
    }

    /// <summary>Assignments earned and not taken back.</summary>
    public long Earned { get; private set; }

    /// <summary>Money earned, minor units.</summary>
    public long EarnedMinor { get; private set; }

    /// <summary>Full ledger pages that were cut off the tail.</summary>
    public int Pages { get; private set; }

    /// <summary>Verdicts settled; the next ledger entry's sequence number.</summary>
    public long Settled => ((long)Pages * LedgerPage.Size) + _tail.Entries.Count;

    /// <summary>Latest ledger entries, oldest first: those on no page yet.</summary>
    public IReadOnlyList<LedgerEntry> Tail => _tail.Entries;

    /// <summary>Verdicts kept aside.</summary>
    public IReadOnlyList<SuspendedVerdict> Suspense => _suspense;

    /// <summary>Contradictory verdicts for which there was no room; they stand in the log only.</summary>
    public int SuspenseOverflow { get; private set; }

    /// <summary>The page to write next, or null. Write it, then <see cref="Cut"/> it and commit: a crash between the two writes the same page again.</summary>
    public LedgerPage? PageDue =>
        Tail.Count >= TailLimit ? new LedgerPage(Pages, [.. Tail.Take(LedgerPage.Size)]) : null;

    /// <summary>The page is durable: its entries leave the tail. A page cut before is ignored.</summary>
    public void Cut(LedgerPage page)
    {
        if (page.Number == Pages)
        {
            _tail.Cut(LedgerPage.Size);
            Pages++;
        }
    }

    /// <summary>Settles a verdict about this contributor.</summary>
    /// <param name="verdict">What a task says.</param>
    /// <param name="now">When, for the ledger.</param>
    /// <param name="reason">Why it was put aside, with <see cref="SettleOutcome.Suspense"/>.</param>
    public SettleOutcome Settle(Verdict verdict, DateTimeOffset now, out string? reason)
    {
        reason = Contradiction(verdict);
        if (reason is not null)
        {
            PutAside(verdict, reason);
            return SettleOutcome.Suspense;
        }

        var last = LastRevision(verdict.Assignment);
        if (verdict.Revision != last + 1)
        {
            return verdict.Revision <= last ? SettleOutcome.Duplicate : SettleOutcome.OutOfOrder;
        }

        if (verdict.Revision == 0)
        {
            _numbers.Settle(verdict.Assignment);
        }
        else
        {
            _revisions[verdict.Assignment] = verdict.Revision;
        }

        _tail.Add(new LedgerEntry(Settled, now, verdict.Task, verdict.Assignment, verdict.Revision, verdict.Kind, verdict.AmountMinor));
        EarnedMinor += verdict.AmountMinor;
        Earned += verdict.Kind == VerdictKind.Reversed ? -1 : 1;
        return SettleOutcome.Settled;
    }

    /// <summary>Writes balances, tail, revisions and suspense; the numbers are written by whoever owns them.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Signed(Earned);
        w.Signed(EarnedMinor);
        w.Count(Pages);
        _tail.Write(ref w);
        w.Count(_revisions.Count);
        foreach (var (assignment, revision) in _revisions)
        {
            w.Unsigned((ulong)assignment);
            w.Count(revision);
        }

        w.Count(SuspenseOverflow);
        w.Count(_suspense.Count);
        foreach (var (verdict, why) in _suspense)
        {
            Verdicts.Write(ref w, verdict);
            w.Text(why);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Wallet Read(ref RecordReader r, AssignmentNumbers numbers)
    {
        var earned = r.Signed();
        var earnedMinor = r.Signed();
        var pages = r.Count();
        var tail = LedgerEntries.Read(ref r, (long)pages * LedgerPage.Size);
        var revisions = new Dictionary<long, int>();
        for (var left = r.CountOf(2); left > 0; left--)
        {
            revisions[(long)r.Unsigned()] = r.Count();
        }

        var overflow = r.Count();
        var suspense = new List<SuspendedVerdict>();
        for (var left = r.CountOf(); left > 0; left--)
        {
            suspense.Add(new SuspendedVerdict(Verdicts.Read(ref r), r.Text()));
        }

        return new Wallet(numbers, tail, revisions, suspense)
        {
            Earned = earned,
            EarnedMinor = earnedMinor,
            Pages = pages,
            SuspenseOverflow = overflow,
        };
    }

    private int LastRevision(long assignment) =>
        _revisions.TryGetValue(assignment, out var revision) ? revision
        : _numbers.StateOf(assignment) == NumberState.Ended ? 0
        : -1;

    private string? Contradiction(Verdict verdict)
    {
        var state = _numbers.StateOf(verdict.Assignment);
        if (verdict.Revision < 0 || state == NumberState.Unknown)
        {
            return "This number was never given out.";
        }

        if (state == NumberState.Open)
        {
            return null; // nothing was ever said of it
        }

        foreach (var entry in Tail)
        {
            if (entry.Assignment != verdict.Assignment)
            {
                continue;
            }

            if (entry.Task != verdict.Task)
            {
                return $"This number belongs to the task {entry.Task}.";
            }

            if (entry.Revision == verdict.Revision && (entry.Kind != verdict.Kind || entry.AmountMinor != verdict.AmountMinor))
            {
                return $"This revision was settled as {entry.Kind} {entry.AmountMinor}.";
            }
        }

        return null;
    }

    private void PutAside(Verdict verdict, string reason)
    {
        if (_suspense.Exists(known => known.Verdict.Equals(verdict)))
        {
            return;
        }

        if (_suspense.Count < SuspenseLimit)
        {
            _suspense.Add(new SuspendedVerdict(verdict, reason));
        }
        else
        {
            SuspenseOverflow++;
        }
    }
}
