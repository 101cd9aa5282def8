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

    private Refit(string method, int tasks, ImmutableArray<(int Page, Reconsideration View)> views, IReadOnlyDictionary<string, double> reliabilities) =>
        (Method, Tasks, Views, Reliabilities) = (method, tasks, views, reliabilities);

    /// <summary>Name and version of the method, and how many answers it knew, such as <c>trove-1/8000</c>.</summary>
    public string Method { get; }

    /// <summary>Closed tasks judged.</summary>
    public int Tasks { get; }

    /// <summary>What tasks should hear, page after page.</summary>
    public ImmutableArray<(int Page, Reconsideration View)> Views { get; }

    /// <summary>The reliability with which each contributor's votes count, 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> Reliabilities { get; }

    /// <summary>Fits the crowd. Takes time linear in the answers.</summary>
    /// <param name="evidence">Every answer to the closed tasks.</param>
    /// <param name="mayReopen">Whether more answers can be asked for at all.</param>
    /// <param name="isFinal">Whether every task is closed: only then is a confidence told that changes nothing else, since it may well change again before.</param>
    public static Refit Of(CrowdEvidence evidence, bool mayReopen = true, bool isFinal = true)
    {
        var matrix = evidence.ToMatrix();
        var fit = new TroveFit(matrix, threads: 1);
        var reliabilities = new double[matrix.Workers];
        for (var worker = 0; worker < reliabilities.Length; worker++)
        {
            reliabilities[worker] = fit.Model.ReliabilityOf(fit.ContributorOf(worker));
        }

        var views = ImmutableArray.CreateBuilder<(int, Reconsideration)>();
        for (var task = 0; task < evidence.Tasks.Count; task++)
        {
            if (View(evidence, fit, reliabilities, task, mayReopen, isFinal) is { } view)
            {
                views.Add((evidence.Tasks[task].Page, view));
            }
        }

        return new Refit(
            fit.Model.Version,
            evidence.Tasks.Count,
            views.ToImmutable(),
            evidence.Contributors.Zip(reliabilities).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
    }

    private static Reconsideration? View(CrowdEvidence evidence, TroveFit fit, double[] reliabilities, int task, bool mayReopen, bool isFinal)
    {
        var closed = evidence.Tasks[task];
        var outcome = closed.Outcome;
        var (content, confidence, chances) = Judge(evidence, fit.Outcome, task);
        var asked = closed.Redundancy is { Kind: RedundancyKind.Dynamic } dynamic ? dynamic.Confidence : 0;
        var decision = Quorum.Decide(closed.Redundancy, outcome.Answers, outcome.Answers, confidence, tie: false);
        var reopen = mayReopen && decision.Move == QuorumMove.Grow && (closed.Allowed == 0 || outcome.Answers < closed.Allowed);
        var crosses = asked > 0 && confidence >= asked == outcome.Undecided;
        var isNews = reopen || crosses || !Same(content, outcome.Content) || (isFinal && Math.Abs(confidence - outcome.Confidence) >= Worthwhile);
        return isNews
            ? new Reconsideration(
                closed.Index, closed.Revision, content, confidence, chances, [.. evidence.VotersOf(task).ToArray().Select(voter => reliabilities[voter])], fit.Model.Version, reopen)
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
