using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>
/// A page of tasks: the truth of what is closed, and by <see cref="SlotHints"/> a hint of where slots are free. Pure.
/// </summary>
internal sealed partial class TaskPool
{
    /// <summary>Tasks opened at a time; one record write each. Only opened tasks can have leases, so only they are asked after a crash.</summary>
    public const int OpenStep = 64;

    private static readonly TimeSpan TakerWindow = TimeSpan.FromMinutes(1);

    private readonly SlotHints _slots = new();
    private readonly PageBits _closed;
    private readonly PageBits _reopened;
    private readonly PageBits _restricted = new();
    private readonly Dictionary<string, PageBits> _allowed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _takers = new(StringComparer.Ordinal);
    private readonly List<TaskDefinition> _definitions = [];
    private readonly NewestClosed _newest;
    private readonly Func<string, string> _pseudonym;
    private readonly int _page;
    private readonly long _incarnation;
    private DateTimeOffset _takersSince;
    private long _changes;

    /// <summary>A page as it was stored.</summary>
    /// <param name="page">Its number.</param>
    /// <param name="incarnation">This life of it.</param>
    /// <param name="record">As it was stored.</param>
    /// <param name="pseudonym">The name by which the project's developer knows a contributor, and may name it in a task's list of those allowed.</param>
    public TaskPool(int page, long incarnation, TaskPoolRecord record, Func<string, string> pseudonym)
    {
        _pseudonym = pseudonym;
        _page = page;
        _newest = new NewestClosed(page);
        _incarnation = incarnation;
        _closed = new PageBits(record.Closed.AsSpan());
        _reopened = new PageBits(record.Reopened.AsSpan());
        Totals = record.Totals;
        Terms = record.Terms;
        _slots.Order = Terms?.Order ?? default;
        Opened = record.Opened;
        Count = record.Count;
        Waiters = new Waiters();
    }

    /// <summary>Tasks of the page.</summary>
    public int Count { get; private set; }

    /// <summary>Tasks below this index may be handed out; those from it on have never been.</summary>
    public int Opened { get; private set; }

    /// <summary>What the project said last; null while the page has never been opened.</summary>
    public PoolTerms? Terms { get; private set; }

    /// <summary>Sums over the closed tasks.</summary>
    public PoolTotals Totals { get; private set; }

    /// <summary>Those without work.</summary>
    public Waiters Waiters { get; }

    /// <summary>Grows whenever a slot frees.</summary>
    public long Version => _slots.Version;

    /// <summary>Whether every task is closed.</summary>
    public bool IsDone => Count > 0 && Totals.Closed == Count;

    /// <summary>Some opened task has not been asked since the page woke up.</summary>
    public bool Partial { get; set; }

    /// <summary>When the next reservation lapses.</summary>
    public DateTimeOffset NextLapse => _slots.NextLapse;

    public PageBits ClosedBits => _closed;

    /// <summary>Tasks that were closed and are open again.</summary>
    public PageBits ReopenedBits => _reopened;

    /// <summary>Whether the definitions are in memory: they are while the page is open.</summary>
    public bool IsLoaded => _definitions.Count == Count;

    public TaskDefinition Definition(int index) => _definitions[index];

    public bool IsClosed(int index) => _closed[index];

    /// <summary>Whether a segment has evidence of this task, of now or of before it opened again.</summary>
    public bool WasClosed(int index) => _closed[index] || _reopened[index];

    /// <summary>Puts definitions in memory, in order of index.</summary>
    public void Load(IEnumerable<TaskDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            var index = _definitions.Count;
            _definitions.Add(definition);
            if (definition.Allowed.IsDefaultOrEmpty)
            {
                continue;
            }

            _restricted[index] = true;
            foreach (var contributor in definition.Allowed)
            {
                if (!_allowed.TryGetValue(contributor, out var bits))
                {
                    _allowed[contributor] = bits = new PageBits();
                }

                bits[index] = true;
            }
        }

