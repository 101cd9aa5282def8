using System.Runtime.InteropServices;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;

namespace Trove.Silo.Audit;

/// <summary>
/// Joins what tasks decided with what ledgers say, without holding either. Each contributor has one number, the sum of a hash of every verdict
/// of closed tasks, less the sum of the same hash of every ledger entry: zero, when the two agree. Only contributors with another number are
/// looked at again, verdict by verdict (<see cref="LedgerJoin"/>).
/// </summary>
/// <remarks>
/// Memory: a bit for each task, little more than a bit and about 200 bytes for each contributor's numbers, and what is in transit at the moment.
/// A wrong ledger passes with probability 2^-64.
/// </remarks>
internal sealed class Settlements(Findings findings)
{
    private readonly VerdictHash _hash = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<PageId, PageBits> _summed = [];
    private readonly Dictionary<PageId, PageBits> _unreadable = [];
    private readonly Dictionary<(string Contributor, long Assignment), Verdict> _inTransit = [];

    /// <summary>Verdicts decided, not settled yet, and no fault.</summary>
    public int InTransit => _inTransit.Count;

    /// <summary>Contributors that tasks speak of.</summary>
    public IEnumerable<string> Contributors => _accounts.Keys;

    /// <summary>What tasks say of a contributor.</summary>
    public Account Of(string contributor)
    {
        ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, contributor, out _);
        return account ??= new Account();
    }

    /// <summary>Takes a task in: the numbers it used, and its verdicts once it retired.</summary>
    public void Add(AuditPage page, int index, LabelTaskRecord? record)
    {
        if (record is null)
        {
            Mark(_unreadable, page.Id, index);
            return;
        }

        var task = page.Id.Task(index);
        AddNumbers(task, record);
        if (!HasVerdicts(record))
        {
            return;
        }

        var heardAll = page.HasHeardAll(index, record);
        if (heardAll)
        {
            Mark(_summed, page.Id, index);
        }

        foreach (var (i, verdict) in new LabelTask(task, 1, record).Verdicts().Index())
        {
            if (heardAll)
            {
                Of(verdict.Contributor).Balance += _hash.Of(task, verdict.Assignment, verdict.Revision, verdict.Kind, verdict.AmountMinor);
            }
            else
            {
                _inTransit[(verdict.Contributor, verdict.Assignment)] = verdict;
                if (IsSettled(record, i))
                {
                    Of(verdict.Contributor).Owed.Add(verdict.Assignment);
                }
            }
        }
    }

    /// <summary>Whether the task has decided about assignments: it is retired, or was before it opened again.</summary>
    public static bool HasVerdicts(LabelTaskRecord record) => record.Policy is not null && (record.Outcome is not null || record.Settled > 0);

    /// <summary>Whether the verdict with this place among the task's was settled before the task opened again, whatever it has to tell since.</summary>
    public static bool IsSettled(LabelTaskRecord record, int verdict) => verdict < record.Settled;

    /// <summary>Takes a ledger entry in.</summary>
    public void Add(string contributor, LedgerEntry entry)
    {
        if (Has(_summed, entry.Task))
        {
            Of(contributor).Balance -= _hash.Of(entry.Task, entry.Assignment, entry.Revision, entry.Kind, entry.AmountMinor);
        }
        else if (_inTransit.TryGetValue((contributor, entry.Assignment), out var verdict) && Matches(entry, verdict))
        {
            _inTransit.Remove((contributor, entry.Assignment));
            Of(contributor).Owed.Remove(entry.Assignment);
        }
        else if (!IsUnreadable(entry.Task))
        {
            Of(contributor).HasOddEntry = true;
        }
    }

    /// <summary>Whether a task has a record that can't be read: what it decided is unknown.</summary>
    public bool IsUnreadable(TaskId task) => Has(_unreadable, task);

    /// <summary>Whether an entry says what the verdict said.</summary>
    public static bool Matches(LedgerEntry entry, Verdict verdict) =>
        entry.Task == verdict.Task && entry.Revision == verdict.Revision && entry.Kind == verdict.Kind && entry.AmountMinor == verdict.AmountMinor;

    private void AddNumbers(TaskId task, LabelTaskRecord record)
    {
        var used = record.Answers.Select(answer => (answer.Contributor, answer.Assignment))
            .Concat(record.Claims.Select(claim => (claim.Contributor, claim.Assignment)))
            .Distinct(); // a contributor who stands there twice is the task's own fault
        foreach (var (contributor, assignment) in used)
        {
            var account = Of(contributor);
            if (!account.Used.Add(assignment))
            {
                account.Reused.Add(assignment);
                findings.Add(AuditCodes.NumberReused, contributor, $"The number {assignment} was used for {task}, and for another task before.");
            }
        }
    }

    private static void Mark(Dictionary<PageId, PageBits> tasks, PageId page, int index)
    {
        ref var bits = ref CollectionsMarshal.GetValueRefOrAddDefault(tasks, page, out _);
        (bits ??= new PageBits()).Set(index);
    }

    private static bool Has(Dictionary<PageId, PageBits> tasks, TaskId task) =>
        tasks.TryGetValue(task.Page, out var bits) && bits[task.Index];

    /// <summary>What tasks and ledger together say of one contributor.</summary>
    internal sealed class Account
    {
        /// <summary>Verdicts less ledger entries; zero when they agree.</summary>
        public ulong Balance { get; set; }

        /// <summary>There is an entry that no verdict stands behind.</summary>
        public bool HasOddEntry { get; set; }

        /// <summary>Numbers that tasks counted.</summary>
        public NumberSet Used { get; } = new();

        /// <summary>Numbers that more than one task counted.</summary>
        public HashSet<long> Reused { get; } = [];

        /// <summary>Numbers whose verdicts were settled before their tasks opened again, and that no ledger was seen to have.</summary>
        public HashSet<long> Owed { get; } = [];

        public bool IsBalanced => Balance == 0 && !HasOddEntry && Owed.Count == 0;
    }
}
