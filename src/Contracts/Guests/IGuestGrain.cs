using System.Collections.Immutable;
using Trove.Contracts.Contributors;

namespace Trove.Contracts.Guests;

/// <summary>
/// Somebody who tries one volunteer project before signing up. Key: a random id that only the guest's cookie names. The answers are held uncounted, take no
/// slot, and become those of an account when it hands them in; after <see cref="Days"/> nothing of it is left.
/// </summary>
[Alias("trove.IGuestGrain")]
public interface IGuestGrain : IGrainWithStringKey
{
    /// <summary>Items of one guest.</summary>
    const int Items = 10;

    /// <summary>Days that a guest is known.</summary>
    const int Days = 7;

    /// <summary>
    /// Picks a project and draws its items; the same again shows the same ones. Refused with <c>guest-one-project</c> when the guest has another,
    /// <c>guest-project-refused</c> when the project is not for guests or there is none, <c>guest-no-items</c> when it has nothing to answer now.
    /// </summary>
    [Alias("Begin")]
    Task<Result<GuestView>> Begin(string project);

    /// <summary>Where the guest stands. <c>guest-unknown</c> when it never began, or that is over.</summary>
    [Alias("View")]
    Task<Result<GuestView>> View();

    /// <summary>
    /// Holds an answer; another to the same item replaces it. Refused with <c>guest-unknown</c>, <c>guest-item-unknown</c>, <c>guest-handed-in</c>,
    /// <c>brief-changed</c>, <c>guest-project-refused</c>, <c>answer-invalid</c>.
    /// </summary>
    [Alias("Hold")]
    Task<Result<Done>> Hold(int task, ImmutableArray<string> values);

    /// <summary>
    /// Submits what is held as the answers of a contributor. Begun, it goes on by itself until each answer is counted or refused, whoever fails meanwhile, and
    /// the same again tells the same. After it the record names neither answers nor contributor. Refused with <c>guest-unknown</c>, and <c>guest-handed-in</c>
    /// while it is under way for another.
    /// </summary>
    [Alias("HandIn")]
    Task<Result<HandInReport>> HandIn(string contributor);

    /// <summary>Forgets the guest. Idempotent; answered when durable.</summary>
    [Alias("Clear")]
    Task Clear();
}

/// <summary>Where a guest stands.</summary>
/// <param name="Brief">What is asked and what for, as it stands now; shown before the first item.</param>
/// <param name="Items">What there is to answer, at most <see cref="IGuestGrain.Items"/>.</param>
/// <param name="Expires">When all of it is forgotten.</param>
/// <param name="HandedIn">Whether the answers became those of an account.</param>
[GenerateSerializer, Immutable, Alias("trove.guest-view")]
public sealed record GuestView(
    [property: Id(0)] BriefView Brief,
    [property: Id(1)] ImmutableArray<GuestItem> Items,
    [property: Id(2)] DateTimeOffset Expires,
    [property: Id(3)] bool HandedIn);

/// <summary>One item of a guest.</summary>
/// <param name="Task">Number of the task.</param>
/// <param name="Text">Text of the item, if any.</param>
/// <param name="Image">From the grain the content hash of the picture, if any; to the guest its address: signed, relative to the server, expiring.</param>
/// <param name="Answered">Whether an answer is held, or was handed in.</param>
/// <param name="Answer">The answer held, as it was sent; nothing once it is handed in.</param>
/// <param name="Fate">What became of the answer; null when it is not handed in.</param>
[GenerateSerializer, Immutable, Alias("trove.guest-item")]
public sealed record GuestItem(
    [property: Id(0)] int Task,
    [property: Id(1)] string? Text,
    [property: Id(2)] string? Image,
    [property: Id(3)] bool Answered,
    [property: Id(4)] ImmutableArray<string> Answer,
    [property: Id(5)] HeldFate? Fate);

/// <summary>What became of a guest's answers; nothing of both: none were held.</summary>
/// <param name="Project">The project.</param>
/// <param name="Counted">Answers that count as the account's.</param>
/// <param name="Refused">Those that do not, and why.</param>
[GenerateSerializer, Immutable, Alias("trove.hand-in-report")]
public sealed record HandInReport(
    [property: Id(0)] string Project,
    [property: Id(1)] int Counted,
    [property: Id(2)] ImmutableArray<RefusedAnswer> Refused);

/// <summary>A held answer that is not counted.</summary>
[GenerateSerializer, Immutable, Alias("trove.refused-answer")]
public sealed record RefusedAnswer([property: Id(0)] int Task, [property: Id(1)] HeldFate Why);
