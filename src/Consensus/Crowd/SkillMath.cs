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
    /// <param name="against">The crowd's odds against being right, by true class.</param>
    /// <param name="variance">Of the skills in the crowd.</param>
    /// <param name="precision">Receives how sharply the answers tell the skill: the inverse of its variance.</param>
    public static double Newton(double skill, double right, ReadOnlySpan<double> totals, ReadOnlySpan<double> against, double variance, out double precision)
    {
        precision = 1 / variance;
        for (int step = 0; step < Steps; step++)
        {
            double slope = right - skill / variance, shift = Math.Exp(-skill);
            precision = 1 / variance;
            for (int c = 0; c < totals.Length; c++)
            {
                double chance = 1 / (1 + against[c] * shift);
                slope -= Rows.Snap(totals[c] * chance);
                precision += Rows.Snap(totals[c] * chance * (1 - chance));
            }

            skill += Math.Clamp(slope / precision, -Stride, Stride);
        }

        return skill;
    }

    /// <summary>How large a part of the crowd's errors a label is, by true class.</summary>
    public static void Errors(ReadOnlySpan<double> crowd, int label, Span<double> errors)
    {
        int classes = errors.Length;
        for (int c = 0; c < classes; c++)
        {
            errors[c] = crowd[(c * classes) + label] / Math.Max(Least, 1 - crowd[(c * classes) + c]);
        }
    }

    /// <summary>The share of a label in each row of the confusion of a contributor who is right with these chances and errs as the crowd does.</summary>
    public static void Means(ReadOnlySpan<double> chances, ReadOnlySpan<double> errors, int label, Span<double> means)
    {
        errors = errors[..chances.Length];
        means = means[..chances.Length];
        for (int c = 0; c < chances.Length; c++)
        {
            means[c] = Math.Max(Least, (1 - chances[c]) * errors[c]);
        }

        means[label] = Math.Max(Least, chances[label]);
    }

    /// <summary>No answer is thought impossible: a billionth is what even a billion answers would leave open.</summary>
    public const double Least = 1e-9;
}
