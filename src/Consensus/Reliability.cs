namespace Trove.Consensus;

/// <summary>
/// What is known of how often a contributor is right in one label kind: a Beta distribution, kept as its two counts.
/// Immutable; two doubles in a record.
/// </summary>
/// <param name="Right">Answers that were right, the prior's and fractions of answers included.</param>
/// <param name="Wrong">The same for answers that were wrong.</param>
public readonly record struct Reliability(double Right, double Wrong)
{
    /// <summary>Answers that the prior counts for.</summary>
    public const double PriorWeight = 4;

    /// <summary>How far from chance to perfect a stranger is believed to be.</summary>
    private const double PriorSkill = 0.4;

    /// <summary>
    /// A stranger: better than chance, but of two classes it takes four who agree to be 0.95 sure. The mean lies 0.4 of the
    /// way from chance to perfect: 0.7 for two classes, 0.46 for ten; about what public crowds show for a single answer.
    /// </summary>
    public static Reliability Prior(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        double chance = 1.0 / classes;
        double mean = chance + PriorSkill * (1 - chance);
        return new Reliability(PriorWeight * mean, PriorWeight * (1 - mean));
    }

    /// <summary>Estimated chance that this contributor's next answer is right. Zero, which a posterior takes as no weight, for the default value.</summary>
    public double Mean => Right + Wrong > 0 ? Right / (Right + Wrong) : 0;

    /// <summary>Answers observed, without the prior.</summary>
    public double Evidence => Math.Max(0, Right + Wrong - PriorWeight);

    /// <summary>The mean as people see it, 0 to 100.</summary>
    public int Score => (int)Math.Round(100 * Mean, MidpointRounding.AwayFromZero);

    /// <summary>
    /// Learns from one retired task. Pass <see cref="Judgement.ProbabilityRight"/>, never the task's plain posterior: that one
    /// already contains this contributor's own weight, and would confirm whoever is trusted, right or wrong.
    /// </summary>
    /// <param name="probabilityRight">Probability that the answer was right, 0..1; counted as a fraction of an answer on each side.</param>
    public Reliability Observe(double probabilityRight)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilityRight is >= 0 and <= 1, true, nameof(probabilityRight));
        return new Reliability(Right + probabilityRight, Wrong + (1 - probabilityRight));
    }
}
