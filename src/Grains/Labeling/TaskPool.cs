using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>
/// A page of tasks: the truth of what is closed, a hint of where slots are free. Pure.
/// </summary>
/// <remarks>
/// A hint may be wrong in both directions: the tasks decide, and each refusal mends it. What keeps it from staying wrong is time: a reservation
/// nobody spoke of again lapses, and a page that lost its memory takes every opened task for free until the task says otherwise.
/// </remarks>
internal sealed class TaskPool
{
    /// <summary>Tasks opened at a time; one record write each. Only opened tasks can have leases, so only they are asked after a crash.</summary>
    public const int OpenStep = 64;

    private static readonly TimeSpan TakerWindow = TimeSpan.FromMinutes(1);

    private readonly FreeSlots _free = new();
    private readonly Hint[] _hints = new Hint[TaskId.PageSize];
    private readonly PageBits _closed;
    private readonly PageBits _restricted = new();
    private readonly Dictionary<string, PageBits> _allowed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _takers = new(StringComparer.Ordinal);
    private readonly List<TaskDefinition> _definitions = [];
    private readonly LinkedList<Activity> _newest = new();
    private readonly int _page;
    private readonly long _incarnation;
    private DateTimeOffset _nextLapse = DateTimeOffset.MaxValue;
    private DateTimeOffset _takersSince;
    private long _changes;
    private long _openAnswers;
    private int _live;

    public TaskPool(int page, long incarnation, TaskPoolRecord record)
    {
        _page = page;
        _incarnation = incarnation;
        _closed = new PageBits(record.Closed.AsSpan());
        Totals = record.Totals;
        Terms = record.Terms;
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
    public long Version { get; private set; } = 1;

    /// <summary>Whether every task is closed.</summary>
    public bool IsDone => Count > 0 && Totals.Closed == Count;

    /// <summary>Some opened task has not been asked since the page woke up.</summary>
    public bool Partial { get; set; }

    /// <summary>When the next reservation lapses.</summary>
    public DateTimeOffset NextLapse => _nextLapse;

    public PageBits ClosedBits => _closed;

    /// <summary>Whether the definitions are in memory: they are while the page is open.</summary>
    public bool IsLoaded => _definitions.Count == Count;

    public TaskDefinition Definition(int index) => _definitions[index];

    public bool IsClosed(int index) => _closed[index];

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
        for (var i = 0; i < Math.Min(Opened, _definitions.Count); i++)
        {
            Prepare(i);
        }

        Freed();
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
            var index = _free.First(barred);
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
            Reserve(index, request.Until);
            taken.Add(new TakenTask(index, _definitions[index], Terms.PolicyOf(_definitions[index])));
        }

        // Ahead of need, so that nobody waits for the write that opening more costs.
        if (Opened < Count && _free.Slots < OpenStep)
        {
            OpenMore();
        }

