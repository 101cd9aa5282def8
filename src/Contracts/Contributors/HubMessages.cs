using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Contracts.Contributors;

/// <summary>Client → server: start or resume work.</summary>
/// <param name="Projects">Projects to work on, 1 to 16; joining one is consent to its purpose, which a client shows first.</param>
/// <param name="Held">Tokens that the client still holds from before, at most 16: their leases are resumed where the slot is still its own.</param>
/// <param name="Stint">Answers until the client is asked whether to go on; null = the brief's; 0 = never.</param>
[GenerateSerializer, Immutable, Alias("trove.join-request")]
public sealed record JoinRequest(
    [property: Id(0)] ImmutableArray<JoinProject> Projects,
    [property: Id(1)] ImmutableArray<string> Held = default,
    [property: Id(2)] int? Stint = null);

/// <summary>A project to work on under a brief that the contributor has read.</summary>
/// <param name="Project">Its key.</param>
/// <param name="BriefVersion">The version confirmed; null = whichever is in force.</param>
[GenerateSerializer, Immutable, Alias("trove.join-project")]
public sealed record JoinProject([property: Id(0)] string Project, [property: Id(1)] int? BriefVersion = null);

/// <summary>What joining gave.</summary>
/// <param name="Session">Number of the session.</param>
/// <param name="Projects">The briefs worked under.</param>
/// <param name="Resumed">Leases that go on. New ones are pushed, or come with the reply to an answer.</param>
/// <param name="Lost">Held tokens whose lease is gone.</param>
[GenerateSerializer, Immutable, Alias("trove.join-result")]
public sealed record JoinResult(
    [property: Id(0)] long Session,
    [property: Id(1)] ImmutableArray<BriefView> Projects,
    [property: Id(2)] ImmutableArray<Offer> Resumed,
    [property: Id(3)] ImmutableArray<string> Lost);

/// <summary>A brief as contributors see it.</summary>
[GenerateSerializer, Immutable, Alias("trove.brief-view")]
public sealed record BriefView(
    [property: Id(0)] string Project,
    [property: Id(1)] int Version,
    [property: Id(2)] string Title,
    [property: Id(3)] string Purpose,
    [property: Id(4)] string Question,
    [property: Id(5)] LabelSchema Schema,
    [property: Id(6)] long PriceMinor);

/// <summary>Server → client: one leased item.</summary>
/// <param name="Token">Signed proof of the lease; comes back with the answer.</param>
/// <param name="Project">The project.</param>
/// <param name="Task">Number of the task.</param>
/// <param name="SourceId">The developer's name of the task.</param>
/// <param name="Text">Text of the item, if any.</param>
/// <param name="Image">Path of the image, if any: signed, relative to the server, expiring.</param>
/// <param name="BriefVersion">The brief it was given under.</param>
/// <param name="Deadline">When the lease ends; it is renewed while the client is connected.</param>
/// <param name="Draft">The unfinished answer kept for it, if any.</param>
[GenerateSerializer, Immutable, Alias("trove.offer")]
public sealed record Offer(
    [property: Id(0)] string Token,
    [property: Id(1)] string Project,
    [property: Id(2)] int Task,
    [property: Id(3)] string SourceId,
    [property: Id(4)] string? Text,
    [property: Id(5)] string? Image,
    [property: Id(6)] int BriefVersion,
    [property: Id(7)] DateTimeOffset Deadline,
    [property: Id(8)] string? Draft = null);

/// <summary>Client → server: an answer.</summary>
/// <param name="Token">The offer's token.</param>
/// <param name="Values">The chosen options by name, or the tags; one value for yes/no and single choice (<c>not-sure</c> allowed).</param>
[GenerateSerializer, Immutable, Alias("trove.submit-request")]
public sealed record SubmitRequest([property: Id(0)] string Token, [property: Id(1)] ImmutableArray<string> Values);

/// <summary>What became of an answer.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">What is wrong and what to do, when the answer was not taken.</param>
/// <param name="Rejoin">Join again with the tokens held: the server no longer knows the session, or an earlier reply with offers may have been lost.</param>
/// <param name="Offers">New leases, as if pushed: what was found while the answer was on its way to the disk.</param>
[GenerateSerializer, Immutable, Alias("trove.submit-result")]
public sealed record SubmitResult(
    [property: Id(0)] SubmitStatus Status,
    [property: Id(1)] string? Detail = null,
    [property: Id(2)] bool Rejoin = false,
    [property: Id(3)] ImmutableArray<Offer> Offers = default);

/// <summary>Client → server: not me. Also acknowledges a recall.</summary>
[GenerateSerializer, Immutable, Alias("trove.skip-request")]
public sealed record SkipRequest([property: Id(0)] string Token);

