using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Contributors;
using Trove.Grains.Records;

namespace Trove.Silo.Tests.Audit;

/// <summary>The fields of a contributor's record, open to changes that <see cref="Wallet"/> would never make.</summary>
internal sealed class HotFields
{
    private readonly byte[] _header;
    private readonly byte[] _rest;
    private readonly List<(long Assignment, int Revision)> _revisions = [];

    public HotFields(ReadOnlySpan<byte> bytes)
    {
        var r = new RecordReader(ContributorHot.RecordKind, bytes);
        _header = r.Raw(RecordHeader.Read(bytes).Length).ToArray();
        Reserved = (long)r.Unsigned();
        Ended = IntervalSet.Read(ref r);
        for (var left = r.Count(); left > 0; left--)
        {
            Voids.Add(r.Signed());
        }

        Earned = r.Signed();
        EarnedMinor = r.Signed();
        Pages = r.Count();
        Tail = LedgerEntries.Read(ref r, (long)Pages * LedgerPage.Size);
        for (var left = r.Count(); left > 0; left--)
        {
            _revisions.Add(((long)r.Unsigned(), r.Count()));
        }

        SuspenseOverflow = r.Count();
        for (var left = r.Count(); left > 0; left--)
        {
            Suspense.Add(new SuspendedVerdict(Verdicts.Read(ref r), r.Text()));
        }

        _rest = r.Raw(r.Left).ToArray();
    }

    public long Reserved { get; set; }

    public IntervalSet Ended { get; private set; }

    public long Earned { get; set; }

    public long EarnedMinor { get; set; }

    public int Pages { get; }

    public List<LedgerEntry> Tail { get; }

    public int SuspenseOverflow { get; set; }

    public List<SuspendedVerdict> Suspense { get; } = [];

    /// <summary>Differences from one void number to the next.</summary>
    private List<long> Voids { get; } = [];

    /// <summary>A number that was reserved and that nothing is known of.</summary>
    public long UnusedNumber => Reserved - 1;

    public void Reopen(long number)
    {
        var ended = new IntervalSet();
        for (long n = 0; n < Ended.End; n++)
        {
            if (Ended.Contains(n) && n != number)
            {
                ended.Add(n);
            }
        }

        Ended = ended;
    }

    /// <summary>Adds an entry and what it earns.</summary>
    public void Append(LedgerEntry entry)
    {
        Tail.Add(entry with { Sequence = ((long)Pages * LedgerPage.Size) + Tail.Count });
        Earned++;
        EarnedMinor += entry.AmountMinor;
    }

    /// <summary>Removes an entry and what it earned; later ones move up.</summary>
    public void RemoveAt(int index)
    {
        Earned--;
        EarnedMinor -= Tail[index].AmountMinor;
        Tail.RemoveAt(index);
        for (var i = index; i < Tail.Count; i++)
        {
            Tail[i] = Tail[i] with { Sequence = Tail[i].Sequence - 1 };
        }
    }

    public byte[] ToBytes()
    {
        var w = new RecordWriter();
        try
        {
            w.Raw(_header);
            w.Unsigned((ulong)Reserved);
            Ended.Write(ref w);
            w.Count(Voids.Count);
            foreach (var difference in Voids)
            {
                w.Signed(difference);
            }

            w.Signed(Earned);
            w.Signed(EarnedMinor);
            w.Count(Pages);
            LedgerEntries.Write(ref w, (long)Pages * LedgerPage.Size, Tail);
            w.Count(_revisions.Count);
            foreach (var (assignment, revision) in _revisions)
            {
                w.Unsigned((ulong)assignment);
                w.Count(revision);
            }

            w.Count(SuspenseOverflow);
            w.Count(Suspense.Count);
            foreach (var (verdict, reason) in Suspense)
            {
                Verdicts.Write(ref w, verdict);
                w.Text(reason);
            }

            w.Raw(_rest);
            return w.ToArray();
        }
        finally
        {
            w.Dispose();
        }
    }
}
