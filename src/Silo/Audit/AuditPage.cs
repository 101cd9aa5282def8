using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;

namespace Trove.Silo.Audit;

/// <summary>Everything the file says of one page: up to 1,024 tasks, a few MB.</summary>
internal sealed class AuditPage
{
    /// <summary>Which page.</summary>
    public required PageId Id { get; init; }

    /// <summary>The page's own record; null when there is none, or none that can be read.</summary>
    public required TaskPoolRecord? Pool { get; init; }

    /// <summary>There is a record of the page, but it can't be read.</summary>
    public required bool IsPoolUnreadable { get; init; }

    /// <summary>Definitions by index; null where their chunk can't be read.</summary>
    public List<TaskDefinition?> Definitions { get; } = [];

    /// <summary>Numbers of chunks that the page speaks of and that are not there, or of another size.</summary>
    public List<int> MissingChunks { get; } = [];

    /// <summary>What the segments say of each closed task; a later entry supersedes an earlier one. Null when a segment can't be read.</summary>
    public Dictionary<int, TaskClosed>? Evidence { get; set; } = [];

    /// <summary>Tasks that segments speak of more than once.</summary>
    public List<int> Doubles { get; } = [];

    /// <summary>The records of the page's tasks by index; null where a record can't be read or makes no sense.</summary>
    public SortedDictionary<int, LabelTaskRecord?> Tasks { get; } = [];

    /// <summary>Tasks that the page knows as closed.</summary>
    public PageBits Closed { get; init; } = new();

    /// <summary>
    /// Whether the page has heard everything that a task has to tell. Every verdict is settled before the task tells its page, so of such a
    /// task nothing is in transit.
    /// </summary>
    public bool HasHeardAll(int index, LabelTaskRecord task) => task.Outcome is null
        ? task.Settled > 0 // it can only have opened again after that
        : Closed[index] && (Evidence is null || !Evidence.TryGetValue(index, out var entry) || entry.Revision >= task.Revision);

    public TaskDefinition? DefinitionOf(int index) => index < Definitions.Count ? Definitions[index] : null;
}
