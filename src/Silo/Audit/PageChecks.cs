using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Trove.Grains.Records;

namespace Trove.Silo.Audit;

/// <summary>A page against its tasks: what is closed, with which evidence, and what it adds up to.</summary>
internal sealed class PageChecks(Findings findings, AuditCounts counts)
{
    public void Check(AuditPage page)
    {
        foreach (var chunk in page.MissingChunks)
        {
            findings.Add(AuditCodes.DefinitionsMissing, page.Id.Key, $"The record {TaskChunk.Name(chunk)} is missing, or has another size than the page says.");
        }

        if (page.Pool is not { } pool)
        {
            return;
        }

        counts.Tasks += pool.Count;
        counts.Closed += page.Closed.Count();
        if (page.Evidence is null)
        {
            return; // a segment that can't be read: there is nothing to compare with
        }

        var before = findings.Count;
        var reopened = new PageBits(pool.Reopened.AsSpan());
        for (var index = 0; index < TaskId.PageSize; index++)
        {
            if (page.Closed[index])
            {
                CheckEvidence(page, pool, index);
            }
            else if (reopened[index] && !page.Evidence.ContainsKey(index))
            {
                findings.Add(AuditCodes.EvidenceMissing, page.Id.Task(index).Key, "Its page says that it is open again, but no segment has what it was closed as.");
            }
        }

        // Sums over evidence that is missing or wrong say nothing new.
        if (findings.Count == before)
        {
            CheckSums(page, pool, reopened);
        }
    }

    private void CheckEvidence(AuditPage page, TaskPoolRecord pool, int index)
    {
        var task = page.Id.Task(index);
        var entry = page.Evidence!.GetValueOrDefault(index);
        var exists = page.Tasks.TryGetValue(index, out var record);
        if (index >= pool.Count)
        {
            Missing($"Its page calls it closed, but has only {pool.Count} tasks.");
        }
        else if (entry is null && !exists)
        {
            // Tasks that were never opened when their project closed are closed without a word.
            if (pool.Terms?.State != ProjectState.Closed)
            {
                Missing("Its page calls it closed, but there is neither evidence nor a record of it.");
            }
        }
        else if (entry is null)
        {
            Missing("Its page calls it closed, but no segment has its evidence.");
        }
        else if (!exists)
        {
            Missing("Its page calls it closed, but it has no record.");
        }
        else if (record is { Outcome: null })
        {
            Missing("Its page calls it closed, but it is not retired.");
        }
        else if (record is { Policy: not null } && entry.Revision >= record.Revision && !Same(entry, new LabelTask(task, 1, record).Closed()))
        {
            findings.Add(AuditCodes.EvidenceDiffers, task.Key, $"Its segment has revision {entry.Revision}, {entry.Answers.Length} answers, {entry.Outcome.Reason}, spent {entry.SpentMinor}; its record says otherwise.");
        }

        void Missing(string detail) => findings.Add(AuditCodes.EvidenceMissing, task.Key, detail);
    }

    private void CheckSums(AuditPage page, TaskPoolRecord pool, PageBits reopened)
    {
        var sum = PoolTotals.Zero;
        foreach (var (index, entry) in page.Evidence!)
        {
            sum = page.Closed[index] ? sum.With(entry) : reopened[index] ? sum.WithSpent(entry) : sum;
        }

        var totals = pool.Totals;
        if (totals.Revisions < sum.Revisions)
        {
            return; // closings came again, and a crash before the page's record: it counts anew when it next looks at its evidence
        }

        sum = sum with { Closed = page.Closed.Count() };
        if (totals.Closed != sum.Closed || totals.Undecided != sum.Undecided || totals.Answers != sum.Answers
            || Math.Abs(totals.ConfidenceSum - sum.ConfidenceSum) is not <= 1e-6)
        {
            findings.Add(AuditCodes.TotalsWrong, page.Id.Key, $"It says {Text(totals)}; its closed tasks make {Text(sum)}.");
        }

        if (totals.SpentMinor != sum.SpentMinor)
        {
            findings.Add(AuditCodes.UnbalancedLedger, page.Id.Key, $"It says that {totals.SpentMinor} was spent; the verdicts of its closed tasks make {sum.SpentMinor}.");
        }
    }

    private static string Text(PoolTotals totals) =>
        $"{totals.Closed} closed, {totals.Undecided} undecided, {totals.Answers} answers, confidence {totals.ConfidenceSum:F6}";

    private static bool Same(TaskClosed a, TaskClosed b) => Bytes(a).AsSpan().SequenceEqual(Bytes(b));

    private static byte[] Bytes(TaskClosed closed)
    {
        var w = new RecordWriter();
        try
        {
            new ResultSegment([closed]).Write(ref w);
            return w.ToArray();
        }
        finally
        {
            w.Dispose();
        }
    }
}
