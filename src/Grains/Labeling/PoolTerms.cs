using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>What a page needs to know of its project, small enough to live in its record: a page that wakes up asks nobody.</summary>
internal sealed record PoolTerms(
    ProjectState State,
    int BriefVersion,
    LabelKind Label,
    int Classes,
    Redundancy Redundancy,
    TaskOrder Order,
    long PriceMinor,
    int KillFeePercent,
    long Sequence)
{
    public static PoolTerms Of(PoolOrder order) => new(
        order.State,
        order.BriefVersion,
        order.Brief.Schema.Kind,
        order.Brief.Schema.Classes().Length,
        order.Brief.Redundancy,
        order.Brief.Order,
        order.Brief.PriceMinor,
        order.Brief.HandOut.KillFeePercent,
        order.Sequence);

    /// <summary>The rules of one task under these terms.</summary>
    public TaskPolicy PolicyOf(TaskDefinition definition) => new(
        Label, Classes, definition.Redundancy ?? Redundancy, definition.Allowed.OrEmpty().Length, BriefVersion, PriceMinor, KillFeePercent);
}
