namespace Trove.Silo.Audit;

/// <summary>The stable codes of findings. <c>docs/audit.md</c> says for operators what each means and what to do.</summary>
public static class AuditCodes
{
    /// <summary>The structure of the file or of its log is broken. Nothing else was looked at.</summary>
    public const string FileDamaged = "file-damaged";

    /// <summary>A record does not match its checksum, or its bytes make no sense, or a later build wrote it.</summary>
    public const string Damaged = "damaged";

    /// <summary>A task counted more answers than its maximum.</summary>
    public const string ExtraAnswer = "extra-answer";

    /// <summary>An answer was counted after its task retired.</summary>
    public const string LateAnswer = "late-answer";

    /// <summary>A contributor has two counted answers on one task.</summary>
    public const string SecondAnswer = "second-answer";

    /// <summary>A counted answer is by somebody who is not on the task's allow-list.</summary>
    public const string NotAllowed = "not-allowed";

    /// <summary>A counted answer names no class of its schema.</summary>
    public const string InvalidAnswer = "invalid-answer";

    /// <summary>A task's outcome (leading answer, confidence, reason) does not follow from its answers, or is missing although they demand one.</summary>
    public const string OutcomeWrong = "outcome-wrong";

    /// <summary>A task has a record, but its page has no such task, or has not opened it.</summary>
    public const string TaskUnknown = "task-unknown";

    /// <summary>A page speaks of definitions that are not there.</summary>
    public const string DefinitionsMissing = "definitions-missing";

    /// <summary>A page knows a task as closed, but there is no evidence in its segments, or the task itself is not retired.</summary>
    public const string EvidenceMissing = "evidence-missing";

    /// <summary>What a segment says of a closed task is not what the task's own record says.</summary>
    public const string EvidenceDiffers = "evidence-differs";

    /// <summary>A page's segments speak of one task twice: who takes the results home gets it twice.</summary>
    public const string EvidenceTwice = "evidence-twice";

    /// <summary>A page's sums (closed, undecided, answers, confidence) are not those of its closed tasks.</summary>
    public const string TotalsWrong = "totals-wrong";

    /// <summary>What a page says was spent is not the sum of its tasks' verdicts.</summary>
    public const string UnbalancedLedger = "unbalanced-ledger";

    /// <summary>A contributor used one assignment number for two tasks.</summary>
    public const string NumberReused = "number-reused";

    /// <summary>A number was used or ended that was never reserved, or was settled and does not count as ended.</summary>
    public const string NumbersWrong = "numbers-wrong";

    /// <summary>A contributor has counted answers, but no record.</summary>
    public const string ContributorMissing = "contributor-missing";

    /// <summary>Pages of a contributor's ledger are missing, cut short, or contradict what follows them.</summary>
    public const string LedgerGap = "ledger-gap";

    /// <summary>A contributor's balances are not the sum of the ledger.</summary>
    public const string UnbalancedWallet = "unbalanced-wallet";

    /// <summary>A ledger has the same assignment and revision twice.</summary>
    public const string SettledTwice = "settled-twice";

    /// <summary>A verdict of a closed task is in no ledger.</summary>
    public const string Unsettled = "unsettled";

    /// <summary>A ledger has an entry that no task's verdict stands behind.</summary>
    public const string SettledWithoutVerdict = "settled-without-verdict";

    /// <summary>A ledger's entry says another kind or amount than the task's verdict.</summary>
    public const string AmountDiffers = "amount-differs";

    /// <summary>A verdict that contradicts what its contributor knows was put aside.</summary>
    public const string Suspense = "suspense";

    /// <summary>The pages or tasks that a project speaks of are not those that are there.</summary>
    public const string PageCount = "page-count";
}
