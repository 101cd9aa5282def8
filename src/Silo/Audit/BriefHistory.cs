using Trove.Contracts.Labeling;
using Trove.Grains.Projects;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>What the briefs of a project allowed over time: a lease given under an earlier one stays good under the next.</summary>
internal sealed class BriefHistory(AuditFile file)
{
    private (string Project, ProjectRecord? Record) _latest = ("", null);

    /// <summary>The highest maximum of answers that was in force up to the policy's version of the brief.</summary>
    public int HighestMaximum(string project, TaskPolicy policy)
    {
        if (policy.BriefVersion <= 1)
        {
            return policy.Redundancy.Maximum;
        }

        if (_latest.Project != project)
        {
            var row = file.Find(RecordTable.Records, RecordKey.Of("project", project, "project"));
            _latest = (project, row is null ? null : file.Decode<ProjectRecord>(row));
        }

        return _latest.Record is { } record
            ? record.Briefs.Take(policy.BriefVersion).Select(brief => brief.Redundancy.Maximum).Append(policy.Redundancy.Maximum).Max()
            : policy.Redundancy.Maximum;
    }
}
