namespace Trove.Silo.Audit;

/// <summary>What is counted on the way; see <see cref="AuditTotals"/>.</summary>
internal sealed class AuditCounts
{
    public long Tasks { get; set; }

    public long Closed { get; set; }

    public long Answers { get; set; }

    public long Settled { get; set; }

    public long Contributors { get; set; }

    public long Overshoot { get; set; }

    public long DoubleSettled { get; set; }

    public long Unsettled { get; set; }

    public AuditTotals ToTotals() => new(Tasks, Closed, Answers, Settled, Contributors, Overshoot, DoubleSettled, Unsettled);
}
