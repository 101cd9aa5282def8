using System.Collections.Immutable;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>Unfinished answers by assignment. A record of its own, so that typing never touches the wallet.</summary>
internal sealed record DraftsRecord(ImmutableSortedDictionary<long, string> Drafts) : IBinaryRecord<DraftsRecord>
{
    /// <summary>Drafts kept; of more, those of the oldest assignments go.</summary>
    public const int Limit = 16;

    public DraftsRecord()
        : this(ImmutableSortedDictionary<long, string>.Empty)
    {
    }

    public static string RecordKind => "drafts";

    public static byte RecordVersion => 1;

    public void Write(ref RecordWriter w)
    {
        w.Count(Drafts.Count);
        foreach (var (assignment, draft) in Drafts)
        {
            w.Signed(assignment);
            w.Text(draft);
        }
    }

    public static DraftsRecord Read(ref RecordReader r, byte version)
    {
        var drafts = ImmutableSortedDictionary.CreateBuilder<long, string>();
        for (var left = r.CountOf(2); left > 0; left--)
        {
            drafts[r.Signed()] = r.Text();
        }

        return new DraftsRecord(drafts.ToImmutable());
    }
}
