using System.Collections.Immutable;
using Trove.Contracts.Projects;

namespace Trove.Contracts.Labeling;

/// <summary>
/// A page of up to <see cref="TaskId.PageSize"/> tasks: a hint of where free slots are, the truth of what is closed. Key: <see cref="PageId.Key"/>.
/// </summary>
[Alias("trove.ITaskPoolGrain")]
public interface ITaskPoolGrain : IGrainWithStringKey
{
    /// <summary>Appends up to <see cref="TaskDefinition.ChunkSize"/> definitions; those whose source id stands on the page already are left out.</summary>
    [Alias("Append")]
    Task<Result<AppendReply>> Append(ImmutableArray<TaskDefinition> definitions);

    /// <summary>Takes over a brief and the project's state; hands out from now on by them, or cancels what is open when the project closed.</summary>
    [Alias("Apply")]
    Task<PoolSnapshot> Apply(PoolOrder order);

    /// <summary>Softly reserves slots of tasks that this contributor never had.</summary>
    [Alias("Take")]
    Task<TakeReply> Take(TakeRequest request);

    /// <summary>Tasks that want answers of anybody, none of them reserved: for guests, whose answers are held elsewhere.</summary>
    [Alias("Sample")]
    Task<ImmutableArray<TakenTask>> Sample(SampleRequest request);

    /// <summary>One task with all that its offer needs, for a contributor whose lease outlived the memory of it; null when there is none.</summary>
    [Alias("Find")]
    Task<TakenTask?> Find(int index);

    /// <summary>Mends the hint by what a task said; a freed slot wakes who waits.</summary>
    [Alias("Mend")]
    Task Mend(int index, string contributor, TaskTruth truth);

    /// <summary>Registers a contributor without work. False when slots freed since <see cref="WaitRequest.SeenVersion"/>.</summary>
    [Alias("Wait")]
    Task<bool> Wait(WaitRequest request);

    /// <summary>A task's fresh truth: a hint, may be lost.</summary>
    [Alias("Report")]
    Task Report(int index, TaskTruth truth);

    /// <summary>A task is closed: its evidence is written to a result segment, then the page's record. Idempotent.</summary>
    [Alias("Closed")]
    Task Closed(TaskClosed closed);

    /// <summary>
    /// Takes a re-fit's view of closed tasks, and returns when the tasks have it. What is lost with the page's memory the next re-fit says again.
    /// </summary>
    [Alias("Reconsider")]
    Task Reconsider(ImmutableArray<Reconsideration> views);

    /// <summary>Evidence of the closed tasks from <paramref name="cursor"/> (0 at first), a segment at a time, with the keys of contributors: never for a developer's eyes.</summary>
    [Alias("Evidence")]
    Task<EvidenceSlice> Evidence(int cursor);

    /// <summary>Tasks that may have been handed out and are not closed, by index.</summary>
    [Alias("OpenTasks"), ReadOnly]
    Task<ImmutableArray<int>> OpenTasks();

    /// <summary>Absolute counters of the page.</summary>
    [Alias("Snapshot")]
    Task<PoolSnapshot> Snapshot();

    /// <summary>Closed tasks of the page from <paramref name="cursor"/> (0 at first), a segment at a time.</summary>
    [Alias("Results")]
    Task<ResultSlice> Results(int cursor);
}

/// <summary>What an append did.</summary>
/// <param name="Added">Definitions added.</param>
/// <param name="Known">Definitions left out because their source id stands on the page.</param>
/// <param name="Count">Tasks of the page now.</param>
[GenerateSerializer, Immutable, Alias("trove.append-reply")]
public sealed record AppendReply([property: Id(0)] int Added, [property: Id(1)] int Known, [property: Id(2)] int Count);

/// <summary>The project's word to a page.</summary>
/// <param name="State">Where the project stands.</param>
/// <param name="BriefVersion">Version of <paramref name="Brief"/>.</param>
/// <param name="Brief">The brief in force.</param>
/// <param name="Sequence">Grows with each order: one that arrives late, after a newer one, is not followed.</param>
[GenerateSerializer, Immutable, Alias("trove.pool-order")]
public sealed record PoolOrder(
    [property: Id(0)] ProjectState State,
    [property: Id(1)] int BriefVersion,
    [property: Id(2)] Brief Brief,
    [property: Id(3)] long Sequence);

