using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trove.Contracts.Contributors;

namespace Trove.Contracts.Labeling;

/// <summary>One label task: its slots, leases, answers, posterior and outcome. The only judge of its redundancy and quorum. Key: <see cref="TaskId.Key"/>.</summary>
[Alias("trove.ILabelTaskGrain")]
public interface ILabelTaskGrain : IGrainWithStringKey
{
    /// <summary>Leases a slot. Nothing is written: the lease is memory here and a signed token at the contributor.</summary>
    [Alias("Lease")]
    Task<LeaseReply> Lease(LeaseRequest request);

    /// <summary>Moves the deadline of a live lease. False when the lease is not live.</summary>
    [Alias("Renew")]
    Task<bool> Renew(string contributor, long assignment, DateTimeOffset deadline);

    /// <summary>Gives a slot back, by number; a number that is not live here is ignored.</summary>
    [Alias("Release")]
    Task<TaskTruth> Release(ReleaseRequest request);

    /// <summary>Counts an answer. Idempotent by assignment number; the reply comes after the answer is durable.</summary>
    [Alias("Submit")]
    Task<SubmitReply> Submit(TaskSubmission submission);

    /// <summary>Retires the task without consensus.</summary>
    [Alias("Cancel")]
    Task<TaskTruth> Cancel(RetirementReason reason, TaskPolicy policy);

    /// <summary>Wakes the task, so that what it still has to tell others is told.</summary>
    /// <param name="heard">The page has heard of this revision and set it aside, to open the task again: if that is where the task stands, it says a later one.</param>
    [Alias("Poke")]
    Task<TaskTruth> Poke(int heard);

    /// <summary>
    /// Takes a re-fit's view of a closed task: it changes its outcome, or opens the task again for more answers. What was settled stays settled, and
    /// every answer stays counted. A view of another revision changes nothing.
    /// </summary>
    [Alias("Reconsider")]
    Task<TaskTruth> Reconsider(Reconsideration view);

    /// <summary>What is kept here of one contributor, for that contributor alone.</summary>
    [Alias("WorkOf"), ReadOnly]
    Task<TaskWork> WorkOf(string contributor);

    /// <summary>The live posterior and counts, for the developer's eyes.</summary>
    [Alias("Inspect")]
    Task<TaskInspection> Inspect();
}

/// <summary>What a re-fit of the project's crowd thinks of a closed task.</summary>
/// <param name="Index">Index on the page.</param>
/// <param name="Revision">The revision of the closed task that was judged.</param>
/// <param name="Content">The leading answer.</param>
/// <param name="Confidence">Posterior probability of <paramref name="Content"/>, 0 to 1.</param>
/// <param name="Chances">Posterior probability of each class or option.</param>
/// <param name="Reliabilities">How often each of its contributors is thought to be right, 0 to 1, in the order of the task's answers.</param>
/// <param name="Method">Name and version of the method.</param>
/// <param name="Reopen">Confidence is below what the brief asks for, and more answers may be asked for.</param>
[GenerateSerializer, Immutable, Alias("trove.reconsideration")]
public sealed record Reconsideration(
    [property: Id(0)] int Index,
    [property: Id(1)] int Revision,
    [property: Id(2)] AnswerContent Content,
    [property: Id(3)] double Confidence,
    [property: Id(4)] ImmutableArray<double> Chances,
    [property: Id(5)] ImmutableArray<double> Reliabilities,
    [property: Id(6)] string Method,
    [property: Id(7)] bool Reopen);

/// <summary>A wish for a slot.</summary>
/// <param name="Contributor">Who asks.</param>
/// <param name="Assignment">Number of the assignment, unique to the contributor, never used twice.</param>
/// <param name="Deadline">When the lease shall end.</param>
/// <param name="Policy">The task's rules under the brief that the contributor confirmed.</param>
[GenerateSerializer, Immutable, Alias("trove.lease-request")]
public sealed record LeaseRequest(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long Assignment,
    [property: Id(2)] DateTimeOffset Deadline,
    [property: Id(3)] TaskPolicy Policy);

/// <summary>How a wish for a slot ended.</summary>
public enum LeaseStatus
{
    /// <summary>The slot is leased.</summary>
    Granted = 0,

    /// <summary>No slot is free.</summary>
    Full = 1,

    /// <summary>This contributor answered or skipped this task.</summary>
    Had = 2,

    /// <summary>The task is retired.</summary>
    Closed = 3,

    /// <summary>The wish came under an older brief; confirm the newer one.</summary>
    Confirm = 4,
}

/// <summary>Answer to a wish for a slot, with the task's truth to mend hints by.</summary>
[GenerateSerializer, Immutable, Alias("trove.lease-reply")]
public sealed record LeaseReply(
    [property: Id(0)] LeaseStatus Status,
    [property: Id(1)] TaskTruth Truth,
    [property: Id(2)] long Incarnation,
    [property: Id(3)] int BriefVersion);

