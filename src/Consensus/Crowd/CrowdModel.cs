using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>One answer as a fitted crowd weighs it: all that its task needs to know of its contributor, so it can travel with the answer.</summary>
/// <param name="Choice">The class chosen, or <see cref="Vote.NotSure"/>, which says nothing.</param>
/// <param name="Weight">What it counts for in the weighted vote.</param>
/// <param name="Logs">Natural logarithm of its likelihood under each class; a row for each of the model's crowds.</param>
public readonly record struct Evidence(int Choice, double Weight, ImmutableArray<double> Logs);

/// <summary>One of the crowds that a <see cref="CrowdModel"/> holds.</summary>
/// <param name="LogPrior">Natural logarithm of each class's frequency.</param>
/// <param name="Confusion">Share of each label, a row for each true class.</param>
/// <param name="Weight">Answers that a row counts for in that of a contributor.</param>
/// <param name="SkillVariance">Variance of contributors' skills.</param>
/// <param name="Temperature">Power to which likelihoods are raised before one may be sure of what they say, at most 1.</param>
public sealed record Crowd(ImmutableArray<double> LogPrior, ImmutableArray<double> Confusion, double Weight, double SkillVariance, double Temperature);

/// <summary>What a contributor is known for in one of the crowds.</summary>
/// <param name="Skill">Shift of the log odds of being right.</param>
/// <param name="Totals">Expected answers by true class.</param>
/// <param name="Counts">Expected answers with each label of <see cref="ContributorModel.Labels"/>, a row of true classes for each.</param>
public sealed record Standing(double Skill, ImmutableArray<double> Totals, ImmutableArray<double> Counts);

/// <summary>What is known of a contributor. Immutable and compact: only labels used take room.</summary>
/// <param name="Weight">What an answer counts for in the weighted vote; null when never seen in this crowd.</param>
/// <param name="Labels">Labels used, ascending.</param>
/// <param name="Standings">One for each of the model's crowds.</param>
public sealed record ContributorModel(double? Weight, ImmutableArray<int> Labels, ImmutableArray<Standing> Standings)
{
    /// <summary>
    /// Somebody whom this crowd has not seen, known from elsewhere: as much above or below a stranger in log odds. Neither worse
    /// than chance nor surer than <see cref="Posterior.Ceiling"/>, for the reasons given there.
    /// </summary>
    public static ContributorModel From(Reliability reliability, int classes)
    {
        double stranger = Reliability.Prior(classes).Mean, chance = 1.0 / classes;
        double mean = classes > 1 ? Math.Clamp(reliability.Mean, chance, Math.Max(chance, Posterior.Ceiling)) : stranger;
        double skill = classes > 1 ? Math.Log(mean / (1 - mean)) - Math.Log(stranger / (1 - stranger)) : 0;
        var standing = new Standing(skill, [.. new double[classes]], []);
        return new ContributorModel(null, [], [.. Enumerable.Repeat(standing, CrowdModel.Crowds)]);
    }
}

/// <summary>
/// What a fit over all answers learned of a crowd, and what it makes of the answers to a task. Immutable; <see cref="TroveAggregator"/>
/// describes the method. Before there is a fit, <see cref="Cold"/> stands in for it.
/// </summary>
/// <param name="Version">Name and version of the method, and how many answers it was fitted to.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Members">The crowds, <see cref="Crowds"/> of them.</param>
/// <param name="StrangerWeight">What the answer of a contributor who was never seen counts for in the weighted vote.</param>
public sealed record CrowdModel(string Version, int Classes, ImmutableArray<Crowd> Members, double StrangerWeight)
{
    /// <summary>How many crowds a model holds.</summary>
    public const int Crowds = 3;

    /// <summary>The method's name and version.</summary>
    public const string Method = "trove-1";

    /// <summary>
    /// Two answers for one: until a crowd's own answers tell, this is how much of their evidence people share who see the same
    /// picture. Fits to real crowds find between a fifth and all; a half errs on the safe side of most without asking for
    /// more than a task usually may have.
    /// </summary>
    private const double ColdTemperature = 0.5;

    /// <summary>A crowd of which nothing is known: strangers, right as often as <see cref="Reliability.Prior"/> says and wrong evenly.</summary>
    public static CrowdModel Cold(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        double right = classes > 1 ? Reliability.Prior(classes).Mean : 1;
        var confusion = ImmutableArray.CreateBuilder<double>(classes * classes);
        for (int i = 0; i < classes * classes; i++)
        {
            confusion.Add(i % (classes + 1) == 0 ? right : (1 - right) / (classes - 1));
        }

        // Variance: that of the log odds of a Beta distribution worth the prior's few answers, to first order.
        double variance = classes > 1 ? 1 / (Reliability.PriorWeight * right * (1 - right)) : 1;
        var crowd = new Crowd(
            [.. Enumerable.Repeat(-Math.Log(classes), classes)], confusion.MoveToImmutable(), Reliability.PriorWeight, variance, ColdTemperature);
        return new CrowdModel(Method + "/0", classes, [crowd, crowd, crowd], right);
    }

    /// <summary>What an answer says. For a contributor whose earlier answer to the same task is not in the fit.</summary>
    /// <param name="contributor">Whose it is.</param>
    /// <param name="choice">The class chosen, or <see cref="Vote.NotSure"/>.</param>
    public Evidence Weigh(ContributorModel contributor, int choice)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(choice, Classes);
        if (choice < 0)
        {
            return new Evidence(Vote.NotSure, 0, []);
        }

