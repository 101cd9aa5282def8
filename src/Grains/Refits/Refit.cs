using System.Collections.Immutable;
using Trove.Consensus;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;

namespace Trove.Grains.Refits;

/// <summary>
/// What the answers of a whole project say of its closed tasks and of its contributors, and which tasks should hear of it: those that would not have
/// stopped yet, and those whose outcome it changes. Pure.
/// </summary>
internal sealed class Refit
{
    /// <summary>A change of confidence below this, on the same side of the threshold, is not worth two writes.</summary>
    private const double Worthwhile = 0.1;

    private Refit(int tasks, ImmutableArray<(int Page, Reconsideration View)> views, IReadOnlyDictionary<string, double> reliabilities) =>
        (Tasks, Views, Reliabilities) = (tasks, views, reliabilities);

    /// <summary>Name and version of the method.</summary>
    public static string Method { get; } = $"{Aggregators.Default.Name}/1";

    /// <summary>Closed tasks judged.</summary>
    public int Tasks { get; }

    /// <summary>What tasks should hear, page after page.</summary>
    public ImmutableArray<(int Page, Reconsideration View)> Views { get; }

    /// <summary>How often each contributor is thought to be right, 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> Reliabilities { get; }

    /// <summary>Fits the crowd. Takes time linear in the answers.</summary>
    /// <param name="evidence">Every answer to the closed tasks.</param>
    /// <param name="mayReopen">Whether more answers can be asked for at all.</param>
    public static Refit Of(CrowdEvidence evidence, bool mayReopen = true)
    {
        var matrix = evidence.ToMatrix();
        var posteriors = Aggregators.Default.Run(matrix);
        var reliabilities = ReliabilitiesOf(matrix, posteriors);
        var views = ImmutableArray.CreateBuilder<(int, Reconsideration)>();
        for (var task = 0; task < evidence.Tasks.Count; task++)
        {
            if (View(evidence, posteriors, reliabilities, task, mayReopen) is { } view)
            {
                views.Add((evidence.Tasks[task].Page, view));
            }
        }

        return new Refit(
            evidence.Tasks.Count,
            views.ToImmutable(),
            evidence.Contributors.Zip(reliabilities).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
    }

    /// <summary>A contributor is as reliable as their answers are probably right, beside a stranger's record, which a few answers do not outweigh.</summary>
    private static double[] ReliabilitiesOf(AnswerMatrix matrix, Aggregation posteriors)
    {
        var known = new Reliability[matrix.Workers];
        Array.Fill(known, Reliability.Prior(matrix.Classes));
        for (var task = 0; task < matrix.Tasks; task++)
        {
            var chances = posteriors.PosteriorOf(task);
            foreach (var (worker, label) in Pairs(matrix, task))
            {
                known[worker] = known[worker].Observe(chances[label]);
            }
        }

        return Array.ConvertAll(known, reliability => reliability.Mean);
    }

    private static IEnumerable<(int Worker, int Label)> Pairs(AnswerMatrix matrix, int task)
    {
        var (start, length) = matrix.RangeOf(task).GetOffsetAndLength(matrix.Count);
        for (var i = start; i < start + length; i++)
        {
            yield return (matrix.WorkerOf[i], matrix.LabelOf[i]);
        }
    }

    private static Reconsideration? View(CrowdEvidence evidence, Aggregation posteriors, double[] reliabilities, int task, bool mayReopen)
    {
        var closed = evidence.Tasks[task];
        var outcome = closed.Outcome;
        var (content, confidence, chances) = Judge(evidence, posteriors, task);
        var asked = closed.Redundancy is { Kind: RedundancyKind.Dynamic } dynamic ? dynamic.Confidence : 0;
        var reopen = mayReopen && confidence < asked && outcome.Answers < closed.Redundancy.Maximum && (closed.Allowed == 0 || outcome.Answers < closed.Allowed);
        var crosses = asked > 0 && confidence >= asked == outcome.Undecided;
        var isNews = reopen || crosses || Math.Abs(confidence - outcome.Confidence) >= Worthwhile || !Same(content, outcome.Content);
        return isNews
            ? new Reconsideration(
                closed.Index, closed.Revision, content, confidence, chances, [.. evidence.VotersOf(task).ToArray().Select(voter => reliabilities[voter])], Method, reopen)
            : null;
    }

    private static (AnswerContent Content, double Confidence, ImmutableArray<double> Chances) Judge(CrowdEvidence evidence, Aggregation posteriors, int task)
    {
        if (evidence.Questions == 1)
        {
            var leading = posteriors.LeadingOf(task);
            return (new AnswerContent([leading.Choice], []), leading.Confidence, [.. posteriors.PosteriorOf(task)]);
        }

        var chances = new double[evidence.Questions];
        for (var option = 0; option < chances.Length; option++)
        {
            chances[option] = posteriors.PosteriorOf((task * chances.Length) + option)[1];
        }

        var set = MultiChoice.Leading(chances);
        return (new AnswerContent(set.Options, []), set.Confidence, [.. chances]);
    }

    private static bool Same(AnswerContent a, AnswerContent? b) => b is not null && a.Choices.AsSpan().SequenceEqual(b.Choices.AsSpan());
}
