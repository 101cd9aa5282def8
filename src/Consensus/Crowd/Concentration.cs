using System.Numerics;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// How alike a group's members are: the concentration of the Dirichlet distribution that their rows of counts were drawn around,
/// found from the rows themselves by Minka's fixed point for the Dirichlet-multinomial likelihood ("Estimating a Dirichlet
/// distribution", 2000). High: all alike, trust the group. Low: everybody apart, trust each one's own counts.
/// </summary>
internal sealed class Concentration(double start)
{
    /// <summary>A prior worth less than one answer or more than ten thousand is none, or the only thing; both ends are flat.</summary>
    private const double Least = 1, Most = 1e4;

    private double[] _grown = [];
    private double[] _bare = [];

    /// <summary>The number of answers that the group's row counts for in each member's.</summary>
    public double Value { get; private set; } = start;

    /// <summary>Takes one step towards the most likely value.</summary>
    /// <param name="counts">Counts of every kept cell.</param>
    /// <param name="means">What the group expects in that cell, as a share of its row.</param>
    /// <param name="totals">The sums of the rows.</param>
    public void Learn(ReadOnlySpan<double> counts, ReadOnlySpan<double> means, ReadOnlySpan<double> totals)
    {
        double cells = Growth(counts, means), rows = Growth(totals, []);
        if (cells > 0 && rows > 0)
        {
            Value = Math.Clamp(Value * cells / rows, Least, Most);
        }
    }

    /// <summary>Sum over cells of m (ψ(n + κm) - ψ(κm)); without means m is one.</summary>
    private double Growth(ReadOnlySpan<double> counts, ReadOnlySpan<double> means)
    {
        Array.Resize(ref _grown, counts.Length);
        Array.Resize(ref _bare, counts.Length);
        for (int i = 0; i < counts.Length; i++)
        {
            _bare[i] = Value * (means.IsEmpty ? 1 : means[i]);
            _grown[i] = counts[i] + _bare[i];
        }

        Digamma(_grown);
        Digamma(_bare);
        double sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += Rows.Snap((means.IsEmpty ? 1 : means[i]) * (_grown[i] - _bare[i]));
        }

        return sum;
    }

    /// <summary>ψ of each figure, all above zero: six steps up, then its asymptotic series, whose next term is under 1e-9 there.</summary>
    private static void Digamma(Span<double> row)
    {
        int whole = row.Length / Vector<double>.Count * Vector<double>.Count;
        foreach (ref Vector<double> x in MemoryMarshal.Cast<double, Vector<double>>(row))
        {
            x = Digamma(x);
        }

        for (int i = whole; i < row.Length; i++)
        {
            row[i] = Digamma(new Vector<double>(row[i]))[0];
        }
    }

    private static Vector<double> Digamma(Vector<double> x)
    {
        Vector<double> below = Vector<double>.Zero;
        for (int i = 0; i < 6; i++)
        {
            below += Vector<double>.One / x;
            x += Vector<double>.One;
        }

        Vector<double> r = Vector<double>.One / x, s = r * r;
        Vector<double> series = s * (new Vector<double>(1.0 / 12) - s * (new Vector<double>(1.0 / 120) - s * new Vector<double>(1.0 / 252)));
        return Vector.Log(x) - (r * 0.5) - series - below;
    }
}
