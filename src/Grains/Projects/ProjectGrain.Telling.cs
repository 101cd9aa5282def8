using Trove.Contracts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;

namespace Trove.Grains.Projects;

/// <summary>
/// What a project tells others, in the ticks of interleaving timers: the catalogue its line, the open pages its orders, waiting contributors that
/// there is news. Only what was acknowledged in this life counts as told, so a crash at any point is repaired by telling again; the others take
/// a repetition for what it is.
/// </summary>
internal sealed partial class ProjectGrain
{
    private const string OpenReminder = "open";
    private const int TellWidth = 16;
    private const int WakeWidth = 20;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WakePause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WaitLasts = TimeSpan.FromMinutes(2);

    private readonly Dictionary<int, long> _acknowledged = [];
    private readonly Dictionary<string, long> _waiting = new(StringComparer.Ordinal); // and the version that each has seen
    private readonly Queue<string> _waking = new();
    private IGrainTimer? _tellTimer;
    private IGrainTimer? _wakeTimer;
    private TaskCompletionSource? _told;
    private CatalogueEntry? _entered;
    private bool _telling;
    private bool? _reminded;

    public async Task<bool> WaitForWindow(string contributor, long seenVersion)
    {
        await _gate.CoveredAsync();
        if (!_project.Exists || seenVersion != _project.Version)
        {
            return false;
        }

        // The list of those who wait is memory only; they ask again from time to time, and until then it must not be forgotten.
        DelayDeactivation(WaitLasts);
        _waiting[contributor] = seenVersion;
        return true;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminded = true;
        Tend();
        return Task.CompletedTask;
    }

    /// <summary>Completes when everybody knows what there is to know now.</summary>
    private Task ToldAsync()
    {
        _told ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Tend();
        return _told.Task;
    }

    private void Tend()
    {
        if (_project.Exists && !_telling && !_gate.IsFenced)
        {
            _tellTimer ??= this.Timer(TellAsync);
            _tellTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task TellAsync(CancellationToken stop)
    {
        _telling = true;
        try
        {
            while (!IsTold())
            {
                await _gate.CoveredAsync(); // nothing may be told that a crash could take back
                await EnterCatalogue();
                await KeepReminder();
                await OrderPages();
            }
        }
        catch (CommitFailedException)
        {
            return; // the next activation tells what is on disk
        }
        catch (Exception e)
        {
            LogTellingFailed(logger, _key, e);
            _tellTimer!.Change(RetryAfter * (0.5 + _jitter.NextDouble()), Timeout.InfiniteTimeSpan);
            return;
        }
        finally
        {
            _telling = false;
        }

        _told?.SetResult();
        _told = null;
        WakeWaiting();
    }

    private bool IsTold() =>
        _entered == _project.Entry && _reminded == NeedsReminder() && Unordered().Length == 0;

    private bool NeedsReminder() => !_project.OpenPages.IsEmpty;

    private int[] Unordered() => [.. _project.OpenPages.Where(page => _acknowledged.GetValueOrDefault(page) < _project.Orders)];

    private async Task EnterCatalogue()
    {
        var entry = _project.Entry;
        if (entry != _entered)
        {
            await GrainFactory.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key).Enter(entry);
            _entered = entry;
        }
    }

    /// <summary>One reminder while anything is open, so that a page whose opening a crash cut off opens without anybody asking.</summary>
    private async Task KeepReminder()
    {
        var needed = NeedsReminder();
        if (needed == _reminded)
        {
            return;
        }

        if (needed)
        {
            await this.RegisterOrUpdateReminder(OpenReminder, ReminderPeriod, ReminderPeriod);
        }
        else if (await this.GetReminder(OpenReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        _reminded = needed;
    }

    private async Task OrderPages()
    {
        var (orders, order) = (_project.Orders, _project.Order);
        var failures = new List<Exception>();
        var closed = false;
        foreach (var pages in Unordered().Chunk(TellWidth))
        {
            await Task.WhenAll(Array.ConvertAll(pages, OrderPage));
        }

        if (closed)
        {
            await _gate.CommitAsync();
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        async Task OrderPage(int page)
        {
            try
            {
                var snapshot = await GrainFactory.GetGrain<ITaskPoolGrain>(PoolKey(page)).Apply(order);
                _acknowledged[page] = orders;
                _project.Acknowledged();
                if (snapshot.Closed == snapshot.Tasks) // an empty page, or one whose word of being done was lost
                {
                    closed |= _project.PageClosed(page);
                }
            }
            catch (Exception e)
            {
                failures.Add(e); // the others are told all the same
            }
        }
    }

    private string PoolKey(int page) => new PageId(_key, TaskKinds.Label, page).Key;

    /// <summary>Tells those who wait that there is news: a few at a time and in no order, or a thousand would ask the same page at once.</summary>
    private void WakeWaiting()
    {
        var waiting = _waiting.Where(waiter => waiter.Value < _project.Version).Select(waiter => waiter.Key).ToArray();
        if (waiting.Length == 0)
        {
            return;
        }

        _jitter.Shuffle(waiting);
        foreach (var contributor in waiting)
        {
            _waiting.Remove(contributor);
            _waking.Enqueue(contributor);
        }

        _wakeTimer ??= this.Timer(WakeAsync);
        _wakeTimer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task WakeAsync(CancellationToken stop)
    {
        var batch = new List<Task>(WakeWidth);
        while (batch.Count < WakeWidth && _waking.TryDequeue(out var contributor))
        {
            batch.Add(WakeAsync(contributor));
        }

        await Task.WhenAll(batch);
        if (_waking.Count > 0)
        {
            _wakeTimer!.Change(WakePause * (0.5 + _jitter.NextDouble()), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task WakeAsync(string contributor)
    {
        try
        {
            await GrainFactory.GetGrain<IContributorGrain>(contributor).WindowChanged(_key).WaitAsync(WakeTimeout, time);
        }
        catch (Exception)
        {
            // A hint: who does not hear it asks again by itself.
        }
    }
}
