using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;

namespace Trove.Grains.Contributors;

/// <summary>Verdicts, rewards, recalls, and the record they live in.</summary>
internal sealed partial class ContributorGrain
{
    private readonly HashSet<long> _pending = [];
    private long _durableSettled;

    public async Task Settle(ImmutableArray<Verdict> verdicts)
    {
        var changed = false;
        foreach (var verdict in verdicts)
        {
            _pending.Remove(verdict.Assignment);
            switch (Hot.Wallet.Settle(verdict, Now, out var reason))
            {
                case SettleOutcome.Settled:
                    Hot.Reputation.Observe(verdict);
                    Hot.RewardVersion++;
                    changed = true;
                    break;

                case SettleOutcome.Suspense:
                    LogSuspense(logger, _key, verdict.Assignment, verdict.Task, reason!);
                    changed = true;
                    break;

                case SettleOutcome.OutOfOrder:
                    throw new TroveException("verdict-out-of-order", $"Revision {verdict.Revision} of assignment {verdict.Assignment} came before the one before it.");
            }
        }

        await (changed ? _gate.CommitAsync(options.SettleJoin) : _gate.CoveredAsync());
        if (changed)
        {
            RewardChanged();
        }
    }

    public Task<bool> Recall(TaskId task, long assignment, RetirementReason reason)
    {
        // It was not answered: should the task open again, it may be had again.
        _session?.Find(task.Project)?.Had(task.Page.Page)[task.Index] = false;
        if (!_leases.TryGetValue(assignment, out var held))
        {
            _asking.Remove(assignment); // its grant may still be on the way: it must not be offered
            return Task.FromResult(true);
        }

        if (held.Submitting)
        {
            return Task.FromResult(false);
        }

        if (_session is not { IsConnected: true })
        {
            Drop(held);
            return Task.FromResult(true);
        }

        if (_session.Untold.Remove(held))
        {
            Drop(held);
            Refill();
            return Task.FromResult(true);
        }

        held.RecalledAt = Now;
        Push(recalls: [new RecallNotice(held.Token, reason)]);
        Refill();
        return Task.FromResult(false);
    }

    public async Task<Statement> Statement()
    {
        var statement = new Statement(
            _key, Hot.Wallet.EarnedMinor, Hot.Wallet.Earned, Hot.Reputation.Score, [.. Hot.Wallet.Tail]);
        await _gate.CoveredAsync();
        return statement;
    }

    /// <summary>Makes sure that a number can be given out. The mark is durable before the first number below it leaves.</summary>
    private async Task ReserveNumbers()
    {
        while (Hot.Numbers.Left < MaxHeld)
        {
            var mark = Hot.Numbers.Reserve();
            await _gate.CommitAsync();
            Hot.Numbers.Open(mark);
        }
    }

    private async Task WriteHotAsync()
    {
        // Only entries that are durable go on pages, so two lives that overlap would write the same page.
        while (Hot.Wallet.PageDue is { } page && (page.Number + 1L) * LedgerPage.Size <= _durableSettled)
        {
            await new BulkRecords(storage, this.GetGrainId()).Create(LedgerPage.Name(page.Number), page);
            Hot.Wallet.Cut(page);
        }

        var settled = Hot.Wallet.Settled;
        await hot.WriteStateAsync();
        _durableSettled = settled;
    }
}