/// <summary>A wish for work.</summary>
/// <param name="Contributor">Who asks.</param>
/// <param name="Count">Slots wanted.</param>
/// <param name="BriefVersion">The version that the contributor confirmed.</param>
/// <param name="Until">When the reservation lapses.</param>
/// <param name="Had">Bitmap of the page's tasks that the contributor had, one bit a task, least significant first; may be short.</param>
[GenerateSerializer, Immutable, Alias("trove.take-request")]
public sealed record TakeRequest(
    [property: Id(0)] string Contributor,
    [property: Id(1)] int Count,
    [property: Id(2)] int BriefVersion,
    [property: Id(3)] DateTimeOffset Until,
    [property: Id(4)] ImmutableArray<ulong> Had);

/// <summary>A wish to see work.</summary>
/// <param name="Count">Most tasks wanted.</param>
/// <param name="BriefVersion">The version of the brief that they are shown with; a page that goes by another shows none.</param>
/// <param name="From">Spreads those who ask over the page: any number.</param>
[GenerateSerializer, Immutable, Alias("trove.sample-request")]
public sealed record SampleRequest([property: Id(0)] int Count, [property: Id(1)] int BriefVersion, [property: Id(2)] int From);

/// <summary>How a wish for work ended.</summary>
public enum TakeStatus
{
    /// <summary>See what was taken.</summary>
    Taken = 0,

    /// <summary>Nothing here for this contributor now.</summary>
    Nothing = 1,

    /// <summary>Confirm the newer brief first.</summary>
    Confirm = 2,

    /// <summary>The page hands out nothing: draft, paused, or closed.</summary>
    Shut = 3,
}

/// <summary>Answer to a wish for work.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Taken">Reserved tasks.</param>
/// <param name="Version">Version of the free slots, for <see cref="ITaskPoolGrain.Wait"/>.</param>
/// <param name="Scarce">Fewer free slots than twice the people who ask here: read ahead only one.</param>
[GenerateSerializer, Immutable, Alias("trove.take-reply")]
public sealed record TakeReply(
    [property: Id(0)] TakeStatus Status,
    [property: Id(1)] ImmutableArray<TakenTask> Taken,
    [property: Id(2)] long Version,
    [property: Id(3)] bool Scarce);

/// <summary>A softly reserved task with all that its lease and its offer need.</summary>
[GenerateSerializer, Immutable, Alias("trove.taken-task")]
public sealed record TakenTask(
    [property: Id(0)] int Index,
    [property: Id(1)] TaskDefinition Definition,
    [property: Id(2)] TaskPolicy Policy);

/// <summary>A contributor without work asks to be woken.</summary>
[GenerateSerializer, Immutable, Alias("trove.wait-request")]
public sealed record WaitRequest(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long SeenVersion,
    [property: Id(2)] ImmutableArray<ulong> Had,
    [property: Id(3)] DateTimeOffset Until);

/// <summary>A freed slot offered to one who waits. Unused for two seconds it passes on.</summary>
[GenerateSerializer, Immutable, Alias("trove.wake-token")]
public sealed record WakeToken([property: Id(0)] PageId Page, [property: Id(1)] int Index);

/// <summary>A closed task with its evidence.</summary>
/// <param name="Index">Index on the page.</param>
/// <param name="Revision">Grows when a closed task has more to tell; the higher one replaces the lower.</param>
/// <param name="Outcome">What was decided.</param>
/// <param name="Answers">The counted answers, in order of arrival.</param>
/// <param name="SpentMinor">Money that its verdicts moved, minor units.</param>
/// <param name="ClosedAt">When it retired.</param>
[GenerateSerializer, Immutable, Alias("trove.task-closed")]
public sealed record TaskClosed(
    [property: Id(0)] int Index,
    [property: Id(1)] int Revision,
    [property: Id(2)] Outcome Outcome,
    [property: Id(3)] ImmutableArray<CountedAnswer> Answers,
    [property: Id(4)] long SpentMinor,
    [property: Id(5)] DateTimeOffset ClosedAt);

