using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>Sums over the closed tasks of a page.</summary>
/// <param name="Closed">Closed tasks.</param>
/// <param name="Undecided">Those without agreement.</param>
/// <param name="Answers">Their counted answers.</param>
/// <param name="ConfidenceSum">Sum of their confidence.</param>
/// <param name="SpentMinor">Money that their verdicts moved, and those of tasks that are open again.</param>
/// <param name="Revisions">
/// Sum of the revisions that were counted, of tasks that are open again too. A segment is written before the page's record: where a crash came in
/// between, the segments' revisions make more than this, and the sums are of what stood there before. Null where an older record did not say.
/// </param>
internal readonly record struct PoolTotals(int Closed, int Undecided, long Answers, double ConfidenceSum, long SpentMinor, long? Revisions)
{
    /// <summary>Nothing is closed.</summary>
    public static readonly PoolTotals Zero = new(0, 0, 0, 0, 0, 0);

    public PoolTotals With(TaskClosed closed) => new(
        Closed + 1,
        Undecided + (closed.Outcome.Undecided ? 1 : 0),
        Answers + closed.Outcome.Answers,
        ConfidenceSum + closed.Outcome.Confidence,
        SpentMinor + closed.SpentMinor,
        Revisions + closed.Revision);

    /// <summary>A closed task opens again: what it spent stays spent.</summary>
    public PoolTotals Reopened(TaskClosed closed) => Without(closed).WithSpent(closed);

    /// <summary>What a task that is open again had spent before.</summary>
    public PoolTotals WithSpent(TaskClosed closed) => this with { SpentMinor = SpentMinor + closed.SpentMinor, Revisions = Revisions + closed.Revision };

    public PoolTotals WithoutSpent(TaskClosed closed) => this with { SpentMinor = SpentMinor - closed.SpentMinor, Revisions = Revisions - closed.Revision };

    public PoolTotals Without(TaskClosed? closed) => closed is null ? this : new(
        Closed - 1,
        Undecided - (closed.Outcome.Undecided ? 1 : 0),
        Answers - closed.Outcome.Answers,
        ConfidenceSum - closed.Outcome.Confidence,
        SpentMinor - closed.SpentMinor,
        Revisions - closed.Revision);
}

/// <summary>A stored chunk of definitions: its number, which names it, and how many it holds.</summary>
internal readonly record struct ChunkRef(int Number, int Size);

/// <summary>What is durable of a page, under 1 KB: which tasks are closed, how far it was opened, where its chunks and segments are.</summary>
/// <param name="Chunks">The chunks of definitions, in order of index. Numbers may have gaps: one that a crash left behind is never written over.</param>
/// <param name="Segments">Result segments begun.</param>
/// <param name="Opened">Tasks that may have been handed out are below this index.</param>
/// <param name="Closed">Bitmap of closed tasks, trailing zero words left out.</param>
/// <param name="Terms">What the project said last; null while the page has never been opened.</param>
/// <param name="Totals">Sums over the closed tasks.</param>
/// <param name="Reopened">Bitmap of tasks that were closed and are open again, trailing zero words left out.</param>
internal sealed record TaskPoolRecord(
    ImmutableArray<ChunkRef> Chunks,
    int Segments,
    int Opened,
    ImmutableArray<ulong> Closed,
    PoolTerms? Terms,
    PoolTotals Totals,
    ImmutableArray<ulong> Reopened = default) : IBinaryRecord<TaskPoolRecord>
{
    /// <summary>An empty page.</summary>
    public TaskPoolRecord()
        : this([], 0, 0, [], null, PoolTotals.Zero)
    {
    }

    /// <summary>Tasks of the page.</summary>
    public int Count => Chunks.Sum(chunk => chunk.Size);

    public static string RecordKind => "pool";

    public static byte RecordVersion => 2;

    public void Write(ref RecordWriter w)
    {
        w.Count(Chunks.Length);
        foreach (var chunk in Chunks)
        {
            w.Count(chunk.Number);
            w.Count(chunk.Size);
        }

        w.Count(Segments);
        w.Count(Opened);
        Write(ref w, Closed);
        w.Bool(Terms is not null);
        if (Terms is { } terms)
        {
            w.Enum(terms.State);
            w.Count(terms.BriefVersion);
            w.Enum(terms.Label);
            w.Count(terms.Classes);
            LabelingFields.Write(ref w, terms.Redundancy);
            w.Enum(terms.Order);
            w.Signed(terms.PriceMinor);
            w.Count(terms.KillFeePercent);
            w.Signed(terms.Sequence);
        }

        w.Count(Totals.Closed);
        w.Count(Totals.Undecided);
        w.Signed(Totals.Answers);
        w.Double(Totals.ConfidenceSum);
        w.Signed(Totals.SpentMinor);
        Write(ref w, Reopened.OrEmpty());
        w.Signed(Totals.Revisions ?? -1);
    }

    public static TaskPoolRecord Read(ref RecordReader r, byte version)
    {
        var chunks = ImmutableArray.CreateBuilder<ChunkRef>(r.CountOf(2));
        for (var i = chunks.Capacity; i > 0; i--)
        {
            chunks.Add(new ChunkRef(r.Count(), r.Count()));
        }

        var segments = r.Count();
        var opened = r.Count();
        var closed = ReadBits(ref r);
        var terms = r.Bool()
            ? new PoolTerms(
                r.Enum<ProjectState>(), r.Count(), r.Enum<LabelKind>(), r.Count(), LabelingFields.ReadRedundancy(ref r), r.Enum<TaskOrder>(),
                r.Signed(), r.Count(), r.Signed())
            : null;
        var totals = new PoolTotals(r.Count(), r.Count(), r.Signed(), r.Double(), r.Signed(), Revisions: null);
        var reopened = version >= 2 ? ReadBits(ref r) : [];
        var revisions = version >= 2 ? r.Signed() : -1;
        return new TaskPoolRecord(
            chunks.ToImmutable(), segments, opened, closed, terms, totals with { Revisions = revisions < 0 ? null : revisions }, reopened);
    }

    private static void Write(ref RecordWriter w, ImmutableArray<ulong> bits)
    {
        w.Count(bits.Length);
        foreach (var word in bits)
        {
            w.Unsigned(word);
        }
    }

    private static ImmutableArray<ulong> ReadBits(ref RecordReader r)
    {
        var bits = ImmutableArray.CreateBuilder<ulong>(r.CountOf());
        for (var i = bits.Capacity; i > 0; i--)
        {
            bits.Add(r.Unsigned());
        }

        return bits.ToImmutable();
    }
}
