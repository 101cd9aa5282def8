using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>How much is known of an assignment's number.</summary>
internal enum NumberState
{
    /// <summary>It was never given out.</summary>
    Unknown,

    /// <summary>It is given out, or was when a crash came, and no verdict has come.</summary>
    Open,

    /// <summary>It ended without an answer, not long ago.</summary>
    Void,

    /// <summary>It ended: by its verdict, or so long ago without an answer that the difference is forgotten.</summary>
    Ended,
}

/// <summary>
/// The numbers of one contributor's assignments. None is ever used twice: they are given out only below a mark that is
/// durable, which is raised a block at a time. Numbers that ended without an answer join the settled ones in one set of
/// runs, so only crashes and what is still open leave gaps.
/// </summary>
internal sealed class AssignmentNumbers
{
    /// <summary>Numbers reserved by one write. A crash loses at most so many, and they leave one gap.</summary>
    public const int Block = 256;

    /// <summary>Void numbers remembered as such. A verdict about one that is older counts as a repeated one.</summary>
    public const int RememberedVoids = 256;

    private readonly IntervalSet _ended;
    private readonly Queue<long> _voids; // in the order in which they ended
    private readonly HashSet<long> _voidSet;
    private long _next;
    private long _durable;

    /// <summary>A contributor who never worked.</summary>
    public AssignmentNumbers()
        : this(new IntervalSet(), [], 0)
    {
    }

    private AssignmentNumbers(IntervalSet ended, Queue<long> voids, long reserved)
    {
        _ended = ended;
        _voids = voids;
        _voidSet = [.. voids];
        // What was reserved before may have been given out: nobody knows, so all of it counts as used.
        Reserved = _durable = _next = reserved;
    }

    /// <summary>Everything below has been reserved; part of the record.</summary>
    public long Reserved { get; private set; }

    /// <summary>Numbers that can be given out without another write.</summary>
    public long Left => _durable - _next;

    /// <summary>One above the highest number that ended; never above <see cref="Reserved"/>.</summary>
    public long EndedBelow => _ended.End;

    /// <summary>Runs of ended numbers; what the record's size grows with.</summary>
    public int Runs => _ended.Runs;

    /// <summary>Raises the mark by a block and returns it. Commit, then hand the mark to <see cref="Open"/>.</summary>
    public long Reserve() => Reserved += Block;

    /// <summary>A mark is durable: numbers below it can be given out, unless they went back meanwhile.</summary>
    public void Open(long mark) => _durable = Math.Max(_durable, Math.Min(mark, Reserved));

    /// <summary>A number never given out before. False when none is reserved durably.</summary>
    public bool TryTake(out long number)
    {
        number = _next;
        if (_next >= _durable)
        {
            return false;
        }

        _next++;
        return true;
    }

    /// <summary>The activation ends in good order: what was reserved and never given out goes back, so that it leaves no gap. Commit after it; nothing can be taken any more.</summary>
    public void GiveBack() => Reserved = _durable = _next;

    /// <summary>What is known of a number.</summary>
    public NumberState StateOf(long number) =>
        number < 0 || number >= Reserved ? NumberState.Unknown
        : _voidSet.Contains(number) ? NumberState.Void
        : _ended.Contains(number) ? NumberState.Ended
        : NumberState.Open;

    /// <summary>An open number ended without an answer, and its task knows. Otherwise nothing changes.</summary>
    public bool Void(long number)
    {
        if (StateOf(number) != NumberState.Open)
        {
            return false;
        }

        _ended.Add(number);
        _voids.Enqueue(number);
        _voidSet.Add(number);
        if (_voids.Count > RememberedVoids)
        {
            _voidSet.Remove(_voids.Dequeue());
        }

        return true;
    }

    /// <summary>The first verdict about a number is settled. False when one was before.</summary>
    public bool Settle(long number)
    {
        // A task may count an answer that its contributor had given up: what the task counted is what is owed.
        if (_voidSet.Remove(number))
        {
            for (var i = _voids.Count; i > 0; i--)
            {
                var other = _voids.Dequeue();
                if (other != number)
                {
                    _voids.Enqueue(other);
                }
            }

            return true;
        }

        return _ended.Add(number);
    }

    /// <summary>Writes mark, runs and remembered voids.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Unsigned((ulong)Reserved);
        _ended.Write(ref w);
        w.Count(_voids.Count);
        long before = 0;
        foreach (var number in _voids)
        {
            w.Signed(number - before);
            before = number;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static AssignmentNumbers Read(ref RecordReader r)
    {
        var reserved = (long)r.Unsigned();
        if (reserved < 0)
        {
            throw r.Damaged("the mark of the numbers is too high");
        }

        var ended = IntervalSet.Read(ref r);
        var voids = new Queue<long>();
        long before = 0;
        for (var left = r.CountOf(); left > 0; left--)
        {
            before += r.Signed();
            voids.Enqueue(before);
        }

        return new AssignmentNumbers(ended, voids, reserved);
    }
}
