using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>Something that at least one contributor marked.</summary>
/// <param name="Box">Where its edges are, from all who marked it.</param>
/// <param name="Existence">Probability that there is such a thing.</param>
/// <param name="Confidence">Probability that the box counts as right: that there is such a thing and that this box overlaps it by one half or more.</param>
/// <param name="Overlap">Expected overlap with the thing's true box, if it exists, 0..1.</param>
/// <param name="Marks">How many marked it.</param>
/// <param name="Accepted">Whether it belongs in the result: its confidence is above the crowd's threshold.</param>
public readonly record struct FoundBox(Box Box, double Existence, double Confidence, double Overlap, int Marks, bool Accepted);

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
