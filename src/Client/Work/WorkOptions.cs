using System.Collections.Immutable;
using Trove.Contracts.Contributors;

namespace Trove.Client.Work;

/// <summary>Who works where, and what the session tells meanwhile. The callbacks run on the connection's reading side: they must be short and not wait.</summary>
public sealed record WorkOptions
{
    /// <summary>Address of the server.</summary>
    public required Uri Server { get; init; }

    /// <summary>Says who works: an API key, or a simulated contributor's.</summary>
    public required string Key { get; init; }

    /// <summary>Projects to work on, 1 to 16.</summary>
    public required ImmutableArray<JoinProject> Projects { get; init; }

    /// <summary>Answers until the server asks whether to go on; null = as the brief says, 0 = never.</summary>
    public int? Stint { get; init; }

    /// <summary>Reads a changed brief and says whether to work on under it. Default: yes.</summary>
    public Func<BriefView, bool> ConfirmBrief { get; init; } = static _ => true;

    /// <summary>An item came in, before it is queued.</summary>
    public Action<Offer>? Offered { get; init; }

    /// <summary>An item is not wanted any more; it was dropped and the recall acknowledged unless its answer was on the way.</summary>
    public Action<RecallNotice>? Recalled { get; init; }

    /// <summary>Rewards so far.</summary>
    public Action<RewardUpdate>? Rewarded { get; init; }

    /// <summary>There is nothing to do now.</summary>
    public Action<WaitingNotice>? Waiting { get; init; }

    /// <summary>Something to know.</summary>
    public Action<Notice>? Noticed { get; init; }

    /// <summary>The connection is lost (with the cause, if known); the session tries to come back.</summary>
    public Action<Exception?>? Disconnected { get; init; }

    /// <summary>The session was joined again: after a lost connection, under a changed brief, or because the server had forgotten it.</summary>
    public Action<JoinResult>? Rejoined { get; init; }

    /// <summary>The server is too busy for a call; it is made again a moment later.</summary>
    public Action<RefusedException>? Delayed { get; init; }

    /// <summary>How long to wait between tries to come back.</summary>
    public Backoff Backoff { get; init; } = Backoff.Default;

    /// <summary>The clock of the waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The chance in the waits.</summary>
    public Random Random { get; init; } = Random.Shared;
}
