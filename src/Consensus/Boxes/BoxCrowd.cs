namespace Trove.Consensus;

/// <summary>How a contributor draws boxes. Learnt by <see cref="BoxConsensus.Run"/>; the default for strangers is in <see cref="BoxCrowd"/>.</summary>
/// <param name="Hit">Log odds that something which exists is marked.</param>
/// <param name="FalseMark">Log odds that something which others wrongly marked is marked as well.</param>
/// <param name="Spread">Standard deviation of an edge, in units of <see cref="BoxCrowd.Unit"/>.</param>
/// <param name="Bias">How far right or down of the truth each edge is drawn, in the same units.</param>
public readonly record struct BoxSkill(double Hit, double FalseMark, double Spread, Edges Bias);

/// <summary>What is known of a crowd as a whole.</summary>
/// <param name="Prior">Log odds that something which anyone marked exists.</param>
/// <param name="Side">Typical side of a box. Zero while unknown: errors are then taken to grow with the box.</param>
/// <param name="Threshold">A box is accepted above this confidence.</param>
/// <param name="Habit">Standard deviation, between contributors, of their biases; in units of <see cref="Unit"/>.</param>
/// <param name="Stranger">The skill of somebody of whom nothing is known.</param>
public readonly record struct BoxCrowd(double Prior, double Side, double Threshold, double Habit, BoxSkill Stranger)
{
    /// <summary>
    /// What an average contributor is worth: 0.85 of what exists is marked, and as few of what does not. Fixed, not learnt: a
    /// mixture of two kinds of marks, left alone, drifts until it tells easy things from hard ones rather than real from
    /// false. With the crowd's own level fixed, learning says only who is better or worse than the crowd.
    /// </summary>
    internal const double Level = 1.7346;

    /// <summary>Before anything is learnt: a majority of equals decides, and edges are off by about a twentieth of the side.</summary>
    public static BoxCrowd Unknown { get; } = new(Prior: 0, Side: 0, Threshold: 0.5, Habit: 0.05, new BoxSkill(Level, -Level, Spread: 0.05, Bias: default));

    /// <summary>
    /// The unit of errors along a side of this length: the mean, of the geometric kind, of this side and the typical one. Hands
    /// err by less than in proportion to the box, but by more than a constant number of pixels.
    /// </summary>
    public double Unit(double side) => Side > 0 ? Math.Sqrt(side * Side) : side;
}
