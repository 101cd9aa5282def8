namespace Trove.Consensus;

/// <summary>A contributor's skill: a shift of the log odds of being right, the same for every class.</summary>
internal static class SkillMath
{
    /// <summary>Newton's steps from the last skill, which an iteration hardly moves.</summary>
    private const int Steps = 3;

    /// <summary>No step is longer, so that a start far off can't overshoot.</summary>
    private const double Stride = 1;

    /// <summary>The probability of these log odds.</summary>
    public static double Chance(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>The log odds of a probability; a certainty is taken for the last billionth before it.</summary>
    public static double LogOdds(double chance) => Math.Log(Math.Max(Least, chance) / Math.Max(Least, 1 - chance));

    /// <summary>The most probable skill, given how many answers were right.</summary>
    /// <param name="skill">Where to start.</param>
    /// <param name="right">Expected right answers.</param>
    /// <param name="totals">Expected answers by true class.</param>
    /// <param name="odds">The crowd's log odds of being right, by true class.</param>
    /// <param name="variance">Of the skills in the crowd.</param>
    /// <param name="precision">Receives how sharply the answers tell the skill: the inverse of its variance.</param>
    public static double Newton(double skill, double right, ReadOnlySpan<double> totals, ReadOnlySpan<double> odds, double variance, out double precision)
    {
        precision = 1 / variance;
        for (int step = 0; step < Steps; step++)
        {
            double slope = right - skill / variance;
            precision = 1 / variance;
            for (int c = 0; c < totals.Length; c++)
            {
                double chance = Chance(odds[c] + skill);
                slope -= Rows.Snap(totals[c] * chance);
                precision += Rows.Snap(totals[c] * chance * (1 - chance));
            }

            skill += Math.Clamp(slope / precision, -Stride, Stride);
        }

        return skill;
    }

    /// <summary>The share of a label in each row of the confusion of a contributor who is right with these chances and errs as the crowd does.</summary>
    public static void Means(ReadOnlySpan<double> chances, ReadOnlySpan<double> crowd, int label, Span<double> means)
    {
        int classes = chances.Length;
        for (int c = 0; c < classes; c++)
        {
            ReadOnlySpan<double> row = crowd.Slice(c * classes, classes);
            double mean = c == label ? chances[c] : (1 - chances[c]) * row[label] / Math.Max(Least, 1 - row[c]);
            means[c] = Math.Max(Least, mean);
        }
    }

    /// <summary>No answer is thought impossible: a billionth is what even a billion answers would leave open.</summary>
    public const double Least = 1e-9;
}
