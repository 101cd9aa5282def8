using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>Arithmetic of rows of figures, the inner loop of every method.</summary>
/// <remarks>
/// What is summed over answers, workers or tasks is first brought to a grid (<see cref="Snap(double)"/>). Multiples of the grid's step
/// add without rounding, so a sum is the same whatever the order of its terms: answers may come in any order and classes, workers
/// and tasks may change names without moving the last bit of a result, and what is symmetric stays a tie.
/// </remarks>
internal static class Rows
{
    /// <summary>
    /// Adding this leaves 30 binary digits behind the point: a step of 1e-9, far under what decides anything here. Sums stay
    /// exact up to eight million, answers of one worker or class; beyond they round like any other sum.
    /// </summary>
    private const double Grid = 1.5 * (1L << 22);

    /// <summary>The nearest multiple of the grid's step.</summary>
    public static double Snap(double value) => value + Grid - Grid;

    /// <summary>The same, of each.</summary>
    public static Vector<double> Snap(Vector<double> values) => values + new Vector<double>(Grid) - new Vector<double>(Grid);

    /// <summary>Brings each figure to the grid.</summary>
    public static void Snap(Span<double> row)
    {
        Span<Vector<double>> whole = Whole(row, out Span<double> rest);
        var grid = new Vector<double>(Grid);
        foreach (ref Vector<double> v in whole)
        {
            v = v + grid - grid;
        }

        foreach (ref double x in rest)
        {
            x = Snap(x);
        }
    }

    /// <summary>Adds <paramref name="row"/> to <paramref name="sum"/>, of the same length.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<double> row)
    {
        ref double to = ref MemoryMarshal.GetReference(sum);
        ref double from = ref MemoryMarshal.GetReference(row[..sum.Length]);
        nuint length = (nuint)sum.Length, step = (nuint)Vector<double>.Count, c = 0;
        for (; c + step <= length; c += step)
        {
            (Vector.LoadUnsafe(ref to, c) + Vector.LoadUnsafe(ref from, c)).StoreUnsafe(ref to, c);
        }

        for (; c < length; c++)
        {
            Unsafe.Add(ref to, c) += Unsafe.Add(ref from, c);
        }
    }

    /// <summary>Adds <paramref name="times"/> times <paramref name="row"/> to <paramref name="sum"/>, of the same length.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<double> row, double times)
    {
        ref double to = ref MemoryMarshal.GetReference(sum);
        ref double from = ref MemoryMarshal.GetReference(row[..sum.Length]);
        nuint length = (nuint)sum.Length, step = (nuint)Vector<double>.Count, c = 0;
        for (; c + step <= length; c += step)
        {
            (Vector.LoadUnsafe(ref to, c) + Vector.LoadUnsafe(ref from, c) * times).StoreUnsafe(ref to, c);
        }

        for (; c < length; c++)
        {
            Unsafe.Add(ref to, c) += Unsafe.Add(ref from, c) * times;
        }
    }

    /// <summary>Multiplies each figure and adds the one at its place in <paramref name="offset"/>.</summary>
    public static void Blend(Span<double> row, double times, ReadOnlySpan<double> offset)
    {
        Scale(row, times);
        Add(row, offset);
    }

    /// <summary>Raises each figure to at least <paramref name="least"/>.</summary>
    public static void Raise(ReadOnlySpan<double> row, double least, Span<double> raised)
    {
        int step = Vector<double>.Count, at = 0;
        var floor = new Vector<double>(least);
        for (; at + step <= row.Length; at += step)
        {
            Vector.Max(new Vector<double>(row[at..]), floor).CopyTo(raised[at..]);
        }

        for (; at < row.Length; at++)
        {
            raised[at] = Math.Max(row[at], least);
        }
    }

    /// <summary>The exponential of each figure. Every place of a row is computed alike, so equal figures give equal bits.</summary>
    public static void Exp(Span<double> row)
    {
        Span<Vector<double>> whole = Whole(row, out Span<double> rest);
        foreach (ref Vector<double> v in whole)
        {
            v = Vector.Exp(v);
        }

        if (!rest.IsEmpty)
        {
            Span<double> padded = stackalloc double[Vector<double>.Count];
            rest.CopyTo(padded);
            Vector.Exp(new Vector<double>(padded)).CopyTo(padded);
            padded[..rest.Length].CopyTo(rest);
        }
    }

    /// <summary>The natural logarithm of each figure; see <see cref="Exp"/>.</summary>
    public static void Log(Span<double> row)
    {
        Span<Vector<double>> whole = Whole(row, out Span<double> rest);
        foreach (ref Vector<double> v in whole)
        {
            v = Vector.Log(v);
        }

        if (!rest.IsEmpty)
        {
            Span<double> padded = stackalloc double[Vector<double>.Count];
            padded.Fill(1);
            rest.CopyTo(padded);
            Vector.Log(new Vector<double>(padded)).CopyTo(padded);
            padded[..rest.Length].CopyTo(rest);
        }
    }

