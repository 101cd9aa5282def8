using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>Showing tasks without handing them out.</summary>
internal sealed partial class TaskPool
{
    /// <summary>Tasks that anybody may answer and that have free slots. Nothing is reserved.</summary>
    /// <returns>The tasks, and whether more of the page was opened, which must be durable before they are shown.</returns>
    public (ImmutableArray<TakenTask> Sampled, bool Opened) Sample(SampleRequest request, DateTimeOffset now)
    {
        if (Terms is not { State: ProjectState.Live } terms || terms.BriefVersion != request.BriefVersion || !IsLoaded)
        {
            return ([], false);
        }

        Lapse(now);
        var before = Opened;
        var sampled = FreeToAnybody(request, terms);
        if (sampled.Length < request.Count && Opened < Count)
        {
            OpenMore(); // one step, lest a page of restricted tasks be opened whole for nobody
            sampled = FreeToAnybody(request, terms);
        }

        return (sampled, Opened > before);
    }

    private ImmutableArray<TakenTask> FreeToAnybody(SampleRequest request, PoolTerms terms) =>
    [
        .. Enumerable.Range(0, Opened)
            .Select(i => (int)(((uint)request.From + (uint)i) % (uint)Opened))
            .Where(index => !_restricted[index] && _slots.FreeOf(index) > 0)
            .Take(request.Count)
            .Select(index => new TakenTask(index, _definitions[index], terms.PolicyOf(_definitions[index]))),
    ];
}
