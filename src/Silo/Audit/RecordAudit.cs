using Trove.Contracts;
using Trove.Grains.Labeling;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>
/// Proves the invariants of a data folder from the record file itself, never through the grains, on a stopped or a running instance. Changes nothing.
/// </summary>
public static class RecordAudit
{
    /// <summary>Audits a data folder.</summary>
    /// <exception cref="RecordFileException">There is no record file, or it is another program's or a later version's.</exception>
    public static Task<AuditReport> RunAsync(string dataFolder, CancellationToken ct = default) => Task.Run(() => Run(dataFolder, ct), ct);

    /// <summary>Every counted answer in the file, as of one moment, in order of task. Records that can't be read are left out; <see cref="RunAsync"/> names them.</summary>
    /// <exception cref="RecordFileException">As with <see cref="RunAsync"/>, and when the file is damaged.</exception>
    public static IEnumerable<AnswerOnDisk> ReadAnswers(string dataFolder)
    {
        using var file = AuditFile.Open(dataFolder, CancellationToken.None);
        foreach (var row in file.Rows(RecordTable.Records, "task/", "task0")) // '0' is the character after '/'
        {
            if (AuditFile.TryParse(row.Key, TaskId.Parse, out var task) && file.Decode<LabelTaskRecord>(row) is { } record)
            {
                foreach (var answer in record.Answers)
                {
                    yield return new AnswerOnDisk(task.Project, task.Kind, task.Number, answer.Contributor, answer.Assignment, answer.Content);
                }
            }
        }
    }

    private static AuditReport Run(string dataFolder, CancellationToken ct)
    {
        var findings = new Findings();
        var counts = new AuditCounts();
        try
        {
            using var file = AuditFile.Open(dataFolder, ct);
            if (FileChecks.Structure(file, findings))
            {
                FileChecks.Records(file, findings);
                Records(file, findings, counts);
            }
        }
        catch (RecordFileException e) when (e.Fault == RecordFileFault.Damaged)
        {
            findings.Add(AuditCodes.FileDamaged, AuditFile.PathIn(dataFolder), e.Message);
        }

        var named = findings.ToReport();
        return new AuditReport(named.IsEmpty, named, counts.ToTotals());
    }

    /// <summary>Tasks page by page, then contributors one by one, then once more what did not add up.</summary>
    private static void Records(AuditFile file, Findings findings, AuditCounts counts)
    {
        var pages = new PageReader(file);
        var taskChecks = new TaskChecks(findings, counts, new BriefHistory(file));
        var pageChecks = new PageChecks(findings, counts);
        var projectChecks = new ProjectChecks(file, findings);
        var settlements = new Settlements(findings);
        foreach (var page in pages.Pages())
        {
            foreach (var (index, record) in page.Tasks.ToList())
            {
                if (record is not null && !taskChecks.Check(page, index, record))
                {
                    page.Tasks[index] = null;
                }

                settlements.Add(page, index, page.Tasks[index]);
            }

            pageChecks.Check(page);
            projectChecks.Add(page);
        }

        projectChecks.Check();
        Ledgers(file, pages, settlements, findings, counts);
    }

    private static void Ledgers(AuditFile file, PageReader pages, Settlements settlements, Findings findings, AuditCounts counts)
    {
        var ledgers = new LedgerReader(file);
        var checks = new LedgerChecks(ledgers, settlements, findings, counts);
        var missing = settlements.Contributors.ToHashSet(StringComparer.Ordinal);
        var unbalanced = new List<string>();
        foreach (var (contributor, record) in ledgers.Contributors())
        {
            counts.Contributors++;
            missing.Remove(contributor);
            if (record is not null && checks.Check(contributor, record) && !settlements.Of(contributor).IsBalanced)
            {
                unbalanced.Add(contributor);
            }
        }

        foreach (var contributor in missing)
        {
            findings.Add(AuditCodes.ContributorMissing, contributor, "Tasks have counted answers of this contributor, but there is no record.");
        }

        new LedgerJoin(pages, ledgers, settlements, findings).Check(unbalanced);
        counts.Unsettled = settlements.InTransit;
    }
}
