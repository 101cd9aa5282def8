using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Projects;
using Trove.Grains.Tests.Setup;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Projects;

public sealed class ProjectGrainTests
{
    private const int Seed = 20260601;
    private static readonly Actor Dev = new("dev");

    [Fact]
    public async Task A_published_project_is_answered_when_every_open_page_hands_out_work()
    {
        await using var host = await GrainHost.Start(Seed);
        await Fill(host, pages: 5, tasks: 3);
        Assert.Equal(TakeStatus.Shut, await Take(host, 0, 1));

        Assert.Null((await Project(host).Move(Dev, ProjectMove.Publish)).Problem);

        for (var page = 0; page < 5; page++)
        {
            Assert.Equal(TakeStatus.Taken, await Take(host, page, 1));
        }
    }

    [Fact]
    public async Task A_pause_is_answered_when_no_page_hands_out_work_any_more()
    {
        await using var host = await GrainHost.Start(Seed + 1);
        await Fill(host, pages: 5, tasks: 3);
        await Project(host).Move(Dev, ProjectMove.Publish);

        Assert.Equal(ProjectState.Paused, (await Project(host).Move(Dev, ProjectMove.Pause)).Value!.State);
        for (var page = 0; page < 5; page++)
        {
            Assert.Equal(TakeStatus.Shut, await Take(host, page, 1));
        }

        await Project(host).Move(Dev, ProjectMove.Resume);
        Assert.Equal(TakeStatus.Taken, await Take(host, 4, 1));
    }

    [Fact]
    public async Task A_changed_brief_is_answered_when_every_page_works_by_it()
    {
        await using var host = await GrainHost.Start(Seed + 2);
        await Fill(host, pages: 5, tasks: 3);
        await Project(host).Move(Dev, ProjectMove.Publish);

        var changed = await Project(host).ChangeBrief(Dev, Samples.Brief with { PriceMinor = 7 });

        Assert.Equal(2, changed.Value!.BriefVersion);
        for (var page = 0; page < 5; page++)
        {
            Assert.Equal(TakeStatus.Confirm, await Take(host, page, 1));
            Assert.Equal(TakeStatus.Taken, await Take(host, page, 2));
        }
    }

    [Fact]
    public async Task Closing_cancels_every_page_also_those_that_never_opened()
    {
        const int Pages = Grains.Projects.Project.MaxOpen + 6;
        await using var host = await GrainHost.Start(Seed + 3);
        await Fill(host, Pages, tasks: 1);
        await Project(host).Move(Dev, ProjectMove.Publish);
        Assert.Equal(Grains.Projects.Project.MaxOpen, (await Project(host).Window()).Value!.OpenPages.Length);

        await Project(host).Move(Dev, ProjectMove.Close);

        await host.Until("all pages are closed", async () => (await Project(host).View()).Value!.ClosedPages == Pages);
        Assert.Empty((await Project(host).Window()).Value!.OpenPages);
    }

