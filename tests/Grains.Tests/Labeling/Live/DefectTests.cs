using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Testing;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>Defects that were found once, each under its name.</summary>
public sealed class DefectTests
{
    private static readonly Redundancy One = new(RedundancyKind.Fixed, 1, 1);

    [Fact]
    public async Task A_closing_sent_again_while_it_is_being_written_counts_once()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 3);
        var pool = await cluster.PublishAsync(2, One);
        await pool.Take(new TakeRequest("a", 1, 1, DateTimeOffset.MaxValue, default));
        var writing = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        cluster.Store.BeforeCommit = async call =>
        {
            if (call.Key.Contains("segment", StringComparison.Ordinal))
            {
                writing.TrySetResult();
                await goOn.Task;
            }
        };

        var first = pool.Closed(PageOnTheBench.ClosedAt(0, spent: 30));
        await writing.Task;
        var second = pool.Closed(PageOnTheBench.ClosedAt(0, spent: 30));
        var later = pool.Closed(PageOnTheBench.ClosedAt(0, revision: 2, spent: 35));
        var laterAgain = pool.Closed(PageOnTheBench.ClosedAt(0, revision: 2, spent: 35));
        goOn.SetResult();
        await Task.WhenAll(first, second, later, laterAgain);

        var snapshot = await pool.Snapshot();
        Assert.Equal((1, 3L, 35L), (snapshot.Closed, snapshot.Answers, snapshot.SpentMinor));
    }

    [Fact]
    public async Task A_lease_whose_outcome_is_unknown_is_tried_again()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 5);
        await cluster.PublishAsync(1, One);
        var reads = 0;
        cluster.Store.BeforeRead = call => call.Key.StartsWith("task", StringComparison.Ordinal) && Interlocked.Increment(ref reads) == 1
            ? throw new StoreFaultException("read")
            : Task.CompletedTask;
        var client = new Client(cluster, "a");
        await client.JoinAsync();
        await cluster.UntilAsync(() => client.Held.Count == 1, "a is offered the item");
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_and_a_task_that_lost_its_memory_learns_of_its_lease()
    {
        var clock = new ManualTime();
        await using var cluster = await LabelingCluster.StartAsync(seed: 4, clock: clock);
        var publish = cluster.PublishAsync(1, One);
        await cluster.UntilAsync(() => publish.IsCompleted, "the project is live", TimeSpan.FromMilliseconds(5));
        var client = new Client(cluster, "a");
        await client.JoinAsync();
        await cluster.UntilAsync(() => client.Held.Count > 0, "a is offered the item");

        // The task dies of a write that fails, and can't be read for a while.
        var unreadable = 0;
        cluster.Store.BeforeCommit = call => call.Key.StartsWith("task", StringComparison.Ordinal) ? throw new StoreFaultException("before") : Task.CompletedTask;
        var read = cluster.Store.BeforeRead;
        cluster.Store.BeforeRead = call => call.Key.StartsWith("task", StringComparison.Ordinal) && Interlocked.Increment(ref unreadable) > 0
            ? throw new StoreFaultException("read")
            : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Task(0).Cancel(RetirementReason.Withdrawn, TaskOnTheBench.PolicyOf(One)));
        await GoOnAsync(() => Volatile.Read(ref unreadable) > 0);

        cluster.Store.BeforeCommit = _ => Task.CompletedTask;
        cluster.Store.BeforeRead = read;
        Assert.Equal(0, (await cluster.Again(() => cluster.Task(0).Inspect())).Truth.Live);
        var live = 0;
        await GoOnAsync(() => Volatile.Read(ref live) > 0, async () => Volatile.Write(ref live, (await cluster.Again(() => cluster.Task(0).Inspect())).Truth.Live));
        Assert.DoesNotContain(client.Pushes, push => !push.Recalls.IsEmpty);
        var answer = client.AnswerAsync(client.Held.Values.Single());
        await cluster.UntilAsync(() => answer.IsCompleted, "it is counted", TimeSpan.FromMilliseconds(5));
        Assert.Equal(SubmitStatus.Accepted, await answer);

        // The frontend renews the connection every ten seconds while time goes on.
        async Task GoOnAsync(Func<bool> isSo, Func<Task>? look = null)
        {
            for (var i = 0; i < 30 && !isSo(); i++)
            {
                await client.Grain.Present(client.Session);
                clock.Advance(TimeSpan.FromSeconds(10));
                if (look is not null)
                {
                    await look();
                }
            }

            await cluster.UntilAsync(isSo, "a renewal came");
        }
    }
}
