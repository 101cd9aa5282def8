using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Testing.Records;
using Xunit.Abstractions;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>Many at once on an unkind engine: nothing hangs, nothing is lost, nothing is paid twice.</summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private static readonly Redundancy Three = new(RedundancyKind.Fixed, 3, 3);

    // Short, since a lease that its contributor's lost memory forgot ends by time only.
    private static readonly HandOut ShortLeases = new(LeaseSeconds: 10, Stint: 0);

    [Fact]
    public async Task Five_hundred_clients_on_fifty_tasks_never_count_a_fourth_answer()
    {
        await using var cluster = await LabelingCluster.StartAsync(Seed());
        await cluster.PublishAsync(50, Three);
        var clients = await WorkAsync(cluster, 500);
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
        Assert.Equal(150, clients.Sum(client => client.Acknowledged.Count));
    }

    [Fact]
    public async Task Lost_replies_lost_activations_and_twins_lose_no_answer_and_pay_none_twice()
    {
        await using var cluster = await LabelingCluster.StartAsync(Seed(), chaos: true);
        await cluster.PublishAsync(30, new Redundancy(RedundancyKind.Dynamic, 2, 5), ShortLeases);
        var clients = await WorkAsync(cluster, 12);
        WhatIsOnDisk.Check(cluster, clients, maximum: 5);
    }

    [Theory]
    [InlineData("task")]
    [InlineData("pool")]
    [InlineData("contributor")]
    public async Task Writes_that_fail_before_or_after_they_are_kept_lose_nothing(string grain)
    {
        var seed = Seed();
        var random = new Random(seed);
        await using var cluster = await LabelingCluster.StartAsync(seed);
        await cluster.PublishAsync(20, Three, ShortLeases);
        cluster.Store.BeforeCommit = call => Fails(call, 0.1) ? throw new StoreFaultException("before") : Task.CompletedTask;
        var told = cluster.Store.AfterCommit;
        cluster.Store.AfterCommit = call => Fails(call, 0.1) ? throw new StoreFaultException("after") : told(call);
        var clients = await WorkAsync(cluster, 8);
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);

        bool Fails(StoreCall call, double rate)
        {
            lock (random)
            {
                return call.Key.StartsWith(grain, StringComparison.Ordinal) && random.NextDouble() < rate;
            }
        }
    }

    [Fact]
    public async Task A_process_killed_at_any_moment_loses_no_acknowledged_answer()
    {
        var seed = Seed();
        await using var cluster = await LabelingCluster.StartAsync(seed);
        await cluster.PublishAsync(40, Three, ShortLeases);
        var clients = Clients(cluster, 10);
        using var stop = new CancellationTokenSource();
        var work = Start(clients, seed, stop.Token);
        foreach (var answers in new[] { 20, 50, 80 })
        {
            await cluster.UntilAsync(() => clients.Sum(client => client.Acknowledged.Count) >= answers, $"{answers} answers are counted");
            await cluster.KillAsync();
        }

        await FinishAsync(cluster, clients, work, stop);
        WhatIsOnDisk.Check(cluster, clients, maximum: 3);
    }

    [Fact]
    public async Task A_project_that_closes_under_work_cancels_every_task_and_pays_what_was_counted()
    {
        var seed = Seed();
        await using var cluster = await LabelingCluster.StartAsync(seed);
        await cluster.PublishAsync(100, Three);
        var clients = Clients(cluster, 10);
        using var stop = new CancellationTokenSource();
        var work = Start(clients, seed, stop.Token);
        await cluster.UntilAsync(() => clients.Sum(client => client.Acknowledged.Count) >= 60, "sixty answers are counted");
        await cluster.Again(() => cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project).Move(LabelingCluster.Owner, ProjectMove.Close));
        await cluster.UntilAsync(() => clients.All(client => client.Held.Count == 0), "nobody holds an item any more");
        await stop.CancelAsync();
        await Task.WhenAll(work);
        Assert.True(clients.Sum(client => client.Acknowledged.Count) < 300);
        await cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(cluster, clients), "every task is closed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tasks_that_open_again_at_any_moment_lose_no_answer_and_pay_none_twice(bool chaos)
    {
        var seed = Seed();
        await using var cluster = await LabelingCluster.StartAsync(seed, chaos);
        var pool = await cluster.PublishAsync(24, new Redundancy(RedundancyKind.Dynamic, 1, 4, 0.6), ShortLeases);
        var clients = Clients(cluster, 10);
        using var stop = new CancellationTokenSource();
        var work = Start(clients, seed, stop.Token);
        var random = new Random(seed);
        for (var round = 0; round < 20;)
        {
            var closed = (await cluster.Again(() => pool.Evidence(0))).Items.Select(item => item.Closed).ToList();
            if (closed.Count > 0)
            {
                round++;
                await SayAsync([.. closed.Where(_ => random.Next(3) == 0).Select(View)]);
            }
        }

        await FinishAsync(cluster, clients, work, stop);
        WhatIsOnDisk.Check(cluster, clients, maximum: 4);

        Reconsideration View(TaskClosed closed) => new(
            closed.Index, closed.Revision - (random.Next(4) == 0 ? 1 : 0), new AnswerContent([random.Next(2)], []), 0.55, [0.55, 0.45],
            [.. closed.Answers.Select(_ => 0.55)], "fit/1", Reopen: random.Next(3) > 0);

        async Task SayAsync(ImmutableArray<Reconsideration> views)
        {
            try
            {
                await pool.Reconsider(views);
            }
            catch (Exception)
            {
                // What is lost the next one says again, as a re-fit's would.
            }
        }
    }

    private int Seed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private static Client[] Clients(LabelingCluster cluster, int count) => [.. Enumerable.Range(0, count).Select(i => new Client(cluster, $"c{i}"))];

    private static Task[] Start(Client[] clients, int seed, CancellationToken stop) =>
        [.. clients.Select((client, i) => Task.Run(() => client.WorkAsync(new Random(seed + i), stop), CancellationToken.None))];

    private static async Task<Client[]> WorkAsync(LabelingCluster cluster, int count)
    {
        var clients = Clients(cluster, count);
        using var stop = new CancellationTokenSource();
        await FinishAsync(cluster, clients, Start(clients, count, stop.Token), stop);
        return clients;
    }

    private static async Task FinishAsync(LabelingCluster cluster, Client[] clients, Task[] work, CancellationTokenSource stop)
    {
        var failed = Task.WhenAny(work);
        await cluster.UntilAsync(
            () => failed.IsCompleted || WhatIsOnDisk.IsSettled(cluster, clients),
            "every task is closed and every verdict settled",
            describe: () => WhatIsOnDisk.Describe(cluster, clients));
        await stop.CancelAsync();
        await Task.WhenAll(work);
    }
}