    [Fact]
    public async Task A_page_whose_opening_a_crash_cut_off_opens_in_the_next_life()
    {
        var host = await GrainHost.Start(Seed + 4);
        await Fill(host, pages: 3, tasks: 1);
        // The process dies as soon as the project has written that its pages are open, before any page was told.
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.AfterCommit = call =>
        {
            if (call.Key.StartsWith("project", StringComparison.Ordinal))
            {
                host.Store.Kill();
                opened.TrySetResult();
            }

            return Task.CompletedTask;
        };
        _ = Project(host).Move(Dev, ProjectMove.Publish); // never answered
        await opened.Task;

        await using var next = await host.Restart(Seed + 5);
        Assert.Equal(ProjectState.Live, (await Project(next).View()).Value!.State);
        await next.Until("every page hands out work", async () =>
            await Take(next, 0, 1) == TakeStatus.Taken && await Take(next, 1, 1) == TakeStatus.Taken && await Take(next, 2, 1) == TakeStatus.Taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_fails_is_an_unknown_outcome_and_the_command_can_be_sent_again(bool kept)
    {
        await using var host = await GrainHost.Start(Seed + 6);
        await Fill(host, pages: 2, tasks: 1);
        if (kept)
        {
            host.Store.FailNextAfterCommit();
        }
        else
        {
            host.Store.FailNextBeforeCommit();
        }

        await Assert.ThrowsAsync<CommitFailedException>(() => Project(host).Move(Dev, ProjectMove.Publish));

        Assert.Equal(ProjectState.Live, (await Project(host).Move(Dev, ProjectMove.Publish)).Value!.State);
        Assert.Equal(TakeStatus.Taken, await Take(host, 1, 1));
    }

    [Fact]
    public async Task An_empty_page_does_not_stay_in_the_window()
    {
        await using var host = await GrainHost.Start(Seed + 7);
        await Fill(host, pages: 2, tasks: 0);

        var live = await Project(host).Move(Dev, ProjectMove.Publish);

        Assert.Equal(2, live.Value!.ClosedPages);
    }

    [Fact]
    public async Task Whoever_waits_with_an_old_version_is_told_to_look_again()
    {
        await using var host = await GrainHost.Start(Seed + 8);
        await Fill(host, pages: 1, tasks: 1);
        var window = (await Project(host).Window()).Value!;
        await Project(host).Move(Dev, ProjectMove.Publish);

        Assert.False(await Project(host).WaitForWindow("ann", window.Version));
        Assert.True((await Project(host).Window()).Value!.Version > window.Version);
    }

    [Fact]
    public async Task A_project_that_does_not_exist_says_so()
    {
        await using var host = await GrainHost.Start(Seed + 9);
        var unknown = host.Grains.GetGrain<IProjectGrain>("nothing");

        Assert.Equal("project-unknown", (await unknown.View()).Problem?.Code);
        Assert.Equal("project-unknown", (await unknown.Window()).Problem?.Code);
        Assert.Equal("project-unknown", (await unknown.AllocatePage("a", 0)).Problem?.Code);
        Assert.False(await unknown.WaitForWindow("ann", 0));
        await unknown.PageClosed(3);
    }

    [Fact]
    public async Task The_catalogue_lists_projects_by_key_a_slice_at_a_time_and_follows_their_life()
    {
        await using var host = await GrainHost.Start(Seed + 10);
        var catalogue = host.Grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key);
        foreach (var key in new[] { "c", "a", "b", "d", "B" })
        {
            Assert.Null((await host.Grains.GetGrain<IProjectGrain>(key).Create(Dev, Samples.Brief with { Title = $"Project {key}" }, simulated: false)).Problem);
        }

        await host.Grains.GetGrain<IProjectGrain>("b").Move(Dev, ProjectMove.Publish);

        var first = await catalogue.List(null, 2, "dev", all: false);
        var second = await catalogue.List(first.Next, 2, "dev", all: false);
        var third = await catalogue.List(second.Next, 2, "dev", all: false);
        Assert.Equal(["B", "a", "b", "c", "d"], first.Entries.Concat(second.Entries).Concat(third.Entries).Select(entry => entry.Project));
        Assert.Null(third.Next);
        Assert.Equal(new CatalogueEntry("b", "dev", "Project b", ProjectState.Live, Paid: true), second.Entries[0]);
    }

    [Fact]
    public async Task Drafts_and_simulated_projects_are_listed_to_their_team_only_and_teams_to_nobody()
    {
        await using var host = await GrainHost.Start(Seed + 11);
        var catalogue = host.Grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key);
        foreach (var (key, simulated) in new[] { ("draft", false), ("live", false), ("simulated", true) })
        {
            await host.Grains.GetGrain<IProjectGrain>(key).Create(Dev, Samples.Brief, simulated);
        }

        await host.Grains.GetGrain<IProjectGrain>("live").Move(Dev, ProjectMove.Publish);
        await host.Grains.GetGrain<IProjectGrain>("simulated").Move(Dev, ProjectMove.Publish);
        await host.Grains.GetGrain<IProjectGrain>("draft").SetMember(Dev, "ann", TeamRole.Viewer);

        Assert.Equal(["live"], await Listed(null, all: false));
        Assert.Equal(["live"], await Listed("bob", all: false));
        Assert.Equal(["draft", "live"], await Listed("ann", all: false));
        Assert.Equal(["draft", "live", "simulated"], await Listed("dev", all: false));
        Assert.Equal(["draft", "live", "simulated"], await Listed("bob", all: true));

        async Task<IEnumerable<string>> Listed(string? viewer, bool all)
        {
            var page = await catalogue.List(null, 10, viewer, all);
            Assert.All(page.Entries, entry => Assert.True(entry.Members.IsDefault));
            return page.Entries.Select(entry => entry.Project);
        }
    }

    [Fact]
    public async Task An_act_that_was_answered_stands_in_the_logs_of_its_month_of_who_did_it_and_of_whom_it_concerns()
    {
        await using var host = await GrainHost.Start(Seed + 12);
        await Project(host).Create(Dev, Samples.Brief, simulated: false);
        await Project(host).SetMember(Dev, "ann", TeamRole.Editor);

        Assert.Equal(["project.member-set", "project.created"], await Acts(host, Month));
        Assert.Equal(["project.member-set", "project.created"], await Acts(host, AuditLogs.Account("dev")));
        Assert.Equal(["project.member-set"], await Acts(host, AuditLogs.Account("ann")));
        Assert.Equal(TeamRole.Editor, (await Project(host).RoleOf("ann")).Role);
    }

