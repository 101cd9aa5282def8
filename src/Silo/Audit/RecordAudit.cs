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
        foreach (var row in file.Rows(RecordTable.Records, "task/", "task0"))
        {
            var task = TaskId.Parse(RecordKey.Parse(row.Key).GrainKey);
            foreach (var answer in file.Decode<LabelTaskRecord>(row)?.Answers ?? [])
            {
                yield return new AnswerOnDisk(task.Project, task.Kind, task.Number, answer.Contributor, answer.Assignment, answer.Content);
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
            }
        }
        catch (RecordFileException e) when (e.Fault == RecordFileFault.Damaged)
        {
            findings.Add(AuditCodes.FileDamaged, AuditFile.PathIn(dataFolder), e.Message);
        }

        var named = findings.ToReport();
        return new AuditReport(named.IsEmpty, named, counts.ToTotals());
    }
}
