namespace Trove.Consensus;

/// <summary>One counted rating of a task.</summary>
/// <param name="Value">On the scale of the question. What is not a finite number carries no evidence.</param>
/// <param name="Reliability">Chance that this contributor is right, 0..1; bounded as for tags.</param>
/// <param name="NotSure">The answer is counted but carries no evidence.</param>
public readonly record struct RatingVote(double Value, double Reliability, bool NotSure = false);

/// <summary>The rating that leads.</summary>
/// <param name="Value">The weighted median; half way where two ratings share the middle. Zero without evidence.</param>
/// <param name="Confidence">Probability that the median of a much larger crowd lies within the tolerance of it, 0..1; zero without evidence.</param>
/// <param name="Votes">Ratings that carried evidence.</param>
public readonly record struct LeadingRating(double Value, double Confidence, int Votes);

/// <summary>
/// Ratings on a scale: the weighted median. Unlike a mean it stays on the scale and no single rating, however wild, moves it far.
/// </summary>
public static class RatingConsensus
{
    /// <summary>The rating of one task.</summary>
    /// <param name="votes">The counted answers; their order does not matter.</param>
    /// <param name="tolerance">How far off still counts as right: half a step on a scale of steps.</param>
    public static LeadingRating Leading(ReadOnlySpan<RatingVote> votes, double tolerance = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tolerance >= 0 && double.IsFinite(tolerance), true, nameof(tolerance));
        List<double> values = [], weights = [];
        foreach (RatingVote vote in votes)
        {
            if (!vote.NotSure && double.IsFinite(vote.Value))
            {
                values.Add(vote.Value);
                weights.Add(vote.Reliability > 0.5 ? Math.Min(vote.Reliability, Posterior.Ceiling) : 0.5);
            }
        }

        return Of([.. values], [.. weights], tolerance);
    }

    internal static LeadingRating Of(double[] values, double[] weights, double tolerance)
    {
        if (values.Length == 0)
        {
            return default;
        }

        double median = Medians.Weighted(values, weights), total = weights.Sum(), squares = weights.Sum(w => w * w);
        double below = 0, above = 0;
        for (int i = 0; i < values.Length; i++)
        {
            below += values[i] < median - tolerance ? weights[i] : 0;
            above += values[i] > median + tolerance ? weights[i] : 0;
        }

        // Kish 1965: answers of unequal weight are worth as many equal ones as this.
        double answers = total * total / squares;
        return new LeadingRating(median, Math.Max(0, 1 - MoreThanHalf(below / total, answers) - MoreThanHalf(above / total, answers)), values.Length);
    }

    /// <summary>
    /// Probability that more than half of a crowd is of a kind of which this share of the answers is: of a Beta distribution with
    /// Jeffreys' prior, taken for normal.
    /// </summary>
    private static double MoreThanHalf(double share, double answers)
    {
        double mean = (share * answers + 0.5) / (answers + 1);
        return 1 - Normal.Below((0.5 - mean) / Math.Sqrt(mean * (1 - mean) / (answers + 2)));
    }
}