    /// <summary>The process dies at the n-th write of three acts, before or after it is kept; the next one is asked for nothing but the project.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(9, true)]
    public async Task Whatever_write_a_process_dies_at_no_act_is_without_its_entry_and_none_has_two(int write, bool kept)
    {
        var host = await GrainHost.Start(Seed + 100 + write, forgetful: false);
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task Die(StoreCall call)
        {
            if (Interlocked.Decrement(ref write) == -1)
            {
                host.Store.Kill();
                died.TrySetResult();
            }

            return Task.CompletedTask;
        }

        if (kept)
        {
            host.Store.AfterCommit = Die;
        }
        else
        {
            host.Store.BeforeCommit = Die;
        }

        _ = Some(host); // never answered
        await died.Task;
        await using var next = await host.Restart(Seed + 200);
        await Some(next);

        string[] all = ["project.published", "project.member-set", "project.created"];
        Assert.Equal(all.Order(StringComparer.Ordinal), (await Acts(next, Month)).Order(StringComparer.Ordinal));
        Assert.Equal(all.Order(StringComparer.Ordinal), (await Acts(next, AuditLogs.Account("dev"))).Order(StringComparer.Ordinal));
        Assert.Equal(["project.member-set"], await Acts(next, AuditLogs.Account("ann")));

        static async Task Some(GrainHost host)
        {
            await Project(host).Create(Dev, Samples.Brief, simulated: false);
            await Project(host).SetMember(Dev, "ann", TeamRole.Editor);
            await Project(host).Move(Dev, ProjectMove.Publish);
        }
    }

    [Fact]
    public async Task Who_is_taken_into_a_team_learns_by_whom_and_not_with_what_or_from_where()
    {
        await using var host = await GrainHost.Start(Seed + 300);
        var dev = Dev with { Key = "key1", From = "198.51.100.0/24" };
        await Project(host).Create(dev, Samples.Brief, simulated: false);
        await Project(host).SetMember(dev, "ann", TeamRole.Editor);

        Assert.Equal(Dev, Assert.Single(await Entries(host, AuditLogs.Account("ann"))).By);
        Assert.All(await Entries(host, AuditLogs.Account("dev")), entry => Assert.Equal(dev, entry.By));
        Assert.All(await Entries(host, Month), entry => Assert.Equal(dev, entry.By));
    }

    [Fact]
    public async Task A_lesser_role_is_told_to_frontends_each_time_it_is_given_and_a_greater_one_never()
    {
        await using var host = await GrainHost.Start(Seed + 301, forgetful: false);
        await Project(host).Create(Dev, Samples.Brief, simulated: false);

        Assert.False(await Told(TeamRole.Viewer));
        Assert.False(await Told(TeamRole.Owner));
        Assert.True(await Told(TeamRole.Editor));
        Assert.True(await Told(TeamRole.Editor)); // the first telling may have been lost
        Assert.True(await Told(null));
        Assert.True(await Told(null));

        async Task<bool> Told(TeamRole? role)
        {
            var standings = host.Grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key);
            var before = (await standings.Since(0)).Version;
            Assert.Null((await Project(host).SetMember(Dev, "ann", role)).Problem);
            return (await standings.Since(before)).Accounts.Contains("ann");
        }
    }

    private static string Month => AuditLogs.Month(TimeProvider.System.GetUtcNow());

    private static async Task<IEnumerable<string>> Acts(GrainHost host, string log) =>
        (await Entries(host, log)).Select(entry => entry.Act);

    private static async Task<ImmutableArray<AuditEntry>> Entries(GrainHost host, string log) =>
        (await host.Grains.GetGrain<IAuditLogGrain>(log).Search(new AuditQuery())).Entries;

    private static IProjectGrain Project(GrainHost host) => host.Grains.GetGrain<IProjectGrain>("cats");

    private static ITaskPoolGrain Pool(GrainHost host, int page) =>
        host.Grains.GetGrain<ITaskPoolGrain>(new PageId("cats", TaskKinds.Label, page).Key);

    private static async Task<TakeStatus> Take(GrainHost host, int page, int briefVersion)
    {
        var until = TimeProvider.System.GetUtcNow().AddMinutes(3);
        return (await Pool(host, page).Take(new TakeRequest($"ann-{Guid.NewGuid():n}", 1, briefVersion, until, []))).Status;
    }

    private static async Task Fill(GrainHost host, int pages, int tasks)
    {
        Assert.Null((await Project(host).Create(Dev, Samples.Brief, simulated: false)).Problem);
        for (var batch = 0; batch < pages; batch++)
        {
            var page = (await Project(host).AllocatePage("import", batch)).Value!.Page;
            if (tasks > 0)
            {
                var definitions = Enumerable.Range(0, tasks).Select(n => new TaskDefinition($"{batch}-{n}", "a text")).ToImmutableArray();
                Assert.Null((await Pool(host, page).Append(definitions)).Problem);
            }
        }

        Assert.Null((await Project(host).Imported("import", pages, (long)pages * tasks)).Problem);
    }
}