    /// <summary>Divides each figure by the one at its place in <paramref name="totals"/>.</summary>
    public static void Divide(Span<double> row, ReadOnlySpan<double> totals)
    {
        Span<Vector<double>> whole = Whole(row, out Span<double> rest);
        ReadOnlySpan<Vector<double>> by = MemoryMarshal.Cast<double, Vector<double>>(totals);
        for (int i = 0; i < whole.Length; i++)
        {
            whole[i] /= by[i];
        }

        totals = totals[(row.Length - rest.Length)..];
        for (int c = 0; c < rest.Length; c++)
        {
            rest[c] /= totals[c];
        }
    }

    /// <summary>The sum of the products of two rows, each brought to the grid.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> va = MemoryMarshal.Cast<double, Vector<double>>(a), vb = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        Vector<double> sums = Vector<double>.Zero, grid = new(Grid);
        for (int i = 0; i < va.Length; i++)
        {
            sums += va[i] * vb[i] + grid - grid;
        }

        double sum = Vector.Sum(sums);
        for (int i = va.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += Snap(a[i] * b[i]);
        }

        return sum;
    }

    /// <summary>Turns rows of scores (natural logarithms, any offset common to a row) into rows of probabilities on the grid.</summary>
    /// <returns>The sum of the rows' entropies.</returns>
    public static double Normalize(Span<double> rows, int classes)
    {
        // A block at a time, so that rows short and long keep the vectors full and the cache warm.
        int block = Math.Max(1, 2048 / classes) * classes;
        Span<double> scores = new double[Math.Min(block, rows.Length)];
        double entropy = 0;
        for (int at = 0; at < rows.Length; at += block)
        {
            Span<double> part = rows.Slice(at, Math.Min(block, rows.Length - at)), kept = scores[..part.Length];
            for (int r = 0; r < part.Length; r += classes)
            {
                Span<double> row = part.Slice(r, classes);
                Shift(row, -Max(row));
            }

            part.CopyTo(kept);
            Exp(part);
            Snap(part);
            for (int r = 0; r < part.Length; r += classes)
            {
                Span<double> row = part.Slice(r, classes);
                double sum = Sum(row);
                Scale(row, 1 / sum);
                entropy += Snap(Math.Log(sum));
            }

            Snap(part);
            entropy -= Dot(part, kept);
        }

        return entropy;
    }

    /// <summary>The highest figure of a row.</summary>
    public static double Max(ReadOnlySpan<double> row)
    {
        int step = Vector<double>.Count;
        double highest = double.NegativeInfinity;
        if (row.Length < step)
        {
            foreach (double x in row)
            {
                highest = x > highest ? x : highest;
            }

            return highest;
        }

        // The last vector may overlap the one before it: a maximum may see a figure twice.
        var best = new Vector<double>(row[(row.Length - step)..]);
        for (int at = 0; at + step < row.Length; at += step)
        {
            best = Vector.Max(best, new Vector<double>(row[at..]));
        }

        for (int i = 0; i < step; i++)
        {
            highest = best[i] > highest ? best[i] : highest;
        }

        return highest;
    }

    /// <summary>The sum of figures on the grid.</summary>
    private static double Sum(ReadOnlySpan<double> row)
    {
        ref double from = ref MemoryMarshal.GetReference(row);
        nuint length = (nuint)row.Length, step = (nuint)Vector<double>.Count, c = 0;
        Vector<double> sums = Vector<double>.Zero;
        for (; c + step <= length; c += step)
        {
            sums += Vector.LoadUnsafe(ref from, c);
        }

        double sum = Vector.Sum(sums);
        for (; c < length; c++)
        {
            sum += Unsafe.Add(ref from, c);
        }

        return sum;
    }

    private static void Shift(Span<double> row, double by)
    {
        ref double to = ref MemoryMarshal.GetReference(row);
        nuint length = (nuint)row.Length, step = (nuint)Vector<double>.Count, c = 0;
        for (; c + step <= length; c += step)
        {
            (Vector.LoadUnsafe(ref to, c) + new Vector<double>(by)).StoreUnsafe(ref to, c);
        }

        for (; c < length; c++)
        {
            Unsafe.Add(ref to, c) += by;
        }
    }

    private static void Scale(Span<double> row, double by)
    {
        ref double to = ref MemoryMarshal.GetReference(row);
        nuint length = (nuint)row.Length, step = (nuint)Vector<double>.Count, c = 0;
        for (; c + step <= length; c += step)
        {
            (Vector.LoadUnsafe(ref to, c) * by).StoreUnsafe(ref to, c);
        }

        for (; c < length; c++)
        {
            Unsafe.Add(ref to, c) *= by;
        }
    }

    private static Span<Vector<double>> Whole(Span<double> row, out Span<double> rest)
    {
        Span<Vector<double>> whole = MemoryMarshal.Cast<double, Vector<double>>(row);
        rest = row[(whole.Length * Vector<double>.Count)..];
        return whole;
    }
}
