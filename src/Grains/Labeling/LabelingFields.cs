using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>How the parts that several records share are written, once.</summary>
internal static class LabelingFields
{
    /// <summary>Stands in the place of the kind where a price follows: records from before there was one, and those without one, need no byte for it.</summary>
    private const int Priced = 3;

    public static void Write(ref RecordWriter w, Redundancy redundancy)
    {
        var isPriced = redundancy is { Kind: RedundancyKind.Dynamic, Price: > 0 };
        w.Count(isPriced ? Priced : (int)redundancy.Kind);
        w.Count(redundancy.Minimum);
        w.Count(redundancy.Maximum);
        w.Double(redundancy.Confidence);
        if (isPriced)
        {
            w.Double(redundancy.Price);
        }
    }

    public static Redundancy ReadRedundancy(ref RecordReader r)
    {
        var kind = r.Count();
        if (kind > Priced)
        {
            throw r.Damaged($"there is no rule of redundancy {kind}");
        }

        var isPriced = kind == Priced;
        return new Redundancy(
            isPriced ? RedundancyKind.Dynamic : (RedundancyKind)kind, r.Count(), r.Count(), r.Double(), isPriced ? r.Double() : 0);
    }

    public static void Write(ref RecordWriter w, TaskPolicy policy)
    {
        w.Enum(policy.Label);
        w.Count(policy.Classes);
        Write(ref w, policy.Redundancy);
        w.Count(policy.Allowed);
        w.Count(policy.BriefVersion);
        w.Signed(policy.PriceMinor);
        w.Count(policy.KillFeePercent);
    }

    public static TaskPolicy ReadPolicy(ref RecordReader r) => new(
        r.Enum<LabelKind>(), r.Count(), ReadRedundancy(ref r), r.Count(), r.Count(), r.Signed(), r.Count());

    public static void Write(ref RecordWriter w, AnswerContent content)
    {
        w.Bool(content.NotSure);
        var choices = content.Choices.OrEmpty();
        w.Count(choices.Length);
        foreach (var choice in choices)
        {
            w.Count(choice);
        }

        var tags = content.Tags.OrEmpty();
        w.Count(tags.Length);
        foreach (var tag in tags)
        {
            w.Text(tag);
        }
    }

    public static AnswerContent ReadContent(ref RecordReader r)
    {
        var notSure = r.Bool();
        var choices = ImmutableArray.CreateBuilder<int>(r.CountOf());
        for (var i = choices.Capacity; i > 0; i--)
        {
            choices.Add(r.Count());
        }

        var tags = ImmutableArray.CreateBuilder<string>(r.CountOf());
        for (var i = tags.Capacity; i > 0; i--)
        {
            tags.Add(r.Text());
        }

        return new AnswerContent(choices.ToImmutable(), tags.ToImmutable(), notSure);
    }

    public static void Write(ref RecordWriter w, ImmutableArray<CountedAnswer> answers)
    {
        w.Count(answers.Length);
        foreach (var answer in answers)
        {
            w.Text(answer.Contributor);
            w.Signed(answer.Assignment);
            Write(ref w, answer.Content);
            w.Double(answer.Reliability);
            w.Time(answer.At);
            w.Signed(answer.PriceMinor);
        }
    }

    public static ImmutableArray<CountedAnswer> ReadAnswers(ref RecordReader r)
    {
        var answers = ImmutableArray.CreateBuilder<CountedAnswer>(r.CountOf(13));
        for (var i = answers.Capacity; i > 0; i--)
        {
            answers.Add(new CountedAnswer(r.Text(), r.Signed(), ReadContent(ref r), r.Double(), r.Time(), r.Signed()));
        }

        return answers.ToImmutable();
    }

    public static void Write(ref RecordWriter w, Outcome outcome)
    {
        w.Enum(outcome.Reason);
        w.Bool(outcome.Content is not null);
        if (outcome.Content is not null)
        {
            Write(ref w, outcome.Content);
        }

        w.Double(outcome.Confidence);
        w.Count(outcome.Answers);
        w.Text(outcome.Method);
        var chances = outcome.Chances.OrEmpty();
        w.Count(chances.Length);
        foreach (var chance in chances)
        {
            w.Double(chance);
        }
    }

    /// <param name="r">Where from.</param>
    /// <param name="judged">Whether method and chances stand there; the first version had only one method, and none.</param>
    public static Outcome ReadOutcome(ref RecordReader r, bool judged)
    {
        var outcome = new Outcome(r.Enum<RetirementReason>(), r.Bool() ? ReadContent(ref r) : null, r.Double(), r.Count());
        if (!judged)
        {
            return outcome;
        }

        var method = r.Text();
        var chances = ImmutableArray.CreateBuilder<double>(r.CountOf(sizeof(double)));
        for (var i = chances.Capacity; i > 0; i--)
        {
            chances.Add(r.Double());
        }

        return outcome with { Method = method, Chances = chances.ToImmutable() };
    }
}