/// <summary>What a lease token says. Signed by Trove, so that a task that lost its memory can take its holder's word.</summary>
/// <param name="Contributor">The holder.</param>
/// <param name="Task">The task.</param>
/// <param name="Assignment">The number.</param>
/// <param name="Incarnation">Which life of the task gave it.</param>
/// <param name="Deadline">When it ends.</param>
/// <param name="Policy">The rules it was given under.</param>
[GenerateSerializer, Immutable, Alias("trove.lease")]
public sealed record Lease(
    [property: Id(0)] string Contributor,
    [property: Id(1)] TaskId Task,
    [property: Id(2)] long Assignment,
    [property: Id(3)] long Incarnation,
    [property: Id(4)] DateTimeOffset Deadline,
    [property: Id(5)] TaskPolicy Policy);

/// <summary>How an assignment ended without an answer.</summary>
public enum ReleaseCause
{
    /// <summary>Given back: left, disconnected, or an unknown outcome of a lease.</summary>
    Released = 0,

    /// <summary>Not me: this contributor is not asked again.</summary>
    Skipped = 1,

    /// <summary>The contributor has seen the recall and had not answered.</summary>
    RecallSeen = 2,
}

/// <summary>A slot given back.</summary>
[GenerateSerializer, Immutable, Alias("trove.release")]
public sealed record ReleaseRequest(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long Assignment,
    [property: Id(2)] ReleaseCause Cause,
    [property: Id(3)] TaskPolicy Policy);

/// <summary>An answer on its way to its task.</summary>
/// <param name="Lease">The verified token.</param>
/// <param name="Content">The answer.</param>
/// <param name="Reliability">The contributor's estimated accuracy for this kind of label now, 0 to 1.</param>
[GenerateSerializer, Immutable, Alias("trove.submission")]
public sealed record TaskSubmission(
    [property: Id(0)] Lease Lease,
    [property: Id(1)] AnswerContent Content,
    [property: Id(2)] double Reliability);

/// <summary>How a submitted answer ended.</summary>
public enum SubmitStatus
{
    /// <summary>Counted and durable.</summary>
    Accepted = 0,

    /// <summary>This very assignment was counted before; nothing changed.</summary>
    AlreadyAccepted = 1,

    /// <summary>The task retired first; the answer is not counted and earns the kill fee.</summary>
    Recalled = 2,

    /// <summary>The lease ended (by time, by release, or its slot is taken); the answer is not counted.</summary>
    LeaseLost = 3,

    /// <summary>The message makes no sense; see the detail.</summary>
    Invalid = 4,
}

/// <summary>What became of an answer.</summary>
[GenerateSerializer, Immutable, Alias("trove.submit-reply")]
public sealed record SubmitReply([property: Id(0)] SubmitStatus Status, [property: Id(1)] TaskTruth Truth);

/// <summary>A task for a developer's eyes. Contributors appear under a pseudonym of the project.</summary>
[GenerateSerializer, Immutable, Alias("trove.task-inspection")]
public sealed record TaskInspection(
    [property: Id(0)] TaskTruth Truth,
    [property: Id(1)] ImmutableArray<double> Posterior,
    [property: Id(2)] Outcome? Outcome);

/// <summary>What a task keeps of one contributor.</summary>
/// <param name="Answer">Its counted answer, if there is one.</param>
/// <param name="Skipped">Whether it refused, which is kept where only some may answer.</param>
/// <param name="Recalled">Whether it held a lease when the task retired.</param>
/// <param name="KillFeeMinor">The kill fee that its work earned when the task retired first, minor units; null for none.</param>
[GenerateSerializer, Immutable, Alias("trove.task-work")]
public sealed record TaskWork(
    [property: Id(0)] CountedAnswer? Answer,
    [property: Id(1)] bool Skipped,
    [property: Id(2)] bool Recalled,
    [property: Id(3)] long? KillFeeMinor)
{
    /// <summary>Whether nothing is kept.</summary>
    [JsonIgnore]
    public bool IsNothing => this is { Answer: null, Skipped: false, Recalled: false, KillFeeMinor: null };
}

/// <summary>What a verdict says about an assignment.</summary>
public enum VerdictKind
{
    /// <summary>The answer was counted; its price is earned.</summary>
    Earned = 0,

    /// <summary>The work was recalled when it was done already; the kill fee is earned.</summary>
    KillFee = 1,

    /// <summary>An earlier verdict is taken back.</summary>
    Reversed = 2,
}

/// <summary>A task's verdict about one assignment. Settled exactly once: key is (assignment, revision).</summary>
/// <param name="Contributor">Whose assignment.</param>
/// <param name="Assignment">Its number.</param>
/// <param name="Revision">0 for the first verdict of an assignment; each later one has the next number.</param>
/// <param name="Task">The task.</param>
/// <param name="Kind">What is said.</param>
/// <param name="AmountMinor">Money, minor units; negative when taken back.</param>
/// <param name="Label">Kind of label, for reputation.</param>
/// <param name="Classes">Number of classes, for reputation.</param>
/// <param name="Right">Probability that the answer was right, judged without this contributor's own weight; NaN when nothing is known.</param>
[GenerateSerializer, Immutable, Alias("trove.verdict")]
public sealed record Verdict(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long Assignment,
    [property: Id(2)] int Revision,
    [property: Id(3)] TaskId Task,
    [property: Id(4)] VerdictKind Kind,
    [property: Id(5)] long AmountMinor,
    [property: Id(6)] Projects.LabelKind Label,
    [property: Id(7)] int Classes,
    [property: Id(8), JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Right);
