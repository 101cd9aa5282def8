using System.Collections.Immutable;
using Trove.Contracts.Projects;

namespace Trove.Contracts.Labeling;

/// <summary>One question about one item, as a developer imports it.</summary>
/// <param name="SourceId">The developer's own name of it, unique in the project; an import is idempotent by it.</param>
/// <param name="Text">Text shown with the question, if any.</param>
/// <param name="Image">Content hash (64 hex digits, SHA-256) of a stored image, if any.</param>
/// <param name="Redundancy">Overrides the brief's redundancy.</param>
/// <param name="Allowed">The only contributors who may answer, by their pseudonyms in the project as results show them, or by id; empty = everybody.</param>
[GenerateSerializer, Immutable, Alias("trove.task-definition")]
public sealed record TaskDefinition(
    [property: Id(0)] string SourceId,
    [property: Id(1)] string? Text = null,
    [property: Id(2)] string? Image = null,
    [property: Id(3)] Redundancy? Redundancy = null,
    [property: Id(4)] ImmutableArray<string> Allowed = default)
{
    /// <summary>Longest source id, in characters.</summary>
    public const int MaxSourceId = 200;

    /// <summary>Longest text, in characters.</summary>
    public const int MaxText = 4000;

    /// <summary>Most definitions in one append, and in one stored chunk.</summary>
    public const int ChunkSize = 64;
}

/// <summary>What a task needs to know to judge itself; frozen in each lease, so that a given word is kept when the brief changes.</summary>
/// <param name="Label">How it is answered.</param>
/// <param name="Classes">Number of classes or options; 0 for tags.</param>
/// <param name="Redundancy">How many answers it collects.</param>
/// <param name="Allowed">How many contributors may answer; 0 = everybody.</param>
/// <param name="BriefVersion">The version of the brief these rules come from.</param>
/// <param name="PriceMinor">Pay for an accepted answer, minor units.</param>
/// <param name="KillFeePercent">Part of the price paid for recalled work.</param>
[GenerateSerializer, Immutable, Alias("trove.task-policy")]
public sealed record TaskPolicy(
    [property: Id(0)] LabelKind Label,
    [property: Id(1)] int Classes,
    [property: Id(2)] Redundancy Redundancy,
    [property: Id(3)] int Allowed,
    [property: Id(4)] int BriefVersion,
    [property: Id(5)] long PriceMinor,
    [property: Id(6)] int KillFeePercent);

/// <summary>Content of an answer.</summary>
/// <param name="Choices">Which classes of the schema, by index, ascending; exactly one for yes/no and single choice, unless not sure.</param>
/// <param name="Tags">Which tags, folded, in order of spelling.</param>
/// <param name="NotSure">A real answer that counts, but says nothing.</param>
[GenerateSerializer, Immutable, Alias("trove.answer-content")]
public sealed record AnswerContent(
    [property: Id(0)] ImmutableArray<int> Choices,
    [property: Id(1)] ImmutableArray<string> Tags,
    [property: Id(2)] bool NotSure = false);

/// <summary>Why a task stopped being offered.</summary>
public enum RetirementReason
{
    /// <summary>It is not retired.</summary>
    None = 0,

    /// <summary>The answers agree well enough, or as many as were wanted have come.</summary>
    Consensus = 1,

    /// <summary>The maximum came, or nobody who may answer is left, and the answers do not agree.</summary>
    Undecided = 2,

    /// <summary>Nobody who may answer is left and fewer answers than wanted came.</summary>
    Exhausted = 3,

    /// <summary>The item was withdrawn by its owner.</summary>
    Withdrawn = 4,

    /// <summary>The project was closed.</summary>
    Cancelled = 5,
}

/// <summary>What a task decided, with how sure it is.</summary>
/// <param name="Reason">Why it retired.</param>
/// <param name="Content">The leading answer; null when nothing was answered.</param>
/// <param name="Confidence">Posterior probability of <paramref name="Content"/>, 0 to 1.</param>
/// <param name="Answers">Counted answers.</param>
/// <param name="Method">Name and version of the method that judged it, such as <c>live/1</c>.</param>
/// <param name="Chances">
/// Posterior probability of each class (single choice) or option (multiple choice), where a re-fit gave it; empty where it follows from the task's answers.
/// </param>
[GenerateSerializer, Immutable, Alias("trove.outcome")]
public sealed record Outcome(
    [property: Id(0)] RetirementReason Reason,
    [property: Id(1)] AnswerContent? Content,
    [property: Id(2)] double Confidence,
    [property: Id(3)] int Answers,
    [property: Id(4)] string Method = Outcome.Live,
    [property: Id(5)] ImmutableArray<double> Chances = default)
{
    /// <summary>Judged when the task retired, by its own answers.</summary>
    public const string Live = "live/1";

    /// <summary>Whether the outcome is only the leading answer of a split vote.</summary>
    public bool Undecided => Reason is RetirementReason.Undecided or RetirementReason.Exhausted;
}

/// <summary>Where a task stands, told with every reply so that hints can be mended.</summary>
/// <param name="Answers">Counted answers.</param>
/// <param name="Live">Live leases.</param>
/// <param name="Target">Answers wanted now.</param>
/// <param name="Retired">Why it stopped, or <see cref="RetirementReason.None"/>.</param>
/// <param name="Confidence">Posterior of the leading answer.</param>
/// <param name="FreeAt">When the earliest live lease ends by time; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("trove.task-truth")]
public readonly record struct TaskTruth(
    [property: Id(0)] int Answers,
    [property: Id(1)] int Live,
    [property: Id(2)] int Target,
    [property: Id(3)] RetirementReason Retired,
    [property: Id(4)] float Confidence,
    [property: Id(5)] DateTimeOffset? FreeAt)
{
    /// <summary>Slots that can be leased now.</summary>
    public int Free => Retired == RetirementReason.None ? Math.Max(0, Target - Answers - Live) : 0;
}