/// <summary>One counted answer.</summary>
/// <param name="Contributor">Whose.</param>
/// <param name="Assignment">The contributor's number for it.</param>
/// <param name="Content">What was answered.</param>
/// <param name="Reliability">How often the contributor was thought to be right when it came, 0 to 1.</param>
/// <param name="At">When it was counted.</param>
/// <param name="PriceMinor">What it earns, minor units: the price of the brief under which its lease was given.</param>
[GenerateSerializer, Immutable, Alias("trove.counted-answer")]
public sealed record CountedAnswer(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long Assignment,
    [property: Id(2)] AnswerContent Content,
    [property: Id(3)] double Reliability,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] long PriceMinor = 0);

/// <summary>Absolute counters of a page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Incarnation">Which life of the pool counts; another one: take the snapshot as it is.</param>
/// <param name="Version">Grows within an incarnation.</param>
/// <param name="Partial">The pool is still rebuilding: answers of open tasks are missing.</param>
/// <param name="Tasks">Tasks of the page.</param>
/// <param name="Closed">Closed tasks.</param>
/// <param name="Undecided">Closed tasks without agreement.</param>
/// <param name="Answers">Counted answers, open tasks included.</param>
/// <param name="Live">Live leases and reservations.</param>
/// <param name="ConfidenceSum">Sum of the closed tasks' confidence, for the mean.</param>
/// <param name="SpentMinor">Money moved.</param>
/// <param name="Newest">The latest closed tasks, newest first, at most 8.</param>
[GenerateSerializer, Immutable, Alias("trove.pool-snapshot")]
public sealed record PoolSnapshot(
    [property: Id(0)] int Page,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] long Version,
    [property: Id(3)] bool Partial,
    [property: Id(4)] int Tasks,
    [property: Id(5)] int Closed,
    [property: Id(6)] int Undecided,
    [property: Id(7)] long Answers,
    [property: Id(8)] int Live,
    [property: Id(9)] double ConfidenceSum,
    [property: Id(10)] long SpentMinor,
    [property: Id(11)] ImmutableArray<Activity> Newest);

/// <summary>A closed task in a short list; its outcome has the probability of each class where there are no more than <see cref="MostChances"/>.</summary>
[GenerateSerializer, Immutable, Alias("trove.activity")]
public sealed record Activity(
    [property: Id(0)] int Task,
    [property: Id(1)] string SourceId,
    [property: Id(2)] Outcome Outcome,
    [property: Id(3)] DateTimeOffset At)
{
    /// <summary>With more classes than this a board is told the leading one alone.</summary>
    public const int MostChances = 16;
}

/// <summary>Closed tasks of a page.</summary>
/// <param name="Items">In the order of closing.</param>
/// <param name="Next">Cursor of the next slice; null at the end of what is closed.</param>
[GenerateSerializer, Immutable, Alias("trove.result-slice")]
public sealed record ResultSlice([property: Id(0)] ImmutableArray<TaskResult> Items, [property: Id(1)] int? Next);

/// <summary>Evidence of closed tasks.</summary>
/// <param name="Items">In the order of closing.</param>
/// <param name="Next">Cursor of the next slice; null at the end of what is closed.</param>
[GenerateSerializer, Immutable, Alias("trove.evidence-slice")]
public sealed record EvidenceSlice([property: Id(0)] ImmutableArray<ClosedEvidence> Items, [property: Id(1)] int? Next);

/// <summary>One closed task and what its rules still allow.</summary>
/// <param name="Closed">The task.</param>
/// <param name="Redundancy">Its redundancy under the brief in force.</param>
/// <param name="Allowed">How many contributors may answer it; 0 = everybody.</param>
[GenerateSerializer, Immutable, Alias("trove.closed-evidence")]
public sealed record ClosedEvidence(
    [property: Id(0)] TaskClosed Closed,
    [property: Id(1)] Redundancy Redundancy,
    [property: Id(2)] int Allowed);

/// <summary>One closed task as a developer takes it home; contributors appear under a pseudonym of the project.</summary>
[GenerateSerializer, Immutable, Alias("trove.task-result")]
public sealed record TaskResult(
    [property: Id(0)] int Task,
    [property: Id(1)] TaskDefinition Definition,
    [property: Id(2)] TaskClosed Closed);
