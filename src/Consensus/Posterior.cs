namespace Trove.Consensus;

/// <summary>
/// What is probably true, given the votes on one task: the one-coin model of Dawid and Skene (1979) with each contributor's
/// reliability taken as known. A contributor of reliability <c>r</c> names the true class with probability <c>r</c> and each
/// of the others with <c>(1-r)/(classes-1)</c>; so a vote multiplies the odds of the class it names by one number, its
/// <em>weight</em>, and leaves the others' odds to each other alone.
/// </summary>
/// <remarks>
/// Reliability is bounded before use:
/// <list type="bullet">
/// <item>from below by chance, <c>1/classes</c>. There a vote weighs nothing. Below it, a vote would count <em>against</em> the
/// class it names: a verdict of bad faith that a few answers cannot carry, and a lever for anybody who first errs on purpose;</item>
/// <item>from above by <see cref="Ceiling"/>, because everybody slips: however long a record, two people of the same standing
/// who disagree leave the question open, and no single vote is beyond recall.</item>
/// </list>
/// A reliability that is not a number counts as chance. Nothing here returns NaN or allocates.
/// </remarks>
public static class Posterior
{
    /// <summary>No vote is trusted more than this.</summary>
    public const double Ceiling = 0.99;

    /// <summary>Posterior of a task under a uniform prior.</summary>
    /// <param name="votes">The counted votes; their order does not matter.</param>
    /// <param name="classes">Number of classes, at least one.</param>
    /// <param name="posterior">Receives the probability of each class; its length is <paramref name="classes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A vote names a class that does not exist, or the length is wrong.</exception>
    public static void Compute(ReadOnlySpan<Vote> votes, int classes, Span<double> posterior)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(posterior.Length, classes, nameof(posterior));
        posterior.Clear();
        Compute(votes, posterior);
    }

    /// <summary>Posterior of a task under a given prior.</summary>
    /// <param name="votes">The counted votes; their order does not matter.</param>
    /// <param name="prior">Weight of each class, finite and above zero; need not sum to one.</param>
    /// <param name="posterior">Receives the probability of each class; as long as <paramref name="prior"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">As above, or a weight that is not finite and positive.</exception>
    public static void Compute(ReadOnlySpan<Vote> votes, ReadOnlySpan<double> prior, Span<double> posterior)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prior.Length, nameof(prior));
        ArgumentOutOfRangeException.ThrowIfNotEqual(posterior.Length, prior.Length, nameof(posterior));
        for (int c = 0; c < prior.Length; c++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(prior[c], nameof(prior));
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(prior[c]), false, nameof(prior));
            posterior[c] = Math.Log(prior[c]);
        }

        Compute(votes, posterior);
    }

    /// <summary>
    /// Takes one more vote into a posterior: the same, within 1e-12, as computing it from all votes anew. That holds until a
    /// class has fallen under about 1e-290, where doubles end: by 140 unanimous votes of the highest reliability between two
    /// classes, by 65 among two hundred. Tasks of such redundancy compute from their votes.
    /// </summary>
    public static void Update(Span<double> posterior, Vote vote)
    {
        if (!IsEvidence(vote, posterior.Length))
        {
            return;
        }

        posterior[vote.Choice] *= Weight(vote.Reliability, posterior.Length);
        double sum = 0;
        foreach (double p in posterior)
        {
            sum += p;
        }

        double scale = 1 / sum;
        for (int c = 0; c < posterior.Length; c++)
        {
            posterior[c] *= scale;
        }
    }

    /// <summary>The odds by which a vote of this reliability favours its class over each other one; at least 1.</summary>
    public static double Weight(double reliability, int classes)
    {
        if (classes < 2)
        {
            return 1;
        }

        double chance = 1.0 / classes;
        double bounded = reliability > chance ? Math.Min(reliability, Math.Max(Ceiling, chance)) : chance;
        return Math.Max(1, bounded * (classes - 1) / (1 - bounded));
    }

    /// <summary>Whether the vote says anything. A choice that is neither a class nor <see cref="Vote.NotSure"/> is a fault of the caller.</summary>
    internal static bool IsEvidence(Vote vote, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vote.Choice, Vote.NotSure, nameof(vote));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vote.Choice, classes, nameof(vote));
        return vote.Choice != Vote.NotSure;
    }

    /// <summary>Turns scores (natural logarithms, any common offset) into probabilities, in place.</summary>
    internal static void Normalize(Span<double> scores)
    {
        double highest = double.NegativeInfinity;
        foreach (double score in scores)
        {
            highest = Math.Max(highest, score);
        }

        double sum = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            sum += scores[c] = Math.Exp(scores[c] - highest);
        }

        double scale = 1 / sum;
        for (int c = 0; c < scores.Length; c++)
        {
            scores[c] *= scale;
        }
    }

    /// <summary>Logarithms, since a product of many small likelihoods would leave the range of doubles.</summary>
    private static void Compute(ReadOnlySpan<Vote> votes, Span<double> scores)
    {
        foreach (Vote vote in votes)
        {
            if (IsEvidence(vote, scores.Length))
            {
                scores[vote.Choice] += Math.Log(Weight(vote.Reliability, scores.Length));
            }
        }

        Normalize(scores);
    }
}
