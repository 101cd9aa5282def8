using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Contributors;

/// <summary>A lease in a contributor's window.</summary>
/// <param name="lease">What the token says.</param>
/// <param name="token">The token itself.</param>
/// <param name="item">What is shown.</param>
/// <param name="task">The task, by the reference that has found it already.</param>
internal sealed class HeldLease(Lease lease, string token, TaskDefinition item, ILabelTaskGrain task)
{
    public Lease Lease { get; } = lease;

    public ILabelTaskGrain Task { get; } = task;

    public string Token { get; } = token;

    /// <summary>When the task ends it by time; moved by renewals.</summary>
    public DateTimeOffset Deadline { get; set; } = lease.Deadline;

    /// <summary>An answer to it is on its way, so the window may be filled behind it.</summary>
    public bool Submitting { get; set; }

    /// <summary>How often its answer was sent: nobody waits for the reply to any but the last.</summary>
    public int Attempts { get; set; }

    /// <summary>When the client was told that it is no longer needed.</summary>
    public DateTimeOffset? RecalledAt { get; set; }

    /// <summary>Whether it takes a place in the window.</summary>
    public bool InWindow => !Submitting && RecalledAt is null;

    public Offer ToOffer(string? draft) => new(
        Token, Lease.Task.Project, Lease.Task.Number, item.SourceId, item.Text, item.Image, Lease.Policy.BriefVersion, Deadline, draft);
}
