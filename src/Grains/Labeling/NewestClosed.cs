using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Labeling;

/// <summary>The tasks of a page that closed last, for the board.</summary>
internal sealed class NewestClosed(int page)
{
    private const int Most = 8;

    private readonly Queue<TaskClosed> _closed = new();

    public void Add(TaskClosed closed)
    {
        _closed.Enqueue(closed);
        if (_closed.Count > Most)
        {
            _closed.Dequeue();
        }
    }

    /// <summary>As a developer sees them, newest first. The probabilities of classes are taken from the answers now: most pages are looked at more rarely than tasks close.</summary>
    public ImmutableArray<Activity> ToActivities(IReadOnlyList<TaskDefinition> definitions, PoolTerms? terms)
    {
        return [.. _closed.Reverse().Select(ToActivity)];

        Activity ToActivity(TaskClosed closed)
        {
            var task = (page * TaskId.PageSize) + closed.Index;
            if (terms is null || closed.Index >= definitions.Count)
            {
                return new Activity(task, string.Empty, closed.Outcome with { Chances = [] }, closed.ClosedAt);
            }

            var definition = definitions[closed.Index];
            var outcome = terms.Classes <= Activity.MostChances ? TaskPosterior.WithChances(terms.PolicyOf(definition), closed) : closed.Outcome with { Chances = [] };
            return new Activity(task, definition.SourceId, outcome, closed.ClosedAt);
        }
    }
}
