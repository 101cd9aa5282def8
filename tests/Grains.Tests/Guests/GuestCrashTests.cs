using System.Text;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Projects;
using Trove.Grains.Records;
using Trove.Grains.Tests.Labeling.Live;
using Trove.Testing;
using Trove.Testing.Records;
using Xunit.Abstractions;

namespace Trove.Grains.Tests.Guests;

/// <summary>Hand-ins on an unkind engine: each answer is counted once or refused for a reason, whatever is lost on the way.</summary>
public sealed class GuestCrashTests(ITestOutputHelper output)
{
    private const int Tasks = 3;
    private static readonly Redundancy Two = new(RedundancyKind.Fixed, 2, 2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_killed_at_any_write_of_a_hand_in_counts_each_answer_once(bool kept)
    {
        var reached = 0;
        while (await KilledAtWrite(reached, kept))
        {
            reached++;
        }

        output.WriteLine($"killed at each of {reached} writes");
        Assert.True(reached >= Tasks + 3); // the numbers, who hands in, each answer, what became of them
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_fails_at_any_step_of_a_hand_in_is_repeated_without_harm(bool kept)
    {
        for (var failing = 0; failing < Tasks + 3; failing++)
        {
            await using var cluster = await LabelingCluster.StartAsync(failing);
            await HeldAsync(cluster);
            var writes = 0;
            Task Hook(StoreCall call) => Interlocked.Increment(ref writes) == failing + 1 ? throw new StoreFaultException("injected") : Task.CompletedTask;
            if (kept)
            {
                cluster.Store.AfterCommit = Hook;
            }
            else
            {
                cluster.Store.BeforeCommit = Hook;
            }

            await AssertHandedIn(cluster);
        }
    }

    [Fact]
    public async Task A_hand_in_that_its_caller_gave_up_goes_on_by_itself()
    {
        var clock = new ManualTime();
        await using var cluster = await LabelingCluster.StartAsync(seed: 3, clock: clock);
        await Clocked(cluster, HeldAsync(cluster));
        cluster.Store.BeforeCommit = call => call.Key.StartsWith("task", StringComparison.Ordinal) ? throw new StoreFaultException("injected") : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<Exception>(() => Clocked(cluster, Guest(cluster).HandIn("ann")));
        Assert.Contains("ann", OnDisk(cluster)!, StringComparison.Ordinal);

        cluster.Store.BeforeCommit = _ => Task.CompletedTask;
        await cluster.UntilAsync(() => OnDisk(cluster) is { } record && !record.Contains("ann", StringComparison.Ordinal), "the reminder has finished it", TimeSpan.FromSeconds(1));
        Assert.Equal(Tasks, (await Clocked(cluster, Guest(cluster).HandIn("ann"))).Value!.Counted);
        Assert.All(WhatIsOnDisk.Tasks(cluster), task => Assert.Equal("ann", Assert.Single(task.Answers).Contributor));
    }

    [Fact]
    public async Task After_a_week_nothing_is_left_of_a_guest()
    {
        var clock = new ManualTime();
        await using var cluster = await LabelingCluster.StartAsync(seed: 4, clock: clock);
        await Clocked(cluster, HeldAsync(cluster));
        clock.Advance(TimeSpan.FromDays(IGuestGrain.Days) - TimeSpan.FromMinutes(1));
        Assert.NotNull((await Clocked(cluster, Guest(cluster).View())).Value);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("guest-unknown", (await Clocked(cluster, Guest(cluster).View())).Problem!.Code);
#if !ORLEANS // whose reminders go by the machine's clock, and a week is long
        await cluster.UntilAsync(() => OnDisk(cluster) is null, "the record is gone", TimeSpan.FromSeconds(10));
#endif
    }

    [Fact]
    public async Task Hand_ins_among_live_sessions_on_a_hostile_engine_never_count_too_many_or_one_person_twice()
    {
        const int Maximum = 3;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var cluster = await LabelingCluster.StartAsync(seed, chaos: true);
        await cluster.PublishAsync(14, new Redundancy(RedundancyKind.Dynamic, 2, Maximum, 0.99), new HandOut(LeaseSeconds: 10, Stint: 0), price: 0);

        // Eight guests of six people, four of whom work meanwhile; two have worked as guests twice.
        Client[] clients = [.. Enumerable.Range(0, 6).Select(i => new Client(cluster, $"c{i}"))];
        var guests = await Task.WhenAll(Enumerable.Range(0, 8).Select(async g =>
        {
            var guest = Guest(cluster, $"g{g}");
            var begun = await cluster.Again(() => guest.Begin(LabelingCluster.Project));
            foreach (var item in begun.Value!.Items)
            {
                Assert.Null((await cluster.Again(() => guest.Hold(item.Task, [(item.Task + g) % 4 == 0 ? "no" : "yes"]))).Problem);
            }

            return (Grain: guest, Person: $"c{g % 6}");
        }));
        using var stop = new CancellationTokenSource();
        var work = clients.Take(4).Select((client, i) => Task.Run(() => client.WorkAsync(new Random(seed + i), stop.Token))).ToList();
        var reports = await Task.WhenAll(guests.Select(async guest => (guest.Person, guest.Grain, Report: (await cluster.Again(() => guest.Grain.HandIn(guest.Person))).Value!)));
        await cluster.UntilAsync(
            () => work.Exists(task => task.IsFaulted) || WhatIsOnDisk.IsSettled(cluster, clients), "all is settled", describe: () => WhatIsOnDisk.Describe(cluster, clients));
        await stop.CancelAsync();
        await Task.WhenAll(work);

        WhatIsOnDisk.Check(cluster, clients, Maximum);
        var tasks = WhatIsOnDisk.Tasks(cluster);
        var counted = clients.SelectMany(client => client.Acknowledged.Select(task => (client.Key, task))).ToList();
        foreach (var (person, guest, report) in reports)
        {
            Assert.Equal(10, report.Counted + report.Refused.Length);
            var view = (await cluster.Again(guest.View)).Value!;
            counted.AddRange(view.Items.Where(item => item.Fate == HeldFate.Counted).Select(item => (person, item.Task)));
        }

        output.WriteLine($"{reports.Sum(each => each.Report.Counted)} counted; refused: {string.Join(", ", reports.SelectMany(each => each.Report.Refused).CountBy(refused => refused.Why))}");
        Assert.Equal(counted.Count, counted.Distinct().Count()); // nobody was told twice that an answer to a task counts
        Assert.Equal(
            tasks.SelectMany((task, i) => task.Answers.Select(answer => (answer.Contributor, i))).Order(),
            counted.Order());
    }

    /// <summary>Kills the process at one write of a hand-in, starts another, and sends the hand-in again.</summary>
    /// <returns>Whether there was such a write.</returns>
    private static async Task<bool> KilledAtWrite(int number, bool kept)
    {
        await using var cluster = await LabelingCluster.StartAsync(number);
        await HeldAsync(cluster);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (store, writes) = (cluster.Store, 0);
        Task Hook(StoreCall call)
        {
            if (Interlocked.Increment(ref writes) == number + 1)
            {
                store.Kill();
                killed.TrySetResult();
            }

            return Task.CompletedTask;
        }

        if (kept)
        {
            store.AfterCommit = Hook;
        }
        else
        {
            store.BeforeCommit = Hook;
        }

        var handIn = Guest(cluster).HandIn("ann");
        if (await Task.WhenAny(handIn, killed.Task) == handIn && !killed.Task.IsCompleted)
        {
            Assert.Equal(Tasks, (await handIn).Value!.Counted);
            return false;
        }

        await cluster.KillAsync();
        _ = handIn.Exception;
        await AssertHandedIn(cluster);
        return true;
    }

    private static async Task AssertHandedIn(LabelingCluster cluster)
    {
        var report = (await cluster.Again(() => Guest(cluster).HandIn("ann"))).Value!;
        Assert.Equal((Tasks, 0), (report.Counted, report.Refused.Length));
        Assert.All(WhatIsOnDisk.Tasks(cluster), task => Assert.Equal("ann", Assert.Single(task.Answers).Contributor));
        Assert.DoesNotContain("ann", OnDisk(cluster)!, StringComparison.Ordinal);
    }

    private static async Task HeldAsync(LabelingCluster cluster)
    {
        await cluster.PublishAsync(Tasks, Two, price: 0);
        foreach (var item in (await Guest(cluster).Begin(LabelingCluster.Project)).Value!.Items)
        {
            await Guest(cluster).Hold(item.Task, ["yes"]);
        }
    }

    private static IGuestGrain Guest(LabelingCluster cluster, string key = "g") => cluster.Grains.GetGrain<IGuestGrain>(key);

    private static string? OnDisk(LabelingCluster cluster) => cluster.Store.Snapshot()
        .Where(record => record.Key.Store == TroveStores.Personal && record.Key.Key.StartsWith("guest", StringComparison.Ordinal))
        .Select(record => Encoding.UTF8.GetString(record.Value.Span)).SingleOrDefault();

    private static async Task Clocked(LabelingCluster cluster, Task work)
    {
        await cluster.UntilAsync(() => work.IsCompleted, "it is done", TimeSpan.FromMilliseconds(5));
        await work;
    }

    private static async Task<T> Clocked<T>(LabelingCluster cluster, Task<T> work)
    {
        await Clocked(cluster, (Task)work);
        return await work;
    }
}