        var logs = new double[Crowds * Classes];
        int at = contributor.Labels.BinarySearch(choice);
        Span<double> chances = new double[Classes];
        for (int m = 0; m < Crowds; m++)
        {
            Crowd crowd = Members[m];
            Standing standing = contributor.Standings[m];
            Span<double> row = logs.AsSpan(m * Classes, Classes);
            ReadOnlySpan<double> counts = at >= 0 ? standing.Counts.AsSpan(at * Classes, Classes) : [];
            Likelihood(crowd, standing.Skill, standing.Totals.AsSpan(), counts, choice, chances, row);
        }

        double weight = contributor.Weight ?? SkillMath.Chance(SkillMath.LogOdds(StrangerWeight) + contributor.Standings[^1].Skill);
        return new Evidence(choice, Rows.Snap(weight), [.. logs]);
    }

    /// <summary>
    /// The reliability with which a contributor's vote counts for what it is worth where one figure is all a vote carries (<see cref="Vote"/>,
    /// <see cref="Consensus.Posterior"/>): how often they are right over all classes, by their skill; and at the crowd's temperature, so that votes
    /// that err together are not taken for independent ones.
    /// </summary>
    public double ReliabilityOf(ContributorModel contributor)
    {
        if (Classes < 2)
        {
            return 1;
        }

        double odds = 0;
        for (int m = 0; m < Crowds; m++)
        {
            Crowd crowd = Members[m];
            double right = 0;
            for (int c = 0; c < Classes; c++)
            {
                right += Math.Exp(crowd.LogPrior[c]) * SkillMath.Chance(SkillMath.LogOdds(crowd.Confusion[c * Classes + c]) + contributor.Standings[m].Skill);
            }

            odds += crowd.Temperature * (SkillMath.LogOdds(right) + Math.Log(Classes - 1)) / Crowds;
        }

        return SkillMath.Chance(odds - Math.Log(Classes - 1));
    }

    /// <summary>Probability of each class, given what the answers to a task say.</summary>
    /// <param name="answers">In any order.</param>
    /// <param name="posterior">Receives the probabilities; as long as there are classes.</param>
    public void Posterior(ReadOnlySpan<Evidence> answers, Span<double> posterior)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(posterior.Length, Classes, nameof(posterior));
        Span<double> scores = new double[Crowds * Classes], vote = new double[Classes];
        foreach (Evidence answer in answers)
        {
            if (answer.Choice >= 0)
            {
                Rows.Add(scores, answer.Logs.AsSpan());
                vote[answer.Choice] += answer.Weight;
            }
        }

        Settle(scores, vote, posterior);
    }

    /// <summary>Logarithm of a label's likelihood under each class, from somebody of this skill and these counts, if there are any.</summary>
    internal static void Likelihood(
        Crowd crowd, double skill, ReadOnlySpan<double> totals, ReadOnlySpan<double> counts, int label, Span<double> chances, Span<double> row)
    {
        for (int c = 0; c < row.Length; c++)
        {
            chances[c] = SkillMath.Chance(SkillMath.LogOdds(crowd.Confusion[c * row.Length + c]) + skill);
        }

        SkillMath.Errors(crowd.Confusion.AsSpan(), label, row);
        SkillMath.Means(chances, row, label, row);
        for (int c = 0; c < row.Length; c++)
        {
            double own = counts.IsEmpty ? 0 : counts[c];
            row[c] = Rows.Snap(Math.Log((own + crowd.Weight * row[c]) / (totals[c] + crowd.Weight)));
        }
    }

    /// <summary>The pool of the crowds and the weighted vote, from what the answers add up to.</summary>
    internal void Settle(ReadOnlySpan<double> scores, ReadOnlySpan<double> vote, Span<double> posterior)
    {
        Span<double> decided = Classes <= 64 ? stackalloc double[Classes] : new double[Classes];
        Span<double> row = Classes <= 64 ? stackalloc double[Classes] : new double[Classes];
        double total = 0;
        foreach (double weight in vote)
        {
            total += weight;
        }

        for (int c = 0; c < Classes; c++)
        {
            decided[c] = total > 0 ? vote[c] / total : 1.0 / Classes;
            posterior[c] = OpinionPool.OfVote(decided[c]);
        }

        for (int m = 0; m < Crowds; m++)
        {
            ReadOnlySpan<double> score = scores.Slice(m * Classes, Classes);
            Witness(Members[m], score, 1, row);
            Rows.Add(decided, row);
            if (m < OpinionPool.Sure)
            {
                Witness(Members[m], score, Members[m].Temperature, row);
                Rows.Add(posterior, row);
            }
        }

        OpinionPool.Settle(decided, posterior);
    }

    /// <summary>One crowd's probabilities: not normalized in blocks, since a single task is all there is.</summary>
    internal static void Witness(Crowd crowd, ReadOnlySpan<double> score, double temperature, Span<double> row)
    {
        for (int c = 0; c < row.Length; c++)
        {
            row[c] = crowd.LogPrior[c] + temperature * score[c];
        }

        Consensus.Posterior.Normalize(row);
    }
}
