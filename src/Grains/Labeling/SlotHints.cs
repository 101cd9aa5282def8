using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Labeling;

/// <summary>
/// Where slots are free on a page, as far as known. A hint may be wrong in both directions: the tasks decide, and each refusal mends it. What keeps it
/// from staying wrong is time: a reservation nobody spoke of again lapses, and a page that lost its memory takes every opened task for free until the
/// task says otherwise. Pure.
/// </summary>
internal sealed class SlotHints
{
    private readonly FreeSlots _free = new();
    private readonly Hint[] _hints = new Hint[TaskId.PageSize];

    /// <summary>Which free slot comes first.</summary>
    public TaskOrder Order { get; set; }

    /// <summary>Slots that are free.</summary>
    public int Free => _free.Slots;

    /// <summary>Answers of tasks that are not closed.</summary>
    public long Answers { get; private set; }

    /// <summary>Live leases and reservations.</summary>
    public int Live { get; private set; }

    /// <summary>Grows whenever a slot frees.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Grows with each change.</summary>
    public long Changes { get; private set; }

    /// <summary>When the next reservation lapses.</summary>
    public DateTimeOffset NextLapse { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Whoever was refused may ask again.</summary>
    public void Freed() => Version++;

    /// <summary>The first task in order with a free slot that is not barred; -1 when there is none.</summary>
    public int First(ReadOnlySpan<ulong> barred) => _free.First(barred);

    /// <summary>Free slots of a task.</summary>
    public int FreeOf(int index) => _hints[index].Free;

    /// <summary>Gives an opened task its target, unless it has grown beyond it.</summary>
    public void Prepare(int index, int target)
    {
        var hint = _hints[index];
        Set(index, hint with
        {
            Target = (short)Math.Max(target, hint.Target),
            HeldUntil = hint.HeldUntil == default ? DateTimeOffset.MaxValue : hint.HeldUntil,
        });
    }

    /// <summary>Takes a slot until somebody speaks of it, or until then.</summary>
    public void Reserve(int index, DateTimeOffset until)
    {
        var hint = _hints[index];
        Set(index, hint with
        {
            Taken = (short)(hint.Taken + 1),
            HeldUntil = hint.Taken == hint.Answers || until > hint.HeldUntil ? until : hint.HeldUntil,
        });
    }

    /// <summary>A task's truth from one who was refused or gave back: taken as it is.</summary>
    public void Mend(int index, TaskTruth truth, int firstTarget)
    {
        var target = truth.Target > 0 ? truth.Target : firstTarget; // a task that nobody came to yet has no rules of its own
        Set(index, new Hint(
            (short)truth.Answers,
            (short)(truth.Answers + truth.Live),
            (short)(truth.Retired == RetirementReason.None ? target : truth.Answers + truth.Live),
            truth.Confidence,
            truth.FreeAt ?? DateTimeOffset.MaxValue));
    }

    /// <summary>
    /// A task's truth after an answer. It does not know the reservations that are still on their way to it, so it only ever raises what is taken.
    /// </summary>
    public void Report(int index, TaskTruth truth)
    {
        var hint = _hints[index];
        if (truth.Answers < hint.Answers)
        {
            return;
        }

        Set(index, new Hint(
            (short)truth.Answers,
            (short)Math.Max(hint.Taken, truth.Answers + truth.Live),
            (short)(truth.Retired == RetirementReason.None ? truth.Target : Math.Max(hint.Taken, truth.Answers)),
            truth.Confidence,
            hint.Taken > hint.Answers ? hint.HeldUntil : truth.FreeAt ?? DateTimeOffset.MaxValue));
    }

    /// <summary>A task is closed: nothing of it is free, nothing is counted here any more.</summary>
    public void Clear(int index) => Set(index, default);

    /// <summary>Frees what was reserved below <paramref name="opened"/> and never spoken of again.</summary>
    public void Lapse(DateTimeOffset now, int opened)
    {
        if (now < NextLapse)
        {
            return;
        }

        NextLapse = DateTimeOffset.MaxValue;
        for (var i = 0; i < opened; i++)
        {
            var hint = _hints[i];
            if (hint.Taken <= hint.Answers)
            {
                continue;
            }

            if (hint.HeldUntil <= now)
            {
                Set(i, hint with { Taken = hint.Answers, HeldUntil = DateTimeOffset.MaxValue });
            }
            else if (hint.HeldUntil < NextLapse)
            {
                NextLapse = hint.HeldUntil;
            }
        }
    }

    private void Set(int index, Hint hint)
    {
        var old = _hints[index];
        _hints[index] = hint;
        Answers += hint.Answers - old.Answers;
        Live += hint.Taken - hint.Answers - (old.Taken - old.Answers);
        Changes++;
        _free.Move(index, old.Free, hint.Free, hint.Free > 0 ? Rank(hint) : 0);
        if (hint.Taken > hint.Answers && hint.HeldUntil < NextLapse)
        {
            NextLapse = hint.HeldUntil;
        }

        if (hint.Free > old.Free)
        {
            Freed();
        }
    }

    /// <summary>The lower, the earlier it is offered.</summary>
    private int Rank(Hint hint) => Order switch
    {
        TaskOrder.Depth => FreeSlots.Ranks - 1 - Math.Min((int)hint.Taken, FreeSlots.Ranks - 1),
        TaskOrder.Breadth => Math.Min((int)hint.Taken, FreeSlots.Ranks - 1),
        _ => hint.Answers == 0 ? FreeSlots.Ranks - 1 : (int)(hint.Confidence * (FreeSlots.Ranks - 2)),
    };

    /// <summary>What is known of a task: answers, answers and leases, answers wanted, confidence, when the last reservation lapses.</summary>
    private readonly record struct Hint(short Answers, short Taken, short Target, float Confidence, DateTimeOffset HeldUntil)
    {
        public int Free => Math.Max(0, Target - Taken);
    }
}
