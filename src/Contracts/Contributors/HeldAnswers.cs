using Trove.Contracts.Labeling;

namespace Trove.Contracts.Contributors;

/// <summary>An answer that was given before its giver was a contributor.</summary>
/// <param name="Task">The task.</param>
/// <param name="Assignment">A number of the contributor's, taken for this answer and written down before it is sent: by it a repetition is known.</param>
/// <param name="Policy">The rules of the task when it was shown.</param>
/// <param name="Content">What was answered.</param>
[GenerateSerializer, Immutable, Alias("trove.held-answer")]
public sealed record HeldAnswer(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] long Assignment,
    [property: Id(2)] TaskPolicy Policy,
    [property: Id(3)] AnswerContent Content);

/// <summary>What became of a held answer.</summary>
public enum HeldFate
{
    /// <summary>It counts as the contributor's.</summary>
    Counted = 0,

    /// <summary>The contributor answered or skipped this task, or has it open.</summary>
    AlreadyYours = 1,

    /// <summary>The task has, or is getting, as many answers as it wants.</summary>
    NotNeeded = 2,

    /// <summary>The question was changed since.</summary>
    BriefChanged = 3,

    /// <summary>The project is paused or closed.</summary>
    ProjectShut = 4,
}