/// <summary>Client → server: an unfinished answer, at most <see cref="MaxLength"/> characters, opaque to the server.</summary>
[GenerateSerializer, Immutable, Alias("trove.draft-request")]
public sealed record DraftRequest([property: Id(0)] string Token, [property: Id(1)] string Draft)
{
    /// <summary>Longest draft, in characters.</summary>
    public const int MaxLength = 4096;
}

/// <summary>Server → client: drop this item, its task needs no more answers.</summary>
[GenerateSerializer, Immutable, Alias("trove.recall-notice")]
public sealed record RecallNotice([property: Id(0)] string Token, [property: Id(1)] RetirementReason Reason);

/// <summary>Server → client: rewards so far; the latest replaces earlier ones.</summary>
/// <param name="Pending">Answers counted whose task is not decided yet.</param>
/// <param name="Earned">Assignments earned.</param>
/// <param name="EarnedMinor">Money earned, minor units.</param>
/// <param name="Version">Grows with each change.</param>
[GenerateSerializer, Immutable, Alias("trove.reward-update")]
public sealed record RewardUpdate(
    [property: Id(0)] int Pending,
    [property: Id(1)] long Earned,
    [property: Id(2)] long EarnedMinor,
    [property: Id(3)] long Version);

/// <summary>Why nothing is offered.</summary>
public enum WaitingReason
{
    /// <summary>Every slot is taken; the next free one is pushed.</summary>
    NoSlotFree = 0,

    /// <summary>The stint is done; join again to go on.</summary>
    StintDone = 1,

    /// <summary>The project is paused.</summary>
    Paused = 2,

    /// <summary>Every project joined is closed, or has no work left for this contributor.</summary>
    Finished = 3,
}

/// <summary>Server → client: nothing to do now.</summary>
[GenerateSerializer, Immutable, Alias("trove.waiting-notice")]
public sealed record WaitingNotice([property: Id(0)] WaitingReason Reason);

/// <summary>What a notice is about.</summary>
public enum NoticeKind
{
    /// <summary>Another connection took this session over.</summary>
    Superseded = 0,

    /// <summary>The brief changed: read it, then join again with the new version.</summary>
    BriefChanged = 1,

    /// <summary>The server no longer knows the session: join again with the tokens held.</summary>
    Rejoin = 2,
}

/// <summary>Server → client: something to know.</summary>
[GenerateSerializer, Immutable, Alias("trove.notice")]
public sealed record Notice([property: Id(0)] NoticeKind Kind, [property: Id(1)] string? Project, [property: Id(2)] BriefView? Brief);

/// <summary>Everything that goes down one connection at one time; absent parts are null or empty.</summary>
[GenerateSerializer, Immutable, Alias("trove.contributor-push")]
public sealed record ContributorPush(
    [property: Id(0)] ImmutableArray<Offer> Offers,
    [property: Id(1)] ImmutableArray<RecallNotice> Recalls,
    [property: Id(2)] RewardUpdate? Reward,
    [property: Id(3)] WaitingNotice? Waiting,
    [property: Id(4)] Notice? Notice);

/// <summary>Balances of a contributor and the latest entries.</summary>
/// <param name="Contributor">Whose.</param>
/// <param name="EarnedMinor">Earned in all, minor units.</param>
/// <param name="Earned">Assignments earned.</param>
/// <param name="Score">Reputation 0 to 100.</param>
/// <param name="Latest">Latest ledger entries, newest last, at most 128.</param>
[GenerateSerializer, Immutable, Alias("trove.statement")]
public sealed record Statement(
    [property: Id(0)] string Contributor,
    [property: Id(1)] long EarnedMinor,
    [property: Id(2)] long Earned,
    [property: Id(3)] int Score,
    [property: Id(4)] ImmutableArray<LedgerEntry> Latest);

/// <summary>An immutable money movement.</summary>
/// <param name="Sequence">From 0, without gaps.</param>
/// <param name="At">When it was settled.</param>
/// <param name="Task">The task that moved it.</param>
/// <param name="Assignment">The assignment.</param>
/// <param name="Revision">Revision of the verdict.</param>
/// <param name="Kind">What was said.</param>
/// <param name="AmountMinor">Minor units; may be zero.</param>
[GenerateSerializer, Immutable, Alias("trove.ledger-entry")]
public sealed record LedgerEntry(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] TaskId Task,
    [property: Id(3)] long Assignment,
    [property: Id(4)] int Revision,
    [property: Id(5)] VerdictKind Kind,
    [property: Id(6)] long AmountMinor);
