using System.Numerics;
using Trove.Contracts;

namespace Trove.Grains.Labeling;

/// <summary>One bit for each task of a page.</summary>
internal sealed class PageBits
{
    /// <summary>64-bit words of a page.</summary>
    public const int Words = TaskId.PageSize / 64;

    private readonly ulong[] _words = new ulong[Words];

    public PageBits()
    {
    }

    /// <summary>Takes words over; missing ones are zero, surplus ones are ignored.</summary>
    public PageBits(ReadOnlySpan<ulong> words) => words[..Math.Min(words.Length, Words)].CopyTo(_words);

    public ReadOnlySpan<ulong> Span => _words;

    /// <summary>Sets a bit.</summary>
    public void Set(int index) => this[index] = true;

    public bool this[int index]
    {
        get => (_words[index >> 6] >> (index & 63) & 1) != 0;
        set
        {
            var bit = 1UL << (index & 63);
            _words[index >> 6] = value ? _words[index >> 6] | bit : _words[index >> 6] & ~bit;
        }
    }

    /// <summary>Whether any bit is set.</summary>
    public bool Any() => _words.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>How many bits are set.</summary>
    public int Count()
    {
        var count = 0;
        foreach (var word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>The words up to the last one that is not zero: what goes into messages and records.</summary>
    public ReadOnlySpan<ulong> Trimmed()
    {
        var length = Words;
        while (length > 0 && _words[length - 1] == 0)
        {
            length--;
        }

        return _words.AsSpan(0, length);
    }

    /// <summary>The first set bit that is not barred, or -1.</summary>
    public int First(ReadOnlySpan<ulong> barred)
    {
        for (var w = 0; w < Words; w++)
        {
            var free = _words[w] & ~barred[w];
            if (free != 0)
            {
                return (w << 6) + BitOperations.TrailingZeroCount(free);
            }
        }

        return -1;
    }
}
