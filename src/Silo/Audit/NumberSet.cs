using Trove.Grains.Labeling;

namespace Trove.Silo.Audit;

/// <summary>A set of assignment numbers, which are dense: little more than a bit for each, whatever order they come in. One number out of all reason costs one block.</summary>
internal sealed class NumberSet
{
    private const int BlockSize = PageBits.Words * 64;

    private readonly Dictionary<long, PageBits> _blocks = [];

    /// <summary>The highest number; -1 when there is none.</summary>
    public long Highest { get; private set; } = -1;

    /// <summary>Adds a number. False when it was there.</summary>
    public bool Add(long number)
    {
        var (block, bit) = Math.DivRem(number, BlockSize);
        if (bit < 0)
        {
            (block, bit) = (block - 1, bit + BlockSize);
        }

        if (!_blocks.TryGetValue(block, out var bits))
        {
            _blocks[block] = bits = new PageBits();
        }

        var added = !bits[(int)bit];
        bits[(int)bit] = true;
        Highest = Math.Max(Highest, number);
        return added;
    }
}