        Waiters.Remove(request.Contributor);
        var status = taken.Count > 0 ? TakeStatus.Taken : TakeStatus.Nothing;
        var unopened = (Count - Opened) * TargetOf(Terms.Redundancy);
        return (new TakeReply(status, taken.ToImmutable(), Version, _free.Slots + unopened < 2 * _takers.Count), Opened > before);
    }

    /// <summary>A task's truth from one who was refused or gave back: taken as it is.</summary>
    public void Mend(int index, TaskTruth truth)
    {
        if (index >= Opened || _closed[index])
        {
            return;
        }

        var hint = _hints[index];
        var target = truth.Target > 0 ? truth.Target : FirstTarget(index); // a task that nobody came to yet has no rules of its own
        Set(index, hint with
        {
            Answers = (short)truth.Answers,
            Taken = (short)(truth.Answers + truth.Live),
            Target = (short)(truth.Retired == RetirementReason.None ? target : truth.Answers + truth.Live),
            Confidence = truth.Confidence,
            HeldUntil = truth.FreeAt ?? DateTimeOffset.MaxValue,
        });
    }

    /// <summary>
    /// A task's truth after an answer. It does not know the reservations that are still on their way to it, so it only ever raises what is taken.
    /// </summary>
    public void Report(int index, TaskTruth truth)
    {
        if (index >= Opened || _closed[index] || truth.Answers < _hints[index].Answers)
        {
            return;
        }

        var hint = _hints[index];
        Set(index, hint with
        {
            Answers = (short)truth.Answers,
            Taken = (short)Math.Max(hint.Taken, truth.Answers + truth.Live),
            Target = (short)(truth.Retired == RetirementReason.None ? truth.Target : Math.Max(hint.Taken, truth.Answers)),
            Confidence = truth.Confidence,
            HeldUntil = hint.Taken > hint.Answers ? hint.HeldUntil : truth.FreeAt ?? DateTimeOffset.MaxValue,
        });
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

        if (!_closed[closed.Index])
        {
            Set(closed.Index, default);
            _closed[closed.Index] = true;
        }

        Totals = Totals.Without(known).With(closed);
        var source = closed.Index < _definitions.Count ? _definitions[closed.Index].SourceId : string.Empty;
        _newest.AddFirst(new Activity((_page * TaskId.PageSize) + closed.Index, source, closed.Outcome, closed.ClosedAt));
        if (_newest.Count > 8)
        {
            _newest.RemoveLast();
        }

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
    public void Lapse(DateTimeOffset now)
    {
        if (now < _nextLapse)
        {
            return;
        }

        _nextLapse = DateTimeOffset.MaxValue;
        for (var i = 0; i < Opened; i++)
        {
            var hint = _hints[i];
            if (_closed[i] || hint.Taken <= hint.Answers)
            {
                continue;
            }

            if (hint.HeldUntil <= now)
            {
                Set(i, hint with { Taken = hint.Answers, HeldUntil = DateTimeOffset.MaxValue });
            }
            else if (hint.HeldUntil < _nextLapse)
            {
                _nextLapse = hint.HeldUntil;
            }
        }
    }

    /// <summary>A free slot and the first who waits and may have it; the slot is not reserved.</summary>
    public bool TryMatch(Func<int, bool> spoken, out string contributor, out int index)
    {
        Span<ulong> barred = stackalloc ulong[PageBits.Words];
        if (Terms?.State == ProjectState.Live && _free.Slots > 0)
        {
            foreach (var (name, had) in Waiters.InOrder())
            {
                Bar(name, had.AsSpan(), barred);
                for (index = _free.First(barred); index >= 0; index = _free.First(barred))
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
    public int FreeOf(int index) => index < Opened && !_closed[index] ? _hints[index].Free : 0;

    /// <summary>Absolute counters.</summary>
    public PoolSnapshot Snapshot() => new(
        _page, _incarnation, _changes, Partial, Count, Totals.Closed, Totals.Undecided, Totals.Answers + _openAnswers, _live,
        Totals.ConfidenceSum, Totals.SpentMinor, [.. _newest]);

    private static int TargetOf(Redundancy redundancy) =>
        redundancy.Kind == RedundancyKind.Dynamic ? redundancy.Minimum : redundancy.Maximum;

    /// <summary>How many answers the terms want of a task at first.</summary>
    private int FirstTarget(int index) => TargetOf(_definitions[index].Redundancy ?? Terms!.Redundancy);

    private void Bar(string contributor, ReadOnlySpan<ulong> had, Span<ulong> barred)
    {
        barred.Clear();
        had[..Math.Min(had.Length, PageBits.Words)].CopyTo(barred);
        var restricted = _restricted.Span;
        var allowed = _allowed.TryGetValue(contributor, out var bits) ? bits.Span : default;
        for (var w = 0; w < PageBits.Words; w++)
        {
            barred[w] |= restricted[w] & ~(allowed.IsEmpty ? 0 : allowed[w]);
        }
    }

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
        if (Terms is null || _closed[index])
        {
            return;
        }

        var hint = _hints[index];
        Set(index, hint with
        {
            Target = (short)Math.Max(FirstTarget(index), hint.Target),
            HeldUntil = hint.HeldUntil == default ? DateTimeOffset.MaxValue : hint.HeldUntil,
        });
    }

    private void Reserve(int index, DateTimeOffset until)
    {
        var hint = _hints[index];
        var held = hint.Taken == hint.Answers || until > hint.HeldUntil ? until : hint.HeldUntil;
        Set(index, hint with { Taken = (short)(hint.Taken + 1), HeldUntil = held });
        if (held < _nextLapse)
        {
            _nextLapse = held;
        }
    }

    private void Set(int index, Hint hint)
    {
        var old = _hints[index];
        _hints[index] = hint;
        _openAnswers += hint.Answers - old.Answers;
        _live += hint.Taken - hint.Answers - (old.Taken - old.Answers);
        _free.Move(index, old.Free, hint.Free, hint.Free > 0 ? Rank(hint) : 0);
        _changes++;
        if (hint.HeldUntil < _nextLapse && hint.Taken > hint.Answers)
        {
            _nextLapse = hint.HeldUntil;
        }

        if (hint.Free > old.Free)
        {
            Freed();
        }
    }

    private void Freed() => Version++;

    /// <summary>The lower, the earlier it is offered.</summary>
    private int Rank(Hint hint) => Terms!.Order switch
    {
        TaskOrder.Depth => FreeSlots.Ranks - 1 - Math.Min((int)hint.Taken, FreeSlots.Ranks - 1),
        TaskOrder.Breadth => Math.Min((int)hint.Taken, FreeSlots.Ranks - 1),
        _ => hint.Answers == 0 ? FreeSlots.Ranks - 1 : (int)(hint.Confidence * (FreeSlots.Ranks - 2)),
    };

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

    private readonly record struct Hint(short Answers, short Taken, short Target, float Confidence, DateTimeOffset HeldUntil)
    {
        public int Free => Math.Max(0, Target - Taken);
    }
}
