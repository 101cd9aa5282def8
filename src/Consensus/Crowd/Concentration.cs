using System.Numerics;

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

    /// <summary>Sum over cells of m (ψ(n + κm) - ψ(κm)); without means m is one. A cell that nothing was counted in adds nothing.</summary>
    private double Growth(ReadOnlySpan<double> counts, ReadOnlySpan<double> means)
    {
        if (_grown.Length < counts.Length)
        {
            (_grown, _bare) = (new double[counts.Length], new double[counts.Length]);
        }

        int kept = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                _bare[kept] = Value * (means.IsEmpty ? 1 : means[i]);
                _grown[kept] = counts[i] + _bare[kept];
                kept++;
            }
        }

        double growth = 0, scale = means.IsEmpty ? 1 : 1 / Value;
        Span<double> bare = _bare.AsSpan(0, kept), grown = _grown.AsSpan(0, kept);
        int whole = kept / Vector<double>.Count * Vector<double>.Count;
        for (int i = 0; i < whole; i += Vector<double>.Count)
        {
            Vector<double> from = new(bare[i..]), grew = Difference(new(grown[i..]), from);
            growth += Vector.Sum(Rows.Snap((means.IsEmpty ? grew : from * grew * scale)));
        }

        for (int i = whole; i < kept; i++)
        {
            double grew = Difference(new(grown[i]), new(bare[i]))[0];
            growth += Rows.Snap(means.IsEmpty ? grew : bare[i] * grew * scale);
        }

        return growth;
    }

    /// <summary>ψ(x) - ψ(y), both above zero: six steps up, then the asymptotic series, whose next term is under 1e-9 there.</summary>
    private static Vector<double> Difference(Vector<double> x, Vector<double> y)
    {
        Vector<double> six = new(6);
        return Vector.Log((x + six) / (y + six)) - (Remainder(x) - Remainder(y));
    }

    /// <summary>ln(x + 6) - ψ(x). The six steps 1/x + ... + 1/(x+5), paired from both ends, are one fraction in u = x(x+5).</summary>
    private static Vector<double> Remainder(Vector<double> x)
    {
        Vector<double> five = new(5), u = x * (x + five), u4 = u + new Vector<double>(4), u6 = u + new Vector<double>(6);
        Vector<double> steps = (x + x + five) * (u4 * u6 + u * u6 + u * u4) / (u * u4 * u6);
        Vector<double> r = Vector<double>.One / (x + new Vector<double>(6)), s = r * r;
        return steps + r * 0.5 + s * (new Vector<double>(1.0 / 12) - s * (new Vector<double>(1.0 / 120) - s * new Vector<double>(1.0 / 252)));
    }
}
