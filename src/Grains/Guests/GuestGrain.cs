using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Guests;

/// <summary>
/// Shell of <see cref="GuestRules"/>: identity, commit, and the way of the answers to their tasks. Not reentrant: of two who hand in at once, the second finds
/// what the first did. Calls go one way, guest → contributor → task, and nobody calls back.
/// </summary>
[GrainType("guest")]
internal sealed partial class GuestGrain(
    [PersistentState("guest", TroveStores.Personal)] IPersistentState<GuestRecord> record,
    TimeProvider time,
    ILogger<GuestGrain> logger) : Grain, IGuestGrain, IRemindable
{
    private const string Reminder = "guest";
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(IGuestGrain.Days);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromHours(1);

    /// <summary>How soon a hand-in that was cut off goes on.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private CommitGate _gate = null!;

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Spreads guests over pages and tasks.</summary>
    private int Seed => this.GetPrimaryKeyString().GetHashCode(StringComparison.Ordinal);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public async Task<Result<GuestView>> Begin(string project)
    {
        if (await Known() is { } begun)
        {
            return GuestRules.OneProject(begun, project) is { } refused ? refused : await Show(begun);
        }

        if ((await Project(project).Window()).Value is not { } window || !GuestRules.IsForGuests(window))
        {
            return GuestRules.ProjectRefused;
        }

        var tasks = await Draw(project, window);
        if (tasks.IsEmpty)
        {
            return GuestRules.NoItems;
        }

        await Remind(Lasts); // before there is anything to forget
        var guest = new GuestRecord { Project = project, Tasks = tasks, Expires = Now + Lasts };
        await Store(guest);
        return await Show(guest);
    }

    public async Task<Result<GuestView>> View() => await Known() is { } guest ? await Show(guest) : GuestRules.Unknown;

    public async Task<Result<Done>> Hold(int task, ImmutableArray<string> values)
    {
        if (await Known() is not { } guest)
        {
            return GuestRules.Unknown;
        }

        if ((await Project(guest.Project).Window()).Value is not { } window)
        {
            return GuestRules.ProjectRefused;
        }

        var held = GuestRules.Hold(guest, window, task, values);
        if (held.Value is null)
        {
            return held.Problem!;
        }

        await Store(held.Value);
        return Done.Instance;
    }

    public async Task<Result<HandInReport>> HandIn(string contributor)
    {
        if (await Known() is not { } guest)
        {
            return GuestRules.Unknown;
        }

        if (GuestRules.NotYours(guest, contributor) is { } refused)
        {
            return refused;
        }

        var held = guest.Tasks.Count(task => task.Answer is not null);
        if (held == 0)
        {
            return GuestRules.Report(guest); // nothing is held, or nothing any more
        }

        if (guest.Contributor is null)
        {
            await Remind(Retry); // whoever asked may be gone when it fails
            var numbers = await GrainFactory.GetGrain<IContributorGrain>(contributor).TakeNumbers(held);
            await Store(guest = GuestRules.Bind(guest, contributor, numbers)); // durable before the first is used: what is sent twice is known by them
        }

        return GuestRules.Report(await Finish(guest));
    }

    public async Task Clear()
    {
        await _gate.CoveredAsync();
        if (record.RecordExists)
        {
            await Store(new GuestRecord());
        }

        await Unremind();
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (await Known() is not { } guest)
        {
            await Clear();
        }
        else if (guest.Contributor is not null)
        {
            await Finish(guest);
        }
        else
        {
            await Remind(guest.Expires - Now); // a hand-in ended where this could not be said
        }
    }

    private IProjectGrain Project(string project) => GrainFactory.GetGrain<IProjectGrain>(project);

    private ITaskPoolGrain Pool(PageId page) => GrainFactory.GetGrain<ITaskPoolGrain>(page.Key);

    /// <summary>The guest as it is on disk; null when there is none, or its time is over.</summary>
    private async Task<GuestRecord?> Known()
    {
        await _gate.CoveredAsync();
        return record.State.Project.Length > 0 && record.State.Expires > Now ? record.State : null;
    }

    /// <summary>Asks page after page for tasks to show.</summary>
    private async Task<ImmutableArray<GuestTask>> Draw(string project, ProjectWindow window)
    {
        var drawn = ImmutableArray.CreateBuilder<GuestTask>();
        for (var i = 0; i < window.OpenPages.Length && drawn.Count < IGuestGrain.Items; i++)
        {
            var page = new PageId(project, TaskKinds.Label, window.OpenPages[(int)(((uint)Seed + (uint)i) % (uint)window.OpenPages.Length)]);
            var sample = await Pool(page).Sample(new SampleRequest(IGuestGrain.Items - drawn.Count, window.BriefVersion, Seed));
            drawn.AddRange(sample.Select(task => new GuestTask(page.Task(task.Index).Number, task.Policy)));
        }

        return drawn.ToImmutable();
    }

    private async Task<Result<GuestView>> Show(GuestRecord guest)
    {
        var window = await Project(guest.Project).Window();
        if (window.Value is not { Brief: var brief })
        {
            return window.Problem!;
        }

        var items = await Task.WhenAll(guest.Tasks.Select(async task =>
        {
            var id = new TaskId(guest.Project, TaskKinds.Label, task.Number);
            var definition = (await Pool(id.Page).Find(id.Index))?.Definition;
            return new GuestItem(task.Number, definition?.Text, definition?.Image, task.Answer is not null || task.Fate is not null, GuestRules.ValuesOf(task.Answer, brief.Schema), task.Fate);
        }));
        return new GuestView(
            new BriefView(guest.Project, window.Value.BriefVersion, brief.Title, brief.Purpose, brief.Question, brief.Schema, brief.PriceMinor),
            [.. items], guest.Expires, guest.HandedIn);
    }

    /// <summary>Sends each answer to its contributor. Cut off anywhere it is done again from the start: each is known there by its number.</summary>
    private async Task<GuestRecord> Finish(GuestRecord guest)
    {
        var contributor = GrainFactory.GetGrain<IContributorGrain>(guest.Contributor!);
        var fates = await Task.WhenAll(guest.Tasks.Where(task => task is { Answer: not null, Assignment: not null }).Select(async task => (
            task.Number,
            Fate: await contributor.SubmitHeld(new HeldAnswer(new TaskId(guest.Project, TaskKinds.Label, task.Number), task.Assignment!.Value, task.Policy, task.Answer!)))));
        var finished = GuestRules.Finish(guest, fates.ToDictionary(pair => pair.Number, pair => pair.Fate));
        await Store(finished);
        await Remind(finished.Expires - Now);
        return finished;
    }

    private Task Remind(TimeSpan due) => this.RegisterOrUpdateReminder(Reminder, due > Retry ? due : Retry, due > Retry ? ReminderPeriod : Retry);

    private async Task Unremind()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private Task Store(GuestRecord guest)
    {
        record.State = guest;
        return _gate.CommitAsync();
    }

    private Task WriteAsync() => record.State.Project.Length > 0 ? record.WriteStateAsync() : record.ClearStateAsync();

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1450, Level = LogLevel.Warning, Message = "A guest could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
