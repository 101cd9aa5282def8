namespace Trove.Consensus;

/// <summary>
/// The box that several contributors meant: for each edge the mean of where they put it, each corrected by the contributor's bias
/// and weighted by the contributor's precision, and less the further it lies off. The maximum of a likelihood with Student's t of
/// <see cref="Freedom"/> degrees, by iterated weights (Lange, Little, Taylor 1989).
/// </summary>
internal ref struct EdgeMean(BoxCrowd crowd)
{
    /// <summary>Heavy tails: one edge in a group may be far off (a shadow, a handbag) while the other three are good.</summary>
    public const double Freedom = 4;

    /// <summary>However well contributors agree, nobody is taken to draw better than a thousandth of the side.</summary>
    public const double LeastSpread = 1e-3;

    /// <summary>A bias learnt on large boxes must not turn a small one inside out.</summary>
    private const double MostShift = 0.25;

    private const double Close = 1e-4;

    private const int MostRounds = 30;

    private readonly BoxCrowd _crowd = crowd;

    /// <summary>Units of error along the width and along the height.</summary>
    public double AcrossUnit { get; private set; }

    public double DownUnit { get; private set; }

    public readonly double UnitOf(int edge) => edge % 2 == 0 ? AcrossUnit : DownUnit;

    /// <summary>Where the edges are.</summary>
    public Edges Edges { get; private set; }

    /// <summary>Variance of each edge, in squared units.</summary>
    public Edges Variance { get; private set; }

    /// <summary>Weight of an error against that of a perfect mark, for this spread.</summary>
    public static double WeightOf(double error, double spread) => (Freedom + 1) / (Freedom + error * error / (spread * spread));

    /// <param name="image">What was drawn.</param>
    /// <param name="group">The marks of one thing, at least one.</param>
    /// <param name="skills">By author.</param>
    public void Find(BoxImage image, List<int> group, ReadOnlySpan<BoxSkill> skills)
    {
        Span<double> edges = stackalloc double[Edges.Count], variance = stackalloc double[Edges.Count];
        Span<double> scratch = group.Count <= 64 ? stackalloc double[4 * group.Count] : new double[4 * group.Count];
        Span<double> drawn = scratch[..group.Count], precision = scratch.Slice(group.Count, group.Count), sorting = scratch[(2 * group.Count)..];
        for (int i = 0; i < group.Count; i++)
        {
            Box box = image.Boxes[group[i]];
            (drawn[i], sorting[i]) = (box.Width, box.Height);
            double spread = skills[image.Authors[group[i]]].Spread;
            precision[i] = 1 / (spread * spread);
        }

        double across = Middle(drawn), down = Middle(sorting[..group.Count]);
        (AcrossUnit, DownUnit) = (_crowd.Unit(across), _crowd.Unit(down));
        for (int edge = 0; edge < Edges.Count; edge++)
        {
            (double side, double unit) = edge % 2 == 0 ? (across, AcrossUnit) : (down, DownUnit);
            for (int i = 0; i < group.Count; i++)
            {
                double at = Edges.Of(image.Boxes[group[i]])[edge], bias = skills[image.Authors[group[i]]].Bias[edge];
                drawn[i] = at - unit * Math.Clamp(bias, -MostShift * side / unit, MostShift * side / unit);
            }

            (edges[edge], variance[edge]) = Mean(drawn, precision, sorting, unit);
        }

        Edges = Edges.From(edges);
        Variance = Edges.From(variance);
    }

    private static (double Mean, double Variance) Mean(ReadOnlySpan<double> drawn, ReadOnlySpan<double> precision, Span<double> sorting, double unit)
    {
        if (drawn.Length == 1)
        {
            return (drawn[0], 1 / precision[0]);
        }

        // Start where half of the hands lie on either side, the steadier counting more: no single careless mark moves that far.
        Span<double> values = sorting[..drawn.Length], weights = sorting[drawn.Length..];
        drawn.CopyTo(values);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Sqrt(precision[i]);
        }

        double mean = Medians.Weighted(values, weights), total = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            double sum = 0;
            total = 0;
            for (int i = 0; i < drawn.Length; i++)
            {
                double error = drawn[i] - mean, units = error / unit;
                double weight = precision[i] * (Freedom + 1) / (Freedom + units * units * precision[i]);
                sum += weight * error;
                total += weight;
            }

            mean += sum / total;
            if (Math.Abs(sum / total) <= Close * unit)
            {
                break;
            }
        }

        return (mean, 1 / total);
    }

    private static double Middle(Span<double> sides)
    {
        sides.Sort();
        int half = sides.Length / 2;
        return sides.Length % 2 == 1 ? sides[half] : (sides[half - 1] + sides[half]) / 2;
    }
}
