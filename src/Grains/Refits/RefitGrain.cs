using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;

namespace Trove.Grains.Refits;

/// <summary>
/// Shell of <see cref="Refit"/>: reads the pages' evidence, fits beside the grains' turns, and tells the pages what tasks should hear. Where the answers
/// are tags, shell of <see cref="DecidedTags"/>.
/// </summary>
[Reentrant, GrainType("refit")]
internal sealed partial class RefitGrain(TimeProvider time, ILogger<RefitGrain> logger) : Grain, IRefitGrain
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);

    private string _project = "";
    private long _began;
    private bool _isFinal;
    private RefitStatus _status = new(IsRunning: false, 0, null);
    private IReadOnlyDictionary<string, double> _reliabilities = ImmutableDictionary<string, double>.Empty;
    private LabelKind? _kind; // null until the project was looked at
    private TagSuggestions? _tags; // null until somebody asked, or the first were read
    private int _failures;
    private IGrainTimer? _timer;

    private long First => _kind == LabelKind.Tags ? RefitSchedule.FirstOfTags : RefitSchedule.First;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _project = this.GetPrimaryKeyString();
        return Task.CompletedTask;
    }

    public Task<RefitStatus> Consider(long answers, bool isComplete)
    {
        if (!_status.IsRunning && RefitSchedule.IsDue(answers, isComplete, _status.Answers, First))
        {
            _status = _status with { IsRunning = true };
            _timer ??= this.Timer(RunAsync);
            (_began, _isFinal) = (answers, isComplete);
            _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        return Task.FromResult(_status);
    }

    public Task<double?> Reliability(string contributor) =>
        Task.FromResult<double?>(_reliabilities.TryGetValue(contributor, out var reliability) ? reliability : null);

    public async Task<ImmutableArray<string>> SuggestTags(string prefix, int most)
    {
        if (_tags is null && await ViewAsync() is { } view)
        {
            _tags ??= new DecidedTags(view.Brief.Schema).ToSuggestions(); // what was read meanwhile is newer
        }

        return _tags is null || prefix.Length > LabelSchema.MaxTagLength
            ? []
            : [.. _tags.Suggest(prefix, Math.Clamp(most, 0, IRefitGrain.MostTags)).Select(suggestion => suggestion.Tag)];
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            var report = await FitAsync(stop) ?? _status.Last;
            _status = new RefitStatus(IsRunning: false, _began, report);
            _failures = 0;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // Nothing is lost: the evidence stands where it stood. Until it is judged nothing is final, though nobody may answer or ask any more.
            LogFailed(logger, _project, e);
            _timer!.Change(FirstRetry * (1 << Math.Min(_failures++, 8)), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<RefitReport?> FitAsync(CancellationToken stop)
    {
        var view = await ViewAsync();
        if (view is null)
        {
            return null;
        }

        if (!CrowdEvidence.Supports(view.Brief.Schema.Kind))
        {
            await ReadTagsAsync(view, stop);
            return null;
        }

        // A page that was done when its project closed has not heard of it: its tasks would open only to be cancelled.
        var mayReopen = view.State != ProjectState.Closed;
        var evidence = new CrowdEvidence(view.Brief.Schema.Kind, view.Brief.Schema.Classes().Length);
        await foreach (var (page, item) in ReadAsync(view.Pages, stop))
        {
            evidence.Add(page, item);
        }

        if (evidence.Tasks.Count == 0)
        {
            return null;
        }

        // Seconds of arithmetic for a million answers: not in a turn, where everybody who asks this grain would wait, nor on threads that turns wait for.
        var refit = await Task.Factory.StartNew(
            () => Refit.Of(evidence, mayReopen, _isFinal), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _reliabilities = refit.Reliabilities;
        foreach (var page in refit.Views.GroupBy(told => told.Page))
        {
            stop.ThrowIfCancellationRequested();
            await Pool(page.Key).Reconsider([.. page.Select(told => told.View)]);
        }

        var reopened = refit.Views.Count(told => told.View.Reopen);
        LogFitted(logger, _project, refit.Tasks, reopened, refit.Views.Length - reopened);
        return new RefitReport(refit.Method, refit.Tasks, reopened, refit.Views.Length - reopened, time.GetUtcNow());
    }

    private async Task ReadTagsAsync(ProjectView view, CancellationToken stop)
    {
        var tags = new DecidedTags(view.Brief.Schema);
        await foreach (var (_, item) in ReadAsync(view.Pages, stop))
        {
            tags.Add(item);
        }

        _tags = await Task.Run(tags.ToSuggestions, stop);
    }

    private async IAsyncEnumerable<(int Page, ClosedEvidence Item)> ReadAsync(int pages, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var page = 0; page < pages; page++)
        {
            stop.ThrowIfCancellationRequested();
            for (int? cursor = 0; cursor is { } at;)
            {
                var slice = await Pool(page).Evidence(at);
                foreach (var item in slice.Items)
                {
                    yield return (page, item);
                }

                cursor = slice.Next;
            }
        }
    }

    private async Task<ProjectView?> ViewAsync()
    {
        var view = (await GrainFactory.GetGrain<IProjectGrain>(_project).View()).Value;
        _kind = view?.Brief.Schema.Kind;
        return view;
    }

    private ITaskPoolGrain Pool(int page) => GrainFactory.GetGrain<ITaskPoolGrain>(new PageId(_project, TaskKinds.Label, page).Key);
}
