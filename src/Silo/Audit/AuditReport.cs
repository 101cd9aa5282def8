using System.Collections.Immutable;
using Trove.Contracts.Labeling;

namespace Trove.Silo.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Clean">Whether every invariant holds: there is no finding.</param>
/// <param name="Findings">The faults, in the order of the checks. Of one code at most <see cref="AuditFinding.PerCode"/> are named; one more then counts the rest.</param>
/// <param name="Totals">What was counted on the way.</param>
public sealed record AuditReport(bool Clean, ImmutableArray<AuditFinding> Findings, AuditTotals Totals);

/// <summary>One fault.</summary>
/// <param name="Code">One of <see cref="AuditCodes"/>.</param>
/// <param name="Subject">What it is about: a task or page (<c>project/kind/number</c>), a contributor, a project, a record's key or a file.</param>
/// <param name="Detail">A sentence for people: what is there, and what should be.</param>
public sealed record AuditFinding(string Code, string Subject, string Detail)
{
    /// <summary>Findings of one code that are named one by one.</summary>
    public const int PerCode = 100;
}

/// <summary>What an audit counted.</summary>
/// <param name="Tasks">Tasks of all pages.</param>
/// <param name="Closed">Tasks that their page knows as closed.</param>
/// <param name="Answers">Counted answers, those of open tasks included.</param>
/// <param name="Settled">Entries of all ledgers.</param>
/// <param name="Contributors">Contributors with a record.</param>
/// <param name="Overshoot">Answers above their task's maximum, and answers counted after retirement.</param>
/// <param name="DoubleSettled">Ledger entries that repeat an assignment and revision.</param>
/// <param name="Unsettled">Verdicts in transit: decided, not yet in a ledger, and no fault, since their task has not closed.</param>
public sealed record AuditTotals(
    long Tasks, long Closed, long Answers, long Settled, long Contributors, long Overshoot, long DoubleSettled, long Unsettled);

/// <summary>A counted answer as it lies in the file.</summary>
/// <param name="Project">Key of the project.</param>
/// <param name="Kind">Kind of the task.</param>
/// <param name="Task">Number of the task in its project.</param>
/// <param name="Contributor">Who answered.</param>
/// <param name="Assignment">Number of the assignment.</param>
/// <param name="Content">The answer.</param>
public sealed record AnswerOnDisk(string Project, string Kind, int Task, string Contributor, long Assignment, AnswerContent Content);
