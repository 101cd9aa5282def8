using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>A lease that was live when its task retired: its holder may still earn the kill fee.</summary>
/// <param name="Contributor">The holder.</param>
/// <param name="Assignment">The number.</param>
/// <param name="Until">When the task stops waiting for the holder's word.</param>
internal readonly record struct Recalled(string Contributor, long Assignment, DateTimeOffset Until);

/// <summary>Work that was done when its task retired, paid with the kill fee.</summary>
internal readonly record struct Claim(string Contributor, long Assignment, long AmountMinor);

/// <summary>What is durable of a label task. Under 1 KB for common redundancy.</summary>
/// <param name="Policy">The rules in force; null before the first lease.</param>
/// <param name="Answers">Counted answers, in order of arrival.</param>
/// <param name="Skipped">Who refused, where only some may answer.</param>
/// <param name="Target">Answers wanted.</param>
/// <param name="Outcome">What was decided; null while it is open, for the first time or again.</param>
/// <param name="RetiredAt">When.</param>
/// <param name="Recalled">Leases that were live then.</param>
/// <param name="Claims">Work that was done then.</param>
/// <param name="Revision">Grows with each thing told after a retirement.</param>
/// <param name="Settled">So many answers, the first ones, were settled by a retirement before the task opened again.</param>
internal sealed record LabelTaskRecord(
    TaskPolicy? Policy,
    ImmutableArray<CountedAnswer> Answers,
    ImmutableArray<string> Skipped,
    int Target,
    Outcome? Outcome,
    DateTimeOffset RetiredAt,
    ImmutableArray<Recalled> Recalled,
    ImmutableArray<Claim> Claims,
    int Revision,
    int Settled = 0) : IBinaryRecord<LabelTaskRecord>
{
    /// <summary>A task that nothing happened to.</summary>
    public LabelTaskRecord()
        : this(null, [], [], 0, null, default, [], [], 0)
    {
    }

    public static string RecordKind => "task";

    public static byte RecordVersion => 2;

    public void Write(ref RecordWriter w)
    {
        w.Bool(Policy is not null);
        if (Policy is not null)
        {
            LabelingFields.Write(ref w, Policy);
        }

        LabelingFields.Write(ref w, Answers);
        w.Count(Skipped.Length);
        foreach (var contributor in Skipped)
        {
            w.Text(contributor);
        }

        w.Count(Target);
        w.Bool(Outcome is not null);
        if (Outcome is not null)
        {
            LabelingFields.Write(ref w, Outcome);
            w.Time(RetiredAt);
            w.Count(Recalled.Length);
            foreach (var recalled in Recalled)
            {
                w.Text(recalled.Contributor);
                w.Signed(recalled.Assignment);
                w.Time(recalled.Until);
            }

        }

        w.Count(Claims.Length);
        foreach (var claim in Claims)
        {
            w.Text(claim.Contributor);
            w.Signed(claim.Assignment);
            w.Signed(claim.AmountMinor);
        }

        w.Count(Revision);
        w.Count(Settled);
    }

    public static LabelTaskRecord Read(ref RecordReader r, byte version)
    {
        var policy = r.Bool() ? LabelingFields.ReadPolicy(ref r) : null;
        var answers = LabelingFields.ReadAnswers(ref r);
        var skipped = ImmutableArray.CreateBuilder<string>(r.CountOf());
        for (var i = skipped.Capacity; i > 0; i--)
        {
            skipped.Add(r.Text());
        }

        var target = r.Count();
        var (outcome, retiredAt, recalled) = r.Bool() ? ReadRetirement(ref r, judged: version >= 2) : (null, default, []);
        if (version < 2 && outcome is null)
        {
            return new LabelTaskRecord(policy, answers, skipped.ToImmutable(), target, null, default, [], [], 0);
        }

        var claims = ImmutableArray.CreateBuilder<Claim>(r.CountOf(3));
        for (var i = claims.Capacity; i > 0; i--)
        {
            claims.Add(new Claim(r.Text(), r.Signed(), r.Signed()));
        }

        return new LabelTaskRecord(
            policy, answers, skipped.ToImmutable(), target, outcome, retiredAt, recalled, claims.ToImmutable(), r.Count(), version >= 2 ? r.Count() : 0);
    }

    private static (Outcome Outcome, DateTimeOffset At, ImmutableArray<Recalled> Recalled) ReadRetirement(ref RecordReader r, bool judged)
    {
        var outcome = LabelingFields.ReadOutcome(ref r, judged);
        var at = r.Time();
        var recalled = ImmutableArray.CreateBuilder<Recalled>(r.CountOf(3));
        for (var i = recalled.Capacity; i > 0; i--)
        {
            recalled.Add(new Recalled(r.Text(), r.Signed(), r.Time()));
        }

        return (outcome, at, recalled.ToImmutable());
    }
}
