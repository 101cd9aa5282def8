using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>What one contributor drew on one image.</summary>
/// <param name="Task">The image, from 0.</param>
/// <param name="Contributor">The contributor, from 0.</param>
/// <param name="Boxes">In any order. None is an answer too: nothing to see. A box that is not <see cref="Box.IsProper"/> is ignored.</param>
public readonly record struct BoxAnswer(int Task, int Contributor, ImmutableArray<Box> Boxes);

/// <summary>An answer as live consensus takes it: what was drawn, and what is known of who drew it.</summary>
public readonly record struct BoxOpinion(ImmutableArray<Box> Boxes, BoxSkill Skill);
