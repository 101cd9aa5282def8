using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Grains.Tests.Projects;
using Trove.Grains.Tests.Setup;

namespace Trove.Grains.Tests.Progress;

public sealed class ProgressGrainTests
{
    private const int Seed = 20260701;

    [Fact]
    public async Task Watching_answers_with_the_counts_of_every_page_also_after_the_memory_was_lost()
    {
        await using var host = await GrainHost.Start(Seed);
        await Create(host, pages: 3, tasksPerPage: 4);

        var progress = (await Progress(host).Current()).Value!;

        Assert.Equal((12, 0, false), (progress.Tasks, progress.Closed, progress.Partial));
    }

    [Fact]
    public async Task A_report_is_pushed_to_every_frontend_that_watches()
    {
        await using var host = await GrainHost.Start(Seed + 1, forgetful: false);
        await Create(host, pages: 1, tasksPerPage: 4);
        var (one, other) = (new Sink(host), new Sink(host));
        await Progress(host).Watch("one", one.Reference);
        await Progress(host).Watch("other", other.Reference);

        Assert.True(await Progress(host).Report(Page(answers: 5)));

        await host.Until("both have heard of five answers", () =>
            Task.FromResult(one.Latest?.Answers == 5 && other.Latest?.Answers == 5));
    }

    [Fact]
    public async Task A_pool_is_told_whether_anybody_watches()
    {
        await using var host = await GrainHost.Start(Seed + 2, forgetful: false);
        await Create(host, pages: 1, tasksPerPage: 4);
        var sink = new Sink(host);

        Assert.False(await Progress(host).Report(Page(answers: 1)));
        await Progress(host).Watch("one", sink.Reference);
        Assert.True(await Progress(host).Report(Page(answers: 2)));
        await Progress(host).Unwatch("one");
        Assert.False(await Progress(host).Report(Page(answers: 3)));
    }

    [Fact]
    public async Task Pushes_are_joined_and_the_last_one_tells_the_last_count()
    {
        await using var host = await GrainHost.Start(Seed + 3, forgetful: false);
        await Create(host, pages: 1, tasksPerPage: 4);
        var sink = new Sink(host);
        await Progress(host).Watch("one", sink.Reference);

        var watch = Stopwatch.StartNew();
        for (var answers = 1; answers <= 200; answers++)
        {
            await Progress(host).Report(Page(answers));
        }

        await host.Until("the last count has come", () => Task.FromResult(sink.Latest?.Answers == 200));
        // A rate, not a time: however slow the machine is, four a second are never exceeded.
        Assert.InRange(sink.Received.Count, 1, 2 + (watch.Elapsed / TimeSpan.FromMilliseconds(250)));
        Assert.Equal(sink.Received.Select(progress => progress.Version).Order(), sink.Received.Select(progress => progress.Version));
    }

    [Fact]
    public async Task A_frontend_that_fails_is_dropped_and_does_not_hurt_the_others()
    {
        await using var host = await GrainHost.Start(Seed + 4, forgetful: false);
        await Create(host, pages: 1, tasksPerPage: 4);
        var (broken, hanging, well) = (new Sink(host), new Sink(host), new Sink(host));
        broken.OnProgress = () => throw new InvalidOperationException("broken");
        hanging.OnProgress = () => new TaskCompletionSource().Task;
        await Progress(host).Watch("broken", broken.Reference);
        await Progress(host).Watch("hanging", hanging.Reference);
        await Progress(host).Watch("well", well.Reference);

        await Progress(host).Report(Page(answers: 1));
        await host.Until("the first count has come", () => Task.FromResult(well.Latest?.Answers == 1));
        await Progress(host).Report(Page(answers: 2));
        await host.Until("the second count has come", () => Task.FromResult(well.Latest?.Answers == 2));

        Assert.Single(broken.Received);
        Assert.Single(hanging.Received);
    }

    [Fact]
    public async Task Who_renews_is_heard_of_again_after_the_memory_was_lost()
    {
        await using var host = await GrainHost.Start(Seed + 6);
        await Create(host, pages: 1, tasksPerPage: 4);
        var sink = new Sink(host);
        for (var answers = 1; answers <= 50; answers++)
        {
            await host.Until($"{answers} answers are pushed", async () =>
            {
                // What frontends do every ten seconds and pools a few times a second.
                await Progress(host).Watch("one", sink.Reference);
                await Progress(host).Report(Page(answers));
                return sink.Received.Any(progress => progress.Answers == answers);
            });
        }
    }

    [Fact]
    public async Task A_project_that_does_not_exist_cannot_be_watched()
    {
        await using var host = await GrainHost.Start(Seed + 5);
        var sink = new Sink(host);

        Assert.Equal("project-unknown", (await Progress(host).Watch("one", sink.Reference)).Problem?.Code);
        Assert.Equal("project-unknown", (await Progress(host).Current()).Problem?.Code);
    }

    private static IProgressGrain Progress(GrainHost host) => host.Grains.GetGrain<IProgressGrain>("cats");

    // Counters of a page that no pool of this test reports: its own pool is asked under another incarnation and is never open.
    private static PoolSnapshot Page(long answers) =>
        new(0, 1, answers, Partial: false, 4, 0, 0, answers, 0, 0, 0, []);

    private static async Task Create(GrainHost host, int pages, int tasksPerPage)
    {
        var project = host.Grains.GetGrain<IProjectGrain>("cats");
        await project.Create(new Actor("dev"), Samples.Brief, simulated: false);
        for (var page = 0; page < pages; page++)
        {
            await project.AllocatePage("import", page);
            var pool = host.Grains.GetGrain<ITaskPoolGrain>(new PageId("cats", TaskKinds.Label, page).Key);
            await pool.Append([.. Enumerable.Range(0, tasksPerPage).Select(n => new TaskDefinition($"{page}-{n}", "a text"))]);
        }

        await project.Imported("import", pages, pages * tasksPerPage);
    }

    /// <summary>A frontend. The engine holds observers weakly, so it keeps itself alive through the test's own reference.</summary>
    private sealed class Sink : IBoardSink
    {
        private readonly GrainHost _host;

        public Sink(GrainHost host)
        {
            _host = host;
            Reference = host.Grains.CreateObjectReference<IBoardSink>(this);
        }

        public IBoardSink Reference { get; }

        public ConcurrentQueue<ProjectProgress> Received { get; } = [];

        public ProjectProgress? Latest => Received.LastOrDefault();

        public Func<Task> OnProgress { get; set; } = () => Task.CompletedTask;

        public Task Progress(ProjectProgress progress)
        {
            Received.Enqueue(progress);
            _host.Stir();
            return OnProgress();
        }
    }
}