        Count = Math.Max(Count, _definitions.Count);
        for (var i = 0; i < Math.Min(Opened, _definitions.Count); i++)
        {
            Prepare(i);
        }
    }

    /// <summary>Takes the project's word over.</summary>
    public void Apply(PoolTerms terms)
    {
        if (Terms is not null && terms.Sequence < Terms.Sequence)
        {
            return;
        }

        Terms = terms;
        _slots.Order = terms.Order;
        for (var i = 0; i < Math.Min(Opened, _definitions.Count); i++)
        {
            Prepare(i);
        }

        _slots.Freed(); // what was refused under the old terms may be had under these
    }

    /// <summary>Reserves slots of tasks that this contributor never had.</summary>
    /// <returns>The reply, and whether more of the page was opened, which must be durable before the reply leaves.</returns>
    public (TakeReply Reply, bool Opened) Take(TakeRequest request, DateTimeOffset now)
    {
        TakeReply Refuse(TakeStatus status) => new(status, [], Version, Scarce: true);

        if (Terms is null || Terms.State != ProjectState.Live || !IsLoaded)
        {
            return (Refuse(TakeStatus.Shut), false);
        }

        if (request.BriefVersion < Terms.BriefVersion)
        {
            return (Refuse(TakeStatus.Confirm), false);
        }

        Lapse(now);
        Seen(request.Contributor, now);
        Span<ulong> barred = stackalloc ulong[PageBits.Words];
        Bar(request.Contributor, request.Had.OrEmpty().AsSpan(), barred);
        var before = Opened;
        var taken = ImmutableArray.CreateBuilder<TakenTask>(request.Count);
        while (taken.Count < request.Count)
        {
            var index = _slots.First(barred);
            if (index < 0)
            {
                if (Opened == Count)
                {
                    break;
                }

                OpenMore();
                continue;
            }

            barred[index >> 6] |= 1UL << (index & 63);
            _slots.Reserve(index, request.Until);
            taken.Add(new TakenTask(index, _definitions[index], Terms.PolicyOf(_definitions[index])));
        }

        // Ahead of need, so that nobody waits for the write that opening more costs.
        if (Opened < Count && _slots.Free < OpenStep)
        {
            OpenMore();
        }

        Waiters.Remove(request.Contributor);
        var status = taken.Count > 0 ? TakeStatus.Taken : TakeStatus.Nothing;
        var unopened = (Count - Opened) * TargetOf(Terms.Redundancy);
        return (new TakeReply(status, taken.ToImmutable(), Version, _slots.Free + unopened < 2 * _takers.Count), Opened > before);
    }

    /// <summary>A task's truth from one who was refused or gave back: taken as it is.</summary>
    public void Mend(int index, TaskTruth truth)
    {
        if (index < Opened && !_closed[index])
        {
            _slots.Mend(index, truth, FirstTarget(index));
        }
    }

    /// <summary>
    /// A task's truth after an answer. It does not know the reservations that are still on their way to it, so it only ever raises what is taken.
    /// </summary>
    public void Report(int index, TaskTruth truth)
    {
        if (index < Opened && !_closed[index])
        {
            _slots.Report(index, truth);
        }
    }

    /// <summary>Takes note of a closed task. False when it was known with this revision or a later one.</summary>
    /// <param name="closed">The task and its evidence.</param>
    /// <param name="known">What was known of it before, when it was closed already.</param>
    public bool Close(TaskClosed closed, TaskClosed? known)
    {
        if (known is not null && known.Revision >= closed.Revision)
        {
            return false;
        }

        if (_reopened[closed.Index])
        {
            _reopened[closed.Index] = false;
            Totals = known is null ? Totals : Totals.WithoutSpent(known);
            known = null;
        }

        if (!_closed[closed.Index])
        {
            _slots.Clear(closed.Index);
            _closed[closed.Index] = true;
        }

        Totals = Totals.Without(known).With(closed);
        _newest.Add(closed);
        _changes++;
        return true;
    }

    /// <summary>
    /// Takes a task out of the closed ones, ahead of the task's own word: whether it opens again or stays as it was, it says so when it is asked.
    /// False when it is not closed with this revision, or the project is closed.
    /// </summary>
    public bool Reopen(TaskClosed known, int revision)
    {
        if (!_closed[known.Index] || known.Revision != revision || Terms?.State is not (ProjectState.Live or ProjectState.Paused))
        {
            return false;
        }

        _closed[known.Index] = false;
        _reopened[known.Index] = true;
        Totals = Totals.Reopened(known);
        _changes++;
        return true;
    }

    /// <summary>
    /// Takes the sums from the evidence. A crash may have left some that the page's record does not speak of: it is evidence all the same, and its
    /// tasks will not tell again what they know to stand there.
    /// </summary>
    /// <returns>Whether there was any.</returns>
    public bool Recount(IReadOnlyDictionary<int, TaskClosed> evidence)
    {
        var totals = PoolTotals.Zero;
        foreach (var (index, entry) in evidence)
        {
            totals = _closed[index] ? totals.With(entry) : _reopened[index] ? totals.WithSpent(entry) : totals;
        }

        if (totals.Revisions == Totals.Revisions)
        {
            return false;
        }

        Totals = totals with { Closed = _closed.Count() };
        _changes++;
        return true;
    }

    /// <summary>Closes what was never opened, when the project closed.</summary>
    public void CloseUnopened()
    {
        for (var i = Opened; i < Count; i++)
        {
            _closed[i] = true;
        }

        Totals = Totals with { Closed = Totals.Closed + (Count - Opened) };
        Opened = Count;
        _changes++;
    }

    /// <summary>Frees what was reserved and never spoken of again.</summary>
    public void Lapse(DateTimeOffset now) => _slots.Lapse(now, Opened);

    /// <summary>A free slot and the first who waits and may have it; the slot is not reserved.</summary>
    public bool TryMatch(Func<int, bool> spoken, out string contributor, out int index)
    {
        Span<ulong> barred = stackalloc ulong[PageBits.Words];
        if (Terms?.State == ProjectState.Live && _slots.Free > 0)
        {
            foreach (var (name, had) in Waiters.InOrder())
            {
                Bar(name, had.AsSpan(), barred);
                for (index = _slots.First(barred); index >= 0; index = _slots.First(barred))
                {
                    if (!spoken(index))
                    {
                        contributor = name;
                        return true;
                    }

                    barred[index >> 6] |= 1UL << (index & 63);
                }
            }
        }

        contributor = string.Empty;
        index = -1;
        return false;
    }

    /// <summary>Free slots of a task, as far as known.</summary>
    public int FreeOf(int index) => _slots.FreeOf(index);

    /// <summary>Absolute counters.</summary>
    public PoolSnapshot Snapshot() => new(
        _page, _incarnation, _changes + _slots.Changes, Partial && !IsDone, Count, Totals.Closed, Totals.Undecided, Totals.Answers + _slots.Answers, _slots.Live,
        Totals.ConfidenceSum, Totals.SpentMinor, _newest.ToActivities(_definitions, Terms));

    private static int TargetOf(Redundancy redundancy) =>
        redundancy.Kind == RedundancyKind.Dynamic ? redundancy.Minimum : redundancy.Maximum;

    /// <summary>How many answers the terms want of a task at first.</summary>
    private int FirstTarget(int index) => TargetOf(_definitions[index].Redundancy ?? Terms!.Redundancy);

    private void Bar(string contributor, ReadOnlySpan<ulong> had, Span<ulong> barred)
    {
        barred.Clear();
        had[..Math.Min(had.Length, PageBits.Words)].CopyTo(barred);
        if (_allowed.Count == 0)
        {
            return;
        }

        var restricted = _restricted.Span;
        var byId = AllowedTo(contributor);
        var byName = AllowedTo(_pseudonym(contributor));
        for (var w = 0; w < PageBits.Words; w++)
        {
            barred[w] |= restricted[w] & ~((byId.IsEmpty ? 0 : byId[w]) | (byName.IsEmpty ? 0 : byName[w]));
        }
    }

    private ReadOnlySpan<ulong> AllowedTo(string name) => _allowed.TryGetValue(name, out var bits) ? bits.Span : default;

    private void OpenMore()
    {
        var from = Opened;
        Opened = Math.Min(Count, Opened + OpenStep);
        for (var i = from; i < Opened; i++)
        {
            Prepare(i);
        }
    }

    /// <summary>Gives an opened task the target that the terms say, unless it has grown beyond it.</summary>
    private void Prepare(int index)
    {
        if (Terms is not null && !_closed[index])
        {
            _slots.Prepare(index, FirstTarget(index));
        }
    }

    private void Seen(string contributor, DateTimeOffset now)
    {
        if (now - _takersSince > TakerWindow)
        {
            foreach (var (name, seen) in _takers)
            {
                if (now - seen > TakerWindow)
                {
                    _takers.Remove(name);
                }
            }

            _takersSince = now;
        }

        _takers[contributor] = now;
    }
}
