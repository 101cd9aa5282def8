using System.Collections.Immutable;
using Trove.Contracts.Labeling;

namespace Trove.Contracts.Contributors;

/// <summary>One contributor: presence, the window of leases, settled rewards and reputation. Key: an opaque id, never reused.</summary>
[Alias("trove.IContributorGrain")]
public interface IContributorGrain : IGrainWithStringKey
{
    /// <summary>Opens a session, superseding the one before; leases still live are handed over. Refused with <c>not-eligible</c> when a project is not for this person.</summary>
    [Alias("Join")]
    Task<Result<JoinResult>> Join(SessionOrigin origin, JoinRequest request);

    /// <summary>An answer. The reply comes after it is durable.</summary>
    [Alias("Submit")]
    Task<SubmitResult> Submit(long session, SubmitRequest request);

    /// <summary>Numbers for answers held elsewhere, never given out before; 1 to 10. Whoever takes them writes them down before the first is used.</summary>
    [Alias("TakeNumbers")]
    Task<ImmutableArray<long>> TakeNumbers(int count);

    /// <summary>
    /// Submits an answer that was given before its giver was this contributor, by the rules of any other: never a second one to a task, never more than the task
    /// takes. The reply comes after it is durable; the same number again is told the same, and never counted twice.
    /// </summary>
    [Alias("SubmitHeld")]
    Task<HeldFate> SubmitHeld(HeldAnswer answer);

    /// <summary>Gives one item back.</summary>
    [Alias("Skip")]
    Task<Result<Done>> Skip(long session, SkipRequest request);

    /// <summary>Keeps an unfinished answer, so that it is there on the next device.</summary>
    [Alias("SaveDraft")]
    Task<Result<Done>> SaveDraft(long session, DraftRequest request);

    /// <summary>Ends the session and gives every lease back at once.</summary>
    [Alias("Leave")]
    Task Leave(long session);

    /// <summary>The connection of a session is gone; its leases stay for the grace. A superseded session is ignored.</summary>
    [Alias("Disconnected")]
    Task Disconnected(long session);

    /// <summary>The frontend still holds the session's connection.</summary>
    [Alias("Present")]
    Task<PresenceStatus> Present(long session);

    /// <summary>Verdicts of tasks. Exactly once each by (assignment, revision); never refused; answered when durable.</summary>
    [Alias("Settle")]
    Task Settle(ImmutableArray<Verdict> verdicts);

    /// <summary>
    /// A task retired while this contributor held a lease on it. True when the assignment is over here (nobody is connected, or the lease is
    /// unknown); false when the client was told and its word, a late answer or a skip, follows.
    /// </summary>
    [Alias("Recall")]
    Task<bool> Recall(TaskId task, long assignment, RetirementReason reason);

    /// <summary>A slot may be free. True when the contributor goes for it.</summary>
    [Alias("Wake")]
    Task<bool> Wake(WakeToken token);

    /// <summary>A project's window or brief changed.</summary>
    [Alias("WindowChanged")]
    Task WindowChanged(string project);

    /// <summary>What the contributor says of itself; empty when nothing.</summary>
    [Alias("GetProfile"), ReadOnly]
    Task<ContributorProfile> GetProfile();

    /// <summary>
    /// Replaces the profile; an empty one deletes it. Projects of the session that no longer fit offer nothing more; what was offered may be finished.
    /// Refused with <c>profile-invalid</c>.
    /// </summary>
    [Alias("SetProfile")]
    Task<Result<ContributorProfile>> SetProfile(ContributorProfile said);

    /// <summary>Balances and the latest ledger entries.</summary>
    [Alias("Statement")]
    Task<Statement> Statement();

    /// <summary>Everything that is kept of the contributor but its ledger, for itself.</summary>
    [Alias("Dossier"), ReadOnly]
    Task<ContributorDossier> Dossier();

    /// <summary>Ledger entries from this sequence number on, oldest first, some at a time.</summary>
    [Alias("Ledger"), ReadOnly]
    Task<LedgerSlice> Ledger(long from);

    /// <summary>
    /// Erases what is personal (drafts, profile, where it worked), ends the session and gives its leases back; nobody works as this contributor again. Ledger and balances stay,
    /// and what is still to be settled is settled. Idempotent; answered when durable.
    /// </summary>
    [Alias("Forget")]
    Task Forget();
}

/// <summary>What a contributor knows of a session that a frontend still holds.</summary>
public enum PresenceStatus
{
    /// <summary>It is the current one.</summary>
    Current = 0,

    /// <summary>A newer one took its place; its connection has nothing to do any more.</summary>
    Superseded = 1,

    /// <summary>The memory of it is gone: its client must join again.</summary>
    Unknown = 2,
}

/// <summary>A frontend's ear for contributors. It only queues and returns.</summary>
[Alias("trove.IContributorSink")]
public interface IContributorSink : IGrainObserver
{
    /// <summary>Sends what happened down one connection.</summary>
    [Alias("Push")]
    Task Push(string connection, ContributorPush push);
}

/// <summary>Where a session's connection ends.</summary>
/// <param name="Frontend">Random id of the frontend process.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Sink">The frontend's ear.</param>
/// <param name="Simulated">The one project that a simulated contributor may work on; null for people, who may work on any but simulated ones.</param>
[GenerateSerializer, Immutable, Alias("trove.session-origin")]
public sealed record SessionOrigin(
    [property: Id(0)] string Frontend,
    [property: Id(1)] string Connection,
    [property: Id(2)] IContributorSink Sink,
    [property: Id(3)] string? Simulated = null);
