using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;

namespace Trove.Grains.Progress;

/// <summary>
/// The live counts of a project, put together from its pages' absolute counters. Pure. Whatever order the counters come in and however often,
/// each page counts once, as it was last known.
/// </summary>
/// <param name="project">Key of the project.</param>
/// <param name="now">Versions begin here, above those of any life before.</param>
internal sealed class Board(string project, DateTimeOffset now)
{
    /// <summary>Closed tasks in the short list.</summary>
    public const int MaxNewest = 16;

    /// <summary>Span over which the rate is taken.</summary>
    public static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, PageCount> _pages = [];
    private readonly Queue<(DateTimeOffset At, long Answers)> _samples = new();
    private ImmutableArray<Activity> _newest = [];
    private ProjectView? _view;
    private RefitStatus? _refit;
    private long _jumps; // answers that came to be known, but not just now: they are no rate
    private long _version = now.UtcTicks;

    /// <summary>What the project said of itself last.</summary>
    public ProjectView? View
    {
        get => _view;
        set
        {
            if (_view is null || value is null || _view.Tasks != value.Tasks || _view.Pages != value.Pages)
            {
                _version++;
            }

            _view = value;
        }
    }

    /// <summary>Where the re-fitting of the project stands, as last heard.</summary>
    public RefitStatus? Refit
    {
        get => _refit;
        set
        {
            _version += value == _refit ? 0 : 1;
            _refit = value;
        }
    }

    /// <summary>Counted answers, and whether every task is closed: what a re-fit is begun by.</summary>
    public (long Answers, bool IsComplete) Evidence
    {
        get
        {
            long answers = 0, tasks = 0, closed = 0;
            var partial = Unknown.Any();
            foreach (var (count, _) in _pages.Values)
            {
                answers += count.Answers;
                tasks += count.Tasks;
                closed += count.Closed;
                partial |= count.Partial;
            }

            return (answers, !partial && tasks > 0 && closed >= Math.Max(tasks, _view?.Tasks ?? 0));
        }
    }

    /// <summary>Pages that the project has and that have not spoken yet.</summary>
    public IEnumerable<int> Unknown => Enumerable.Range(0, _view?.Pages ?? 0).Where(page => !_pages.ContainsKey(page));

    /// <summary>Takes a page's counters. False when they are older than what is known.</summary>
    public bool Take(PoolSnapshot snapshot)
    {
        var known = _pages.GetValueOrDefault(snapshot.Page);
        if (known is null)
        {
            _jumps += snapshot.Answers;
            _pages[snapshot.Page] = new PageCount(snapshot, Former: 0);
        }
        else if (snapshot.Incarnation == known.Former
            || (snapshot.Incarnation == known.Count.Incarnation && snapshot.Version < known.Count.Version))
        {
            return false; // overtaken on its way, perhaps by its own next life
        }
        else
        {
            var former = snapshot.Incarnation == known.Count.Incarnation ? known.Former : known.Count.Incarnation;
            // A page that is rebuilding knows what is closed, but not yet what its open tasks have.
            var count = snapshot.Partial
                ? snapshot with { Answers = Math.Max(snapshot.Answers, known.Count.Answers), Live = known.Count.Live }
                : snapshot;
            _pages[snapshot.Page] = new PageCount(count, former);
        }

        _newest = [.. snapshot.Newest.OrEmpty()
            .Concat(_newest)
            .OrderByDescending(activity => activity.At)
            .ThenBy(activity => activity.Task)
            .DistinctBy(activity => activity.Task)
            .Take(MaxNewest)];
        _version++;
        return true;
    }

    /// <summary>The counts now. Called a few times a second while anybody watches; the rate is taken between such calls.</summary>
    public ProjectProgress Progress(DateTimeOffset now)
    {
        long tasks = 0, closed = 0, undecided = 0, answers = 0, live = 0, spent = 0;
        double confidence = 0;
        var partial = Unknown.Any();
        foreach (var (count, _) in _pages.Values)
        {
            tasks += count.Tasks;
            closed += count.Closed;
            undecided += count.Undecided;
            answers += count.Answers;
            live += count.Live;
            spent += count.SpentMinor;
            confidence += count.ConfidenceSum;
            partial |= count.Partial;
        }

        tasks = Math.Max(tasks, _view?.Tasks ?? 0);
        var rate = Rate(answers - _jumps, now);
        return new ProjectProgress(
            project,
            _version,
            partial,
            tasks,
            closed,
            undecided,
            answers,
            live,
            rate,
            closed > 0 ? confidence / closed : 0,
            spent,
            SecondsLeft(tasks, closed, answers, rate),
            _newest,
            now,
            _refit,
            IsFinal: Evidence is (_, true) && _refit is { IsRunning: false } && _refit.Answers == answers);
    }

    private double Rate(long answers, DateTimeOffset now)
    {
        while (_samples.TryPeek(out var oldest) && oldest.At < now - RateSpan)
        {
            _samples.Dequeue();
        }

        if (!_samples.TryPeek(out var first))
        {
            first = (now, answers);
        }

        if (_samples.Count == 0 || now - _samples.Last().At >= RateSpan / 40)
        {
            _samples.Enqueue((now, answers));
        }

        var seconds = (now - first.At).TotalSeconds;
        return seconds > 0 ? Math.Max(0, (answers - first.Answers) / seconds) : 0;
    }

    /// <summary>As if no task needed more answers than it asks for at first, and each open one at least one more.</summary>
    private double? SecondsLeft(long tasks, long closed, long answers, double rate)
    {
        if (closed >= tasks)
        {
            return tasks > 0 ? 0 : null;
        }

        if (rate <= 0 || _view?.Brief.Redundancy is not { } redundancy)
        {
            return null;
        }

        var perTask = redundancy.Kind == RedundancyKind.Dynamic ? redundancy.Minimum : redundancy.Maximum;
        return Math.Max((tasks * perTask) - answers, tasks - closed) / rate;
    }

    /// <summary>A page's counters, and the life of it that came before: its late words are not taken any more.</summary>
    private sealed record PageCount(PoolSnapshot Count, long Former);
}
