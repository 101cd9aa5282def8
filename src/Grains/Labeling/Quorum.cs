using Trove.Consensus;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>Whether a task has answers enough: its rules of redundancy put to <see cref="QuorumPolicy"/>. Said once for tasks, re-fits and the audit.</summary>
internal static class Quorum
{
    /// <inheritdoc cref="QuorumPolicy.Decide"/>
    public static QuorumDecision Decide(Redundancy redundancy, int answers, int target, double confidence, bool tie) =>
        PolicyOf(redundancy).Decide(answers, target, confidence, tie);

    private static QuorumPolicy PolicyOf(Redundancy redundancy) => redundancy.Kind switch
    {
        RedundancyKind.Dynamic => QuorumPolicy.Dynamic(redundancy.Minimum, redundancy.Maximum, redundancy.Confidence).WithPrice(redundancy.Price),
        RedundancyKind.Fixed => QuorumPolicy.Fixed(redundancy.Maximum),
        _ => QuorumPolicy.All.WithRedundancy(redundancy.Maximum),
    };
}
