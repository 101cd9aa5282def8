using Trove.Contracts.Labeling;
using Trove.Grains.Contributors;

namespace Trove.Silo.Audit;

/// <summary>One contributor by themselves: a ledger without gaps, balances that are its sum, numbers that were reserved and ended.</summary>
internal sealed class LedgerChecks(LedgerReader ledgers, Settlements settlements, Findings findings, AuditCounts counts)
{
    /// <returns>Whether the ledger can be read from end to end, so that it can be held against the tasks.</returns>
    public bool Check(string contributor, ContributorHot record)
    {
        CheckSuspense(contributor, record.Wallet);
        CheckMark(contributor, record.Numbers);
        if (!PagesAreSound(contributor, record.Wallet))
        {
            return false;
        }

        CheckEntries(contributor, record);
        return true;
    }

    private void CheckSuspense(string contributor, Wallet wallet)
    {
        foreach (var (verdict, reason) in wallet.Suspense)
        {
            findings.Add(AuditCodes.Suspense, contributor, $"A verdict of {verdict.Task} about assignment {verdict.Assignment} was put aside: {reason}");
        }

        if (wallet.SuspenseOverflow > 0)
        {
            findings.Add(AuditCodes.Suspense, contributor, $"{wallet.SuspenseOverflow} more verdicts were put aside; they stand in the log only.");
        }
    }

    private void CheckMark(string contributor, AssignmentNumbers numbers)
    {
        if (numbers.EndedBelow > numbers.Reserved)
        {
            findings.Add(AuditCodes.NumbersWrong, contributor, $"The number {numbers.EndedBelow - 1} ended, but only those below {numbers.Reserved} were reserved.");
        }

        if (settlements.Of(contributor).Used.Highest >= numbers.Reserved)
        {
            findings.Add(AuditCodes.NumbersWrong, contributor, $"A task counted the number {settlements.Of(contributor).Used.Highest}, but only those below {numbers.Reserved} were reserved.");
        }
    }

    private bool PagesAreSound(string contributor, Wallet wallet)
    {
        var before = findings.Count;
        var next = 0;
        foreach (var (name, page) in ledgers.Pages(contributor))
        {
            if (page is null)
            {
                return false; // named already
            }

            if (page.Number != next || name != LedgerPage.Name(next) || page.Entries.Length != LedgerPage.Size)
            {
                Gap($"Where page {next} with {LedgerPage.Size} entries is due there is {name}, which says page {page.Number} and has {page.Entries.Length}.");
                return false;
            }

            // A crash between the writing of a page and the cutting of the tail leaves both: then they must agree.
            if (next >= wallet.Pages && (next > wallet.Pages || !page.Entries.SequenceEqual(wallet.Tail.Take(LedgerPage.Size))))
            {
                Gap($"The {name} is not among the {wallet.Pages} pages of the record, and is not what its latest entries say.");
            }

            next++;
        }

        if (next < wallet.Pages)
        {
            Gap($"The record speaks of {wallet.Pages} pages; there are {next}.");
        }

        return findings.Count == before;

        void Gap(string detail) => findings.Add(AuditCodes.LedgerGap, contributor, detail);
    }

    private void CheckEntries(string contributor, ContributorHot record)
    {
        var (earned, earnedMinor) = (0L, 0L);
        var first = new NumberSet();
        var later = new HashSet<(long Assignment, int Revision)>();
        foreach (var entry in ledgers.Entries(contributor, record.Wallet))
        {
            counts.Settled++;
            earned += entry.Kind == VerdictKind.Reversed ? -1 : 1;
            earnedMinor += entry.AmountMinor;
            if (!(entry.Revision == 0 ? first.Add(entry.Assignment) : later.Add((entry.Assignment, entry.Revision))))
            {
                counts.DoubleSettled++;
                findings.Add(AuditCodes.SettledTwice, contributor, $"Entry {entry.Sequence} settles revision {entry.Revision} of assignment {entry.Assignment} again, for {entry.Task}.");
                continue; // its twin is held against the task
            }

            if (record.Numbers.StateOf(entry.Assignment) != NumberState.Ended)
            {
                findings.Add(AuditCodes.NumbersWrong, contributor, $"Entry {entry.Sequence} settles assignment {entry.Assignment}, whose number counts as {record.Numbers.StateOf(entry.Assignment)}.");
            }

            settlements.Add(contributor, entry);
        }

        if (record.Wallet.Earned != earned || record.Wallet.EarnedMinor != earnedMinor)
        {
            findings.Add(AuditCodes.UnbalancedWallet, contributor, $"The balance is {record.Wallet.Earned} assignments and {record.Wallet.EarnedMinor}; the ledger makes {earned} and {earnedMinor}.");
        }
    }
}
