using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;

namespace Trove.Grains.Progress;

/// <summary>
/// Shell of <see cref="Board"/>: who watches, and how often they are told. Memory only: what it needs to know it asks for when somebody begins to watch.
/// </summary>
[Reentrant, GrainType("progress")]
internal sealed partial class ProgressGrain : Grain, IProgressGrain
{
    private const int AskWidth = 16;

    private static readonly TimeSpan SubscriptionLasts = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PushPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DecayPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefitLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceOfCallers = TimeSpan.FromSeconds(2);

    private readonly ObserverManager<string, IBoardSink> _watchers;
    private readonly TimeProvider _time;
    private readonly ILogger<ProgressGrain> _logger;
    private string _project = "";
    private Board _board = null!;
    private Task<Problem?>? _asking;
    private IGrainTimer? _pushTimer;
    private IGrainTimer? _refitTimer;
    private bool _refitArmed;
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _pushedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _pushAt = DateTimeOffset.MaxValue;

    public ProgressGrain(TimeProvider time, ILogger<ProgressGrain> logger)
    {
        _time = time;
        _logger = logger;
        _watchers = new ObserverManager<string, IBoardSink>(SubscriptionLasts, logger) { GetDateTime = () => time.GetUtcNow().UtcDateTime };
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _project = this.GetPrimaryKeyString();
        _board = new Board(_project, _time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<bool> Report(PoolSnapshot snapshot)
    {
        if (_board.Take(snapshot))
        {
            Changed();
        }

        return Task.FromResult(IsWatched());
    }

    public async Task<Result<ProjectProgress>> Watch(string frontend, IBoardSink sink)
    {
        var isNew = !_watchers.Observers.ContainsKey(frontend);
        if ((isNew || _askedAt + FreshFor <= _time.GetUtcNow()) && await AskAsync() is { } problem)
        {
            return problem;
        }

        _watchers.Subscribe(frontend, sink);
        return _board.Progress(_time.GetUtcNow());
    }

    public Task Unwatch(string frontend)
    {
        _watchers.Unsubscribe(frontend);
        return Task.CompletedTask;
    }

    public async Task<Result<ProjectProgress>> Current() =>
        await AskAsync() is { } problem ? problem : _board.Progress(_time.GetUtcNow());

    private bool IsWatched()
    {
        _watchers.ClearExpired();
        return _watchers.Count > 0;
    }

    /// <summary>Asks the project and its pages, together with whoever asks at the same time. Slow pages are not waited for: the board says that it is partial, and what they say later is pushed.</summary>
    private async Task<Problem?> AskAsync()
    {
        _asking ??= AskProjectAsync();
        try
        {
            return await _asking.WaitAsync(PatienceOfCallers, _time);
        }
        catch (TimeoutException) when (_board.View is not null)
        {
            return null;
        }
    }

    private async Task<Problem?> AskProjectAsync()
    {
        try
        {
            var project = GrainFactory.GetGrain<IProjectGrain>(_project);
            var view = await project.View();
            var window = await project.Window();
            if ((view.Problem ?? window.Problem) is { } problem)
            {
                return problem;
            }

            _board.View = view.Value;
            // Open pages are asked each time, so that they know that somebody looks; the others only once: what is closed stays as it is.
            foreach (var pages in window.Value!.OpenPages.Union(_board.Unknown).ToArray().Chunk(AskWidth))
            {
                await Task.WhenAll(Array.ConvertAll(pages, AskPageAsync));
            }

            _askedAt = _time.GetUtcNow();
            return null;
        }
        finally
        {
            _asking = null;
        }
    }

    private async Task AskPageAsync(int page)
    {
        try
        {
            var key = new PageId(_project, TaskKinds.Label, page).Key;
            if (_board.Take(await GrainFactory.GetGrain<ITaskPoolGrain>(key).Snapshot()))
            {
                Changed();
            }
        }
        catch (Exception e)
        {
            LogPageSilent(_logger, _project, page, e); // the board stays partial, and the next who watches asks again
        }
    }

    /// <summary>Asks whether the answers are worth a re-fit, four times a second while they grow or one is under way.</summary>
    private void ConsiderRefit()
    {
        if (!_refitArmed)
        {
            _refitArmed = true;
            _refitTimer ??= this.Timer(ConsiderRefitAsync);
            _refitTimer.Change(RefitLook, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task ConsiderRefitAsync(CancellationToken stop)
    {
        _refitArmed = false;
        try
        {
            // Summed up here and not with each page's word: it costs as much as there are pages.
            var (answers, isComplete) = _board.Evidence;
            if (_board.Refit is { IsRunning: false } fitted && fitted.Answers == answers)
            {
                return;
            }

            var status = await GrainFactory.GetGrain<IRefitGrain>(_project).Consider(answers, isComplete);
            if (status.IsRunning)
            {
                ConsiderRefit();
            }
            else if (status.Last != _board.Refit?.Last)
            {
                await AskAsync(); // tasks may be open again: the counts must not be older than the news of it
            }

            if (status != _board.Refit)
            {
                _board.Refit = status;
                Changed();
            }
        }
        catch (Exception e)
        {
            LogRefitSilent(_logger, _project, e);
            ConsiderRefit();
        }
    }

    /// <summary>There is news: it is pushed at once, or when a quarter of a second has passed since the last.</summary>
    private void Changed()
    {
        ConsiderRefit();
        if (_watchers.Count > 0)
        {
            PushAt(_pushedAt + PushPause);
        }
    }

    private void PushAt(DateTimeOffset at)
    {
        if (_pushAt <= at)
        {
            return;
        }

        _pushAt = at;
        var wait = at - _time.GetUtcNow();
        _pushTimer ??= this.Timer(PushAsync);
        _pushTimer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task PushAsync(CancellationToken stop)
    {
        _pushAt = DateTimeOffset.MaxValue;
        _pushedAt = _time.GetUtcNow();
        if (!IsWatched())
        {
            return;
        }

        var progress = _board.Progress(_pushedAt);
        // All at once: one after the other, a slow frontend would hold up the others.
        await Task.WhenAll(_watchers.Observers.Select(watcher => PushAsync(watcher.Key, watcher.Value, progress)));
        if (progress.AnswersPerSecond > 0)
        {
            PushAt(_time.GetUtcNow() + DecayPause); // a rate falls even when nothing else moves
        }
    }

    private async Task PushAsync(string frontend, IBoardSink sink, ProjectProgress progress)
    {
        try
        {
            await sink.Progress(progress).WaitAsync(PushTimeout, _time);
        }
        catch (Exception e)
        {
            LogWatcherDropped(_logger, _project, frontend, e);
            if (_watchers.Observers.TryGetValue(frontend, out var current) && ReferenceEquals(current, sink))
            {
                _watchers.Unsubscribe(frontend); // unless it has subscribed anew meanwhile
            }
        }
    }
}
