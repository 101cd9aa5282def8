using System.Numerics;

namespace Trove.Consensus;

/// <summary>Arithmetic of rows of classes, the inner loop of every method.</summary>
internal static class Rows
{
    /// <summary>Adds <paramref name="row"/> to <paramref name="sum"/>, of the same length.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<double> row)
    {
        row = row[..sum.Length];
        int c = 0;
        for (; c <= sum.Length - Vector<double>.Count; c += Vector<double>.Count)
        {
            (new Vector<double>(sum[c..]) + new Vector<double>(row[c..])).CopyTo(sum[c..]);
        }

        for (; c < sum.Length; c++)
        {
            sum[c] += row[c];
        }
    }
}
