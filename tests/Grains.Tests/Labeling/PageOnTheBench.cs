using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;

namespace Trove.Grains.Tests.Labeling;

/// <summary>A page of tasks with a clock, and what it takes to drive it.</summary>
internal sealed class PageOnTheBench
{
    private readonly List<TaskDefinition> _definitions;
    private long _life = 1;

    public PageOnTheBench(int tasks, PoolTerms? terms = null, Func<int, TaskDefinition>? definition = null)
    {
        _definitions = [.. Enumerable.Range(0, tasks).Select(definition ?? (i => new TaskDefinition($"s{i}")))];
        Pool = new TaskPool(0, _life, new TaskPoolRecord(), PseudonymOf);
        Pool.Load(_definitions);
        Pool.Apply(terms ?? Terms());
    }

    public TaskPool Pool { get; private set; }

    public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The name by which the developer of this page's project knows somebody.</summary>
    public static string PseudonymOf(string contributor) => $"known-as-{contributor}";

    public static PoolTerms Terms(Redundancy? redundancy = null, TaskOrder order = TaskOrder.Breadth, ProjectState state = ProjectState.Live, int version = 1) =>
        new(state, version, LabelKind.YesNo, 2, redundancy ?? new Redundancy(RedundancyKind.Fixed, 3, 3), order, 10, 50, version);

    public static TaskTruth Open(int answers, int live, int target, DateTimeOffset? freeAt = null, float confidence = 0.5f) =>
        new(answers, live, target, RetirementReason.None, confidence, freeAt);

    public static TaskClosed ClosedAt(int index, int revision = 1, int answers = 3, long spent = 30, RetirementReason reason = RetirementReason.Consensus, double confidence = 0.5) =>
        new(
            index, revision, new Outcome(reason, null, confidence, answers),
            [.. Enumerable.Range(0, answers).Select(i => new CountedAnswer($"c{i}", i, new AnswerContent([0], []), 0.8, default))],
            spent, default);

    public static ImmutableArray<ulong> Bits(params int[] indexes)
    {
        var bits = new PageBits();
        foreach (var index in indexes)
        {
            bits.Set(index);
        }

        return [.. bits.Trimmed()];
    }

    public TakeReply TakeReply(string who, int count, ImmutableArray<ulong> had = default, double seconds = 180, int version = 1) =>
        Pool.Take(new TakeRequest(who, count, version, Now.AddSeconds(seconds), had), Now).Reply;

    public int[] Take(string who, int count, ImmutableArray<ulong> had = default, double seconds = 180) =>
        [.. TakeReply(who, count, had, seconds).Taken.Select(task => task.Index)];

    public TaskPoolRecord ToRecord() => new(
        [.. _definitions.Chunk(64).Select((chunk, i) => new ChunkRef(i, chunk.Length))],
        0, Pool.Opened, [.. Pool.ClosedBits.Trimmed()], Pool.Terms, Pool.Totals, [.. Pool.ReopenedBits.Trimmed()]);

    /// <summary>The page loses its memory; only what its record says is left.</summary>
    public void Crash()
    {
        var record = ToRecord();
        Pool = new TaskPool(0, ++_life, record, PseudonymOf);
        Pool.Load(_definitions);
    }
}
