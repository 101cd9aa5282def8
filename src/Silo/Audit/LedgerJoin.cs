using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;

namespace Trove.Silo.Audit;

/// <summary>
/// The second look, at contributors whose ledger does not agree with what tasks decided: reads the tasks once more and names each difference.
/// Holds the verdicts of these contributors only.
/// </summary>
internal sealed class LedgerJoin(PageReader pages, LedgerReader ledgers, Settlements settlements, Findings findings)
{
    public void Check(IReadOnlyCollection<string> contributors)
    {
        if (contributors.Count == 0)
        {
            return;
        }

        var verdicts = contributors.ToDictionary(contributor => contributor, _ => new List<Due>(), StringComparer.Ordinal);
        foreach (var page in pages.Pages())
        {
            foreach (var (index, record) in page.Tasks)
            {
                if (record is not null && Settlements.HasVerdicts(record) && !settlements.IsUnreadable(page.Id.Task(index)))
                {
                    var isDue = page.HasHeardAll(index, record);
                    foreach (var (i, verdict) in new LabelTask(page.Id.Task(index), 1, record).Verdicts().Index())
                    {
                        verdicts.GetValueOrDefault(verdict.Contributor)?.Add(new Due(verdict, isDue || Settlements.IsSettled(record, i)));
                    }
                }
            }
        }

        foreach (var (contributor, due) in verdicts)
        {
            Check(contributor, due);
        }
    }

    private void Check(string contributor, List<Due> verdicts)
    {
        var wallet = ledgers.Find(contributor)!.Wallet;
        var reused = settlements.Of(contributor).Reused; // two verdicts of one number can't both be settled: that is named already
        var entries = new Dictionary<(long Assignment, int Revision), LedgerEntry>();
        foreach (var entry in ledgers.Entries(contributor, wallet))
        {
            if (!reused.Contains(entry.Assignment))
            {
                entries.TryAdd((entry.Assignment, entry.Revision), entry);
            }
        }

        foreach (var (verdict, isDue) in verdicts)
        {
            var key = (verdict.Assignment, verdict.Revision);
            if (reused.Contains(verdict.Assignment))
            {
                continue;
            }

            if (!entries.TryGetValue(key, out var entry) || entry.Task != verdict.Task)
            {
                if (isDue && !wallet.Suspense.Any(aside => aside.Verdict.Assignment == verdict.Assignment && aside.Verdict.Task == verdict.Task))
                {
                    findings.Add(AuditCodes.Unsettled, contributor, $"{verdict.Task} is closed, but its {verdict.Kind} of {verdict.AmountMinor} for assignment {verdict.Assignment} is in no ledger.");
                }

                continue;
            }

            entries.Remove(key);
            if (!Settlements.Matches(entry, verdict))
            {
                findings.Add(AuditCodes.AmountDiffers, contributor, $"Entry {entry.Sequence} says {entry.Kind} {entry.AmountMinor} for assignment {entry.Assignment}; {verdict.Task} said {verdict.Kind} {verdict.AmountMinor}.");
            }
        }

        foreach (var entry in entries.Values.Where(entry => !settlements.IsUnreadable(entry.Task)))
        {
            findings.Add(AuditCodes.SettledWithoutVerdict, contributor, $"Entry {entry.Sequence} settles {entry.Kind} {entry.AmountMinor} for assignment {entry.Assignment}; {entry.Task} decided no such thing.");
        }
    }

    private readonly record struct Due(Verdict Verdict, bool IsDue);
}
