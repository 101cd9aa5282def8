using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Projects;
using Trove.Grains.Tests.Setup;

namespace Trove.Grains.Tests.Projects;

public sealed class ProjectGrainTests
{
    private const int Seed = 20260601;

    [Fact]
    public async Task A_published_project_is_answered_when_every_open_page_hands_out_work()
    {
        await using var host = await GrainHost.Start(Seed);
        await Fill(host, pages: 5, tasks: 3);
        Assert.Equal(TakeStatus.Shut, await Take(host, 0, 1));

        Assert.Null((await Project(host).Move("dev", ProjectMove.Publish)).Problem);

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
        await Project(host).Move("dev", ProjectMove.Publish);

        Assert.Equal(ProjectState.Paused, (await Project(host).Move("dev", ProjectMove.Pause)).Value!.State);
        for (var page = 0; page < 5; page++)
        {
            Assert.Equal(TakeStatus.Shut, await Take(host, page, 1));
        }

        await Project(host).Move("dev", ProjectMove.Resume);
        Assert.Equal(TakeStatus.Taken, await Take(host, 4, 1));
    }

    [Fact]
    public async Task A_changed_brief_is_answered_when_every_page_works_by_it()
    {
        await using var host = await GrainHost.Start(Seed + 2);
        await Fill(host, pages: 5, tasks: 3);
        await Project(host).Move("dev", ProjectMove.Publish);

        var changed = await Project(host).ChangeBrief("dev", Samples.Brief with { PriceMinor = 7 });

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
        await Project(host).Move("dev", ProjectMove.Publish);
        Assert.Equal(Grains.Projects.Project.MaxOpen, (await Project(host).Window()).Value!.OpenPages.Length);

        await Project(host).Move("dev", ProjectMove.Close);

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
        _ = Project(host).Move("dev", ProjectMove.Publish); // never answered
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

        await Assert.ThrowsAsync<CommitFailedException>(() => Project(host).Move("dev", ProjectMove.Publish));

        Assert.Equal(ProjectState.Live, (await Project(host).Move("dev", ProjectMove.Publish)).Value!.State);
        Assert.Equal(TakeStatus.Taken, await Take(host, 1, 1));
    }

    [Fact]
    public async Task An_empty_page_does_not_stay_in_the_window()
    {
        await using var host = await GrainHost.Start(Seed + 7);
        await Fill(host, pages: 2, tasks: 0);

        var live = await Project(host).Move("dev", ProjectMove.Publish);

        Assert.Equal(2, live.Value!.ClosedPages);
    }

    [Fact]
    public async Task Whoever_waits_with_an_old_version_is_told_to_look_again()
    {
        await using var host = await GrainHost.Start(Seed + 8);
        await Fill(host, pages: 1, tasks: 1);
        var window = (await Project(host).Window()).Value!;
        await Project(host).Move("dev", ProjectMove.Publish);

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
        Assert.Equal("project-unknown", (await unknown.AllocatePage("dev", "a", 0)).Problem?.Code);
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
            Assert.Null((await host.Grains.GetGrain<IProjectGrain>(key).Create("dev", Samples.Brief with { Title = $"Project {key}" })).Problem);
        }

        await host.Grains.GetGrain<IProjectGrain>("b").Move("dev", ProjectMove.Publish);

        var first = await catalogue.List(null, 2);
        var second = await catalogue.List(first.Next, 2);
        var third = await catalogue.List(second.Next, 2);
        Assert.Equal(["B", "a", "b", "c", "d"], first.Entries.Concat(second.Entries).Concat(third.Entries).Select(entry => entry.Project));
        Assert.Null(third.Next);
        Assert.Equal(new CatalogueEntry("b", "dev", "Project b", ProjectState.Live, Paid: true), second.Entries[0]);
    }

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
        Assert.Null((await Project(host).Create("dev", Samples.Brief)).Problem);
        for (var batch = 0; batch < pages; batch++)
        {
            var page = (await Project(host).AllocatePage("dev", "import", batch)).Value!.Page;
            if (tasks > 0)
            {
                var definitions = Enumerable.Range(0, tasks).Select(n => new TaskDefinition($"{batch}-{n}", "a text")).ToImmutableArray();
                Assert.Null((await Pool(host, page).Append(definitions)).Problem);
            }
        }

        Assert.Null((await Project(host).Imported("dev", "import", pages, (long)pages * tasks)).Problem);
    }
}
