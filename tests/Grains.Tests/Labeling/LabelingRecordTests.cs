using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Trove.Grains.Records;
using Trove.Grains.Tests.Records;
using static Trove.Grains.Tests.Labeling.PageOnTheBench;

namespace Trove.Grains.Tests.Labeling;

public sealed class LabelingRecordTests
{
    private static readonly RecordSerializer Serializer = new();

    [Fact]
    public void Records_come_back_as_they_were_written()
    {
        var task = new TaskOnTheBench(TaskOnTheBench.Fixed(3), allowed: 5);
        Same(task.Task.ToRecord());
        Same(new TaskChunk([new TaskDefinition("a", Redundancy: new Redundancy(Price: 0.02))]));
        Assert.Equal(0.02, Serializer.Deserialize<TaskChunk>(Serializer.Serialize(new TaskChunk([new TaskDefinition("a", Redundancy: new Redundancy(Price: 0.02))]))).Definitions[0].Redundancy!.Price);
        task.Give("a", 1);
        task.Lease("b", 1);
        task.Release("b", 1, ReleaseCause.Skipped);
        Same(task.Task.ToRecord());
        task.Lease("c", 1);
        task.Lease("d", 1);
        task.Task.Cancel(RetirementReason.Withdrawn, task.Policy, task.Now);
        task.Answer("c", 1);
        Same(task.Task.ToRecord());

        var page = new PageOnTheBench(100, Terms(order: TaskOrder.Uncertainty));
        page.Take("a", 70);
        page.Pool.Close(ClosedAt(69), null);
        page.Pool.Close(ClosedAt(68), null);
        Assert.True(page.Pool.Reopen(ClosedAt(68), 1));
        Same(page.ToRecord());
        Same(new TaskPoolRecord());
        Same(new ResultSegment([ClosedAt(3), ClosedAt(4, 2, 0, -5, RetirementReason.Cancelled)]));
        Same(new TaskChunk([new TaskDefinition("a"), new TaskDefinition("b", "text", "image", new Redundancy(), ["x", "y"])]));
    }

    [Fact]
    public void A_task_of_common_redundancy_and_a_full_page_take_less_than_a_kilobyte()
    {
        var task = new TaskOnTheBench(TaskOnTheBench.Dynamic(3, 7));
        for (var i = 0; i < 7; i++)
        {
            task.Lease($"contributor-with-a-long-key-{i}", 1_000_000 + i);
            task.Answer($"contributor-with-a-long-key-{i}", 1_000_000 + i, choice: i % 2, reliability: 0.6);
        }

        Assert.InRange(Serializer.Serialize(task.Task.ToRecord()).Length, 1, 1024);
        var page = new PageOnTheBench(1024, Terms());
        page.Take("a", 1024);
        Enumerable.Range(0, 1024).Where(i => i % 3 > 0).ToList().ForEach(i => page.Pool.Close(ClosedAt(i), null));
        Assert.InRange(Serializer.Serialize(page.ToRecord()).Length, 1, 1024);
    }

    [Fact]
    public void A_task_is_written_as_it_is_to_be_read_for_good()
    {
        var task = new TaskOnTheBench(TaskOnTheBench.Dynamic(3, 7), allowed: 9);
        task.Give("a", 1);
        task.Lease("b", 300);
        task.Release("b", 300, ReleaseCause.Skipped);
        task.Give("c", 2, choice: 1);
        task.Lease("d", 4);
        task.Lease("e", 5);
        task.Task.Cancel(RetirementReason.Withdrawn, task.Policy, task.Now);
        task.Answer("d", 4);
        Golden.Matches(task.Task.ToRecord());

        var older = Golden.Older<LabelTaskRecord>(1);
        Same(older);
        Assert.Equal(Outcome.Live, older.Outcome!.Method);
        Assert.Equal((0, 1, 2), (older.Settled, older.Claims.Length, older.Answers.Length));
    }

    [Fact]
    public void A_page_its_definitions_and_its_results_are_written_as_they_are_to_be_read_for_good()
    {
        var page = new PageOnTheBench(100, Terms(new Redundancy(), TaskOrder.Uncertainty));
        page.Take("a", 70);
        page.Pool.Close(ClosedAt(69), null);
        page.Pool.Close(ClosedAt(3, reason: RetirementReason.Undecided), null);
        page.Pool.Close(ClosedAt(5), null);
        Assert.True(page.Pool.Reopen(ClosedAt(5), 1));
        Golden.Matches(page.ToRecord());
        Golden.Matches(new TaskChunk([new TaskDefinition("a"), new TaskDefinition("b", "grüße", "0f", new Redundancy(), ["x", "y"])]));
        var judged = new Outcome(RetirementReason.Consensus, TaskOnTheBench.Choice(1), 0.97, 3, "fit/1", [0.03, 0.97]);
        Golden.Matches(new ResultSegment([ClosedAt(3), ClosedAt(4) with { Outcome = judged }, ClosedAt(1023, 2, 0, -5, RetirementReason.Cancelled)]));

        Assert.Equal((2, 60L), (Golden.Older<TaskPoolRecord>(1).Totals.Closed, Golden.Older<TaskPoolRecord>(1).Totals.SpentMinor));
        Assert.Equal([3, 1023], Golden.Older<ResultSegment>(1).Entries.Select(entry => entry.Index));
    }

    private static void Same<T>(T record)
        where T : class
    {
        var bytes = Serializer.Serialize(record);
        Assert.Equal(bytes, Serializer.Serialize(Serializer.Deserialize<T>(bytes)));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<RecordDamagedException>(() => Serializer.Deserialize<T>(bytes.AsMemory(0, length)));
        }
    }
}
