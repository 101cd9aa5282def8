using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Grains.Tests.Labeling.Live;
using Trove.Silo.Records;
using Trove.Testing;
using Trove.Testing.Records;
using Xunit.Abstractions;

namespace Trove.Grains.Tests.Refits;

/// <summary>Closed tasks that open again, on a running engine.</summary>
public sealed class ReopeningTests(ITestOutputHelper output)
{
    // One answer of a stranger is enough for these tasks, until a re-fit says otherwise.
    private static readonly Redundancy Hasty = new(RedundancyKind.Dynamic, 1, 3, 0.6);

    [Fact]
    public async Task A_reopened_task_takes_another_answer_and_everybody_is_paid_once()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 1);
        var clients = await CloseAsync(cluster, tasks: 3);

        await cluster.Again(() => Reconsider(cluster, View(1, reopen: true), View(2, reopen: false)));
        Assert.Equal(2, (await cluster.Pool.Snapshot()).Closed);
        await OfferedAsync(cluster, clients[1], 1);
        Assert.Equal(SubmitStatus.Accepted, await clients[1].AnswerAsync(clients[1].Held.Values.Single(), "no"));
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "all is settled");

        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
        var results = (await cluster.Pool.Results(0)).Items.OrderBy(result => result.Task).Select(result => result.Closed).ToList();
        Assert.Equal([1, 2, 1], results.Select(closed => closed.Answers.Length));
        Assert.Equal([1, 2, 2], results.Select(closed => closed.Revision));
        Assert.Equal([Outcome.Live, Outcome.Live, "fit/1"], results.Select(closed => closed.Outcome.Method));
        Assert.Equal(0.55, results[2].Outcome.Confidence);
    }

    [Fact]
    public async Task A_view_of_another_revision_changes_nothing()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 2);
        var clients = await CloseAsync(cluster, tasks: 2);
        await cluster.Again(() => Reconsider(cluster, View(0, reopen: true) with { Revision = 7 }, View(1, reopen: true) with { Reliabilities = [0.5, 0.5] }));
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "the second is closed as it was");
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
    }

    [Fact]
    public async Task A_closing_sent_again_late_does_not_close_a_task_that_is_open_again()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 3);
        var clients = await CloseAsync(cluster, tasks: 1);
        var closed = (await cluster.Pool.Evidence(0)).Items.Single().Closed;
        await cluster.Again(() => Reconsider(cluster, View(0, reopen: true)));

        await cluster.Pool.Closed(closed);
        Assert.Equal(0, (await cluster.Pool.Snapshot()).Closed);
        await OfferedAsync(cluster, clients[1], 0);
    }

    [Fact]
    public async Task A_task_that_was_set_aside_and_never_heard_of_it_closes_with_its_project()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 5);
        var clients = await CloseAsync(cluster, tasks: 2);
        await PageLostAfterSettingAsideAsync(cluster, View(0, reopen: true));
        await cluster.Again(() => cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project).Move(LabelingCluster.Owner, ProjectMove.Close));
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "every task is closed", describe: () => WhatIsOnDisk.Describe(cluster, clients));
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
    }

    [Fact]
    public async Task A_view_that_could_not_be_passed_on_fails_at_once_and_holds_up_no_other()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 6);
        var clients = await CloseAsync(cluster, tasks: 2);
        var writes = 0;
        cluster.Store.BeforeCommit = call => call.Key == Record(0) && writes++ == 0 ? throw new StoreFaultException("full") : Task.CompletedTask;

        var failed = await Assert.ThrowsAnyAsync<Exception>(() => Reconsider(cluster, View(0, reopen: true)));
        Assert.IsNotType<TimeoutException>(failed);
        await cluster.Again(() => Reconsider(cluster, View(1, reopen: false)));
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "the first is closed as it was");
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
    }

    [Fact]
    public async Task A_board_knows_of_open_tasks_before_their_refit_is_done()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 7);
        await CloseAsync(cluster, tasks: 2);
        var board = cluster.Grains.GetGrain<IProgressGrain>(LabelingCluster.Project);
        Assert.Equal(2, (await board.Current()).Value!.Closed);
        await cluster.Again(() => cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project).Move(LabelingCluster.Owner, ProjectMove.Pause));

        await cluster.Again(() => Reconsider(cluster, View(0, reopen: true)));
        Assert.Equal(1, (await board.Current()).Value!.Closed); // its page is in no window while the project rests
    }

    [Fact]
    public async Task A_refit_that_failed_is_tried_again_though_nobody_asks_any_more()
    {
        var clock = new ManualTime();
        await using var cluster = await LabelingCluster.StartAsync(seed: 8, clock: clock);
        var project = cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project);
        await ClockedAsync(cluster, project.Create(LabelingCluster.Owner, LabelingCluster.BriefOf(Hasty), simulated: false));
        await ClockedAsync(cluster, project.AllocatePage("import", 0));
        var failed = new TaskCompletionSource();
        cluster.Store.BeforeRead = call =>
        {
            if (!call.Key.StartsWith("pool/", StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            failed.TrySetResult();
            throw new StoreFaultException("away");
        };

        var refit = cluster.Grains.GetGrain<IRefitGrain>(LabelingCluster.Project);
        Assert.True((await refit.Consider(1, isComplete: true)).IsRunning);
        await ClockedAsync(cluster, failed.Task);
        cluster.Store.BeforeRead = _ => Task.CompletedTask;
        RefitStatus status;
        do
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            status = await refit.Consider(0, isComplete: false); // asks only how it stands
        }
        while (status.IsRunning);

        Assert.Equal(1, status.Answers);
    }

    private static Task ClockedAsync(LabelingCluster cluster, Task work) =>
        cluster.UntilAsync(() => work.IsCompleted, "it is done", TimeSpan.FromMilliseconds(5));

    /// <summary>The page's record says that it set tasks aside, and its memory is gone before it told them.</summary>
    private static async Task PageLostAfterSettingAsideAsync(LabelingCluster cluster, params Reconsideration[] views)
    {
        var (told, page) = (cluster.Store.AfterCommit, RecordKey.Of("pool", new PageId(LabelingCluster.Project, TaskKinds.Label, 0).Key, "pool"));
        cluster.Store.AfterCommit = call => call.Key == page ? throw new StoreFaultException("after") : told(call);
        await Assert.ThrowsAnyAsync<Exception>(() => Reconsider(cluster, views));
        cluster.Store.AfterCommit = told;
    }

    private static string Record(int task) => RecordKey.Of("task", new TaskId(LabelingCluster.Project, TaskKinds.Label, task).Key, "task");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_killed_at_any_write_of_a_reopening_loses_nothing_and_pays_once(bool afterCommit)
    {
        var isDone = false;
        for (var write = 0; !isDone; write++)
        {
            Assert.True(write < 50, "a reopening takes more than fifty writes");
            output.WriteLine($"killed at write {write}");
            isDone = await KilledAtAsync(write, afterCommit);
        }
    }

    /// <returns>Whether it was done before that write.</returns>
    private static async Task<bool> KilledAtAsync(int write, bool afterCommit)
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: write);
        var clients = await CloseAsync(cluster, tasks: 2);
        var writes = 0;
        var reached = new TaskCompletionSource();
        Task Count(StoreCall call)
        {
            if (Interlocked.Increment(ref writes) - 1 >= write)
            {
                reached.TrySetResult();
                throw new StoreFaultException($"write {write}");
            }

            return Task.CompletedTask;
        }

        var tell = cluster.Store.AfterCommit;
        cluster.Store.BeforeCommit = afterCommit ? cluster.Store.BeforeCommit : Count;
        cluster.Store.AfterCommit = afterCommit ? Count : tell;
        var passedOn = Reconsider(cluster, View(0, reopen: true), View(1, reopen: false));
        await Task.WhenAny(passedOn, reached.Task);
        await cluster.KillAsync();
        cluster.Store.BeforeCommit = _ => Task.CompletedTask;
        _ = passedOn.Exception;

        using var stop = new CancellationTokenSource();
        var work = clients.ConvertAll(client => client.WorkAsync(new Random(write), stop.Token));
        await cluster.Again(() => cluster.Pool.Snapshot()); // as its reminder would, it wakes
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), $"all is settled after write {write}", describe: () => WhatIsOnDisk.Describe(cluster, clients));
        await stop.CancelAsync();
        await Task.WhenAll(work);
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
        return !reached.Task.IsCompleted;
    }

    [Fact]
    public async Task A_project_is_final_when_a_refit_over_all_its_answers_leaves_every_task_closed()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 4);
        await cluster.PublishAsync(60, new Redundancy(RedundancyKind.Dynamic, 1, 4, 0.9));
        List<Client> clients = [.. Enumerable.Range(0, 6).Select(i => new Client(cluster, $"c{i}"))];
        using var stop = new CancellationTokenSource();
        var work = clients.ConvertAll(client => client.WorkAsync(new Random(client.Key.GetHashCode(StringComparison.Ordinal)), stop.Token));

        var board = cluster.Grains.GetGrain<IProgressGrain>(LabelingCluster.Project);
        ProjectProgress progress;
        do
        {
            await Task.Delay(20);
            progress = (await cluster.Again(() => board.Current())).Value!;
        }
        while (!progress.IsFinal);

        await stop.CancelAsync();
        await Task.WhenAll(work);
        Assert.Equal((60L, 60L), (progress.Tasks, progress.Closed));
        Assert.Equal(progress.Answers, progress.Refit!.Answers);
        Assert.Equal(60, progress.Refit.Last!.Tasks);
        Assert.Equal(0, progress.Refit.Last.Reopened);
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "all is settled");
        WhatIsOnDisk.Check(cluster, clients, maximum: 4);
    }

    /// <summary>A live project whose every task the first of two clients has answered.</summary>
    private static async Task<List<Client>> CloseAsync(LabelingCluster cluster, int tasks)
    {
        await cluster.PublishAsync(tasks, Hasty);
        List<Client> clients = [new(cluster, "a"), new(cluster, "b")];
        await clients[0].JoinAsync();
        for (var answered = 0; answered < tasks; answered++)
        {
            await cluster.UntilAsync(() => clients[0].Held.Count > 0, "a is offered an item");
            Assert.Equal(SubmitStatus.Accepted, await clients[0].AnswerAsync(clients[0].Held.Values.First()));
        }

        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "every task is closed");
        return clients;
    }

    private static async Task OfferedAsync(LabelingCluster cluster, Client client, int task)
    {
        await client.JoinAsync();
        await cluster.UntilAsync(() => client.Held.Values.Any(offer => offer.Task == task), $"{client.Key} is offered task {task}");
    }

    private static async Task<bool> Reconsider(LabelingCluster cluster, params Reconsideration[] views)
    {
        await cluster.Pool.Reconsider([.. views]);
        return true;
    }

    private static Reconsideration View(int index, bool reopen) =>
        new(index, 1, new AnswerContent([0], []), 0.55, [0.55, 0.45], [0.55], "fit/1", reopen);
}
