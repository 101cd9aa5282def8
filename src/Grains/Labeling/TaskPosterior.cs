using System.Collections.Immutable;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>What a task's answers say: the bridge between a task's answers and the mathematics of <c>Trove.Consensus</c>.</summary>
/// <param name="Content">The leading answer; null when nothing was answered.</param>
/// <param name="Confidence">Probability that it is right, 0 to 1.</param>
/// <param name="Tie">Another answer leads equally.</param>
/// <param name="Chances">Probability of each class (single choice), of each option (multiple choice); empty for tags.</param>
internal sealed record TaskPosterior(AnswerContent? Content, double Confidence, bool Tie, ImmutableArray<double> Chances)
{
    public static TaskPosterior Of(TaskPolicy policy, IReadOnlyList<CountedAnswer> answers)
    {
        if (answers.Count == 0)
        {
            return new TaskPosterior(null, 0, true, []);
        }

        return policy.Label switch
        {
            LabelKind.MultiChoice => OfSelections(policy.Classes, answers),
            LabelKind.Tags => OfTags(answers),
            _ => OfVotes(policy.Classes, answers),
        };
    }

    /// <summary>A closed task's outcome with the probability of each class or option, which its record leaves out where it follows from its answers.</summary>
    public static Outcome WithChances(TaskPolicy policy, TaskClosed closed) =>
        closed.Outcome.Chances.IsDefaultOrEmpty ? closed.Outcome with { Chances = Of(policy, closed.Answers).Chances } : closed.Outcome;

    /// <summary>
    /// How probable it is that each answer was right, in the light of the others; NaN where nothing can be learned. This feeds reputation.
    /// </summary>
    public double[] ProbabilitiesRight(TaskPolicy policy, IReadOnlyList<CountedAnswer> answers)
    {
        var right = new double[answers.Count];
        Array.Fill(right, double.NaN);
        if (policy.Label is LabelKind.YesNo or LabelKind.SingleChoice)
        {
            var votes = Votes(answers);
            for (var i = 0; i < votes.Length; i++)
            {
                right[i] = Judgement.ProbabilityRight(Chances.AsSpan(), votes, i) ?? double.NaN;
            }
        }

        return right;
    }

    private static TaskPosterior OfVotes(int classes, IReadOnlyList<CountedAnswer> answers)
    {
        var chances = new double[classes];
        Posterior.Compute(Votes(answers), classes, chances);
        var leading = Leading.Of(chances);
        return new TaskPosterior(new AnswerContent([leading.Choice], []), leading.Confidence, leading.Tie, [.. chances]);
    }

    private static Vote[] Votes(IReadOnlyList<CountedAnswer> answers)
    {
        var votes = new Vote[answers.Count];
        for (var i = 0; i < votes.Length; i++)
        {
            var answer = answers[i];
            votes[i] = new Vote(answer.Content.NotSure ? Vote.NotSure : answer.Content.Choices[0], answer.Reliability);
        }

        return votes;
    }

    private static TaskPosterior OfSelections(int options, IReadOnlyList<CountedAnswer> answers)
    {
        var selections = new Selection[answers.Count];
        for (var i = 0; i < selections.Length; i++)
        {
            selections[i] = new Selection(answers[i].Content.Choices.OrEmpty(), answers[i].Reliability, answers[i].Content.NotSure);
        }

        var chances = new double[options];
        MultiChoice.Compute(selections, chances);
        var leading = MultiChoice.Leading(chances);
        return new TaskPosterior(new AnswerContent(leading.Options, []), leading.Confidence, leading.Tie, [.. chances]);
    }

    private static TaskPosterior OfTags(IReadOnlyList<CountedAnswer> answers)
    {
        var votes = new TagVote[answers.Count];
        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] = new TagVote(answers[i].Content.Tags.OrEmpty(), answers[i].Reliability, answers[i].Content.NotSure);
        }

        var leading = TagConsensus.Leading(votes);
        return new TaskPosterior(new AnswerContent([], leading.Tags), leading.Confidence, leading.Tie, []);
    }
}
