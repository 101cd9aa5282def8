using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>A set of whole numbers from 0, kept as the runs it consists of: its size grows with its gaps, not with its numbers.</summary>
internal sealed class IntervalSet
{
    // Run i is [_starts[i], _ends[i]): sorted, apart from each other, never empty.
    private readonly List<long> _starts = [];
    private readonly List<long> _ends = [];

    /// <summary>Runs without a gap.</summary>
    public int Runs => _starts.Count;

    /// <summary>Numbers in the set.</summary>
    public long Count { get; private set; }

    /// <summary>One above the highest number; 0 when there is none.</summary>
    public long End => Runs == 0 ? 0 : _ends[^1];

    /// <summary>Whether the number is in the set.</summary>
    public bool Contains(long number)
    {
        var run = RunAt(number);
        return run >= 0 && number < _ends[run];
    }

    /// <summary>Adds a number. False when it was there.</summary>
    public bool Add(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var run = RunAt(number); // the last run that begins at or before the number
        if (run >= 0 && number < _ends[run])
        {
            return false;
        }

        var touchesLeft = run >= 0 && _ends[run] == number;
        var touchesRight = run + 1 < _starts.Count && _starts[run + 1] == number + 1;
        if (touchesLeft && touchesRight)
        {
            _ends[run] = _ends[run + 1];
            _starts.RemoveAt(run + 1);
            _ends.RemoveAt(run + 1);
        }
        else if (touchesLeft)
        {
            _ends[run]++;
        }
        else if (touchesRight)
        {
            _starts[run + 1]--;
        }
        else
        {
            _starts.Insert(run + 1, number);
            _ends.Insert(run + 1, number + 1);
        }

        Count++;
        return true;
    }

    /// <summary>Writes gap and length of each run.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Count(Runs);
        long at = 0;
        for (var i = 0; i < Runs; i++)
        {
            w.Unsigned((ulong)(_starts[i] - at));
            w.Unsigned((ulong)(_ends[i] - _starts[i]));
            at = _ends[i];
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IntervalSet Read(ref RecordReader r)
    {
        var set = new IntervalSet();
        var runs = r.CountOf(2);
        long at = 0;
        for (var i = 0; i < runs; i++)
        {
            var gap = r.Unsigned();
            var length = r.Unsigned();
            if ((gap == 0 && i > 0) || length == 0 || gap > (ulong)(long.MaxValue - at) || length > (ulong)(long.MaxValue - at) - gap)
            {
                throw r.Damaged("runs of numbers overlap");
            }

            var start = at + (long)gap;
            at = start + (long)length;
            set._starts.Add(start);
            set._ends.Add(at);
            set.Count += (long)length;
        }

        return set;
    }

    private int RunAt(long number)
    {
        var found = _starts.BinarySearch(number);
        return found >= 0 ? found : ~found - 1;
    }
}
