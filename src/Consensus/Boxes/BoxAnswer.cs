using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>What one contributor drew on one image.</summary>
/// <param name="Task">The image, from 0.</param>
/// <param name="Contributor">The contributor, from 0.</param>
/// <param name="Boxes">In any order. None is an answer too: nothing to see. A box that is not <see cref="Box.IsProper"/> is ignored.</param>
public readonly record struct BoxAnswer(int Task, int Contributor, ImmutableArray<Box> Boxes);

/// <summary>An answer as live consensus takes it: what was drawn, and what is known of who drew it.</summary>
public readonly record struct BoxOpinion(ImmutableArray<Box> Boxes, BoxSkill Skill);

/// <summary>Something that at least one contributor marked.</summary>
/// <param name="Box">Where its edges are, from all who marked it.</param>
/// <param name="Existence">Probability that there is such a thing.</param>
/// <param name="Confidence">Probability that the box counts as right: that there is such a thing and that this box overlaps it by one half or more.</param>
/// <param name="Overlap">Expected overlap with the thing's true box, if it exists, 0..1.</param>
/// <param name="Marks">How many marked it.</param>
/// <param name="Accepted">Whether it belongs in the result: its confidence is above the crowd's threshold.</param>
public readonly record struct FoundBox(Box Box, double Existence, double Confidence, double Overlap, int Marks, bool Accepted);

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

/// <summary>How good a contributor's boxes turned out.</summary>
/// <param name="Skill">What the next answers are weighed by.</param>
/// <param name="Quality">
/// Sum of the overlaps of hits over hits + half the misses + half the false marks, 0..1: the panoptic quality of Kirillov et al.
/// (CVPR 2019), against what the others say exists, shrunk towards the crowd's.
/// </param>
/// <param name="Recall">Share of what exists that was marked.</param>
/// <param name="Precision">Share of the marks that exist.</param>
/// <param name="Overlap">Mean overlap of the marks that exist with the consensus.</param>
public readonly record struct BoxContributor(BoxSkill Skill, double Quality, double Recall, double Precision, double Overlap);

/// <summary>The consensus of a set of images.</summary>
/// <param name="Images">Of each image, everything that anyone marked, most confident first.</param>
/// <param name="Contributors">Of each contributor; strangers where nothing was answered.</param>
/// <param name="Crowd">What live consensus, <see cref="BoxConsensus.Judge"/>, needs besides the skills.</param>
public sealed record BoxOutcome(
    ImmutableArray<ImmutableArray<FoundBox>> Images, ImmutableArray<BoxContributor> Contributors, BoxCrowd Crowd);
