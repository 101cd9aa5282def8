using Trove.Contracts.Contributors;

namespace Trove.Frontend.Contributors;

/// <summary>What the work hub pushes. Each push is a hint: whoever misses one joins again and has the truth.</summary>
public interface IWorkClient
{
    /// <summary>New leases.</summary>
    Task Offer(Offer[] offers);

    /// <summary>Leases to drop.</summary>
    Task Recall(RecallNotice[] recalls);

    /// <summary>Rewards so far.</summary>
    Task Reward(RewardUpdate reward);

    /// <summary>Nothing to do now.</summary>
    Task Waiting(WaitingNotice waiting);

    /// <summary>Something to know.</summary>
    Task Notice(Notice notice);
}
