using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>How a verdict is written.</summary>
internal static class Verdicts
{
    /// <summary>Writes all of it.</summary>
    public static void Write(ref RecordWriter w, Verdict verdict)
    {
        w.Text(verdict.Contributor);
        w.Signed(verdict.Assignment);
        w.Signed(verdict.Revision);
        w.Text(verdict.Task.Project);
        w.Text(verdict.Task.Kind);
        w.Count(verdict.Task.Number);
        w.Enum(verdict.Kind);
        w.Signed(verdict.AmountMinor);
        w.Enum(verdict.Label);
        w.Count(verdict.Classes);
        w.Double(verdict.Right);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Verdict Read(ref RecordReader r) => new(
        r.Text(),
        r.Signed(),
        (int)r.Signed(),
        new TaskId(r.Text(), r.Text(), r.Count()),
        r.Enum<VerdictKind>(),
        r.Signed(),
        r.Enum<LabelKind>(),
        r.Count(),
        r.Double());
}
