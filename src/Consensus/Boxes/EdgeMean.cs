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

    /// <summary>How far a bias may move an edge of a side of this length, in units.</summary>
    public static double Limited(double bias, double side, double unit) => Math.Clamp(bias, -MostShift * side / unit, MostShift * side / unit);

    /// <param name="boxes">At least one.</param>
    /// <param name="skills">Of those who drew them.</param>
    public void Find(ReadOnlySpan<Box> boxes, ReadOnlySpan<BoxSkill> skills)
    {
        Span<double> edges = stackalloc double[Edges.Count], variance = stackalloc double[Edges.Count];
        double[]? large = boxes.Length > 64 ? new double[boxes.Length] : null;
        Span<double> drawn = large ?? stackalloc double[boxes.Length];
        double across = Middle(boxes, drawn, static box => box.Width), down = Middle(boxes, drawn, static box => box.Height);
        (AcrossUnit, DownUnit) = (_crowd.Unit(across), _crowd.Unit(down));
        for (int edge = 0; edge < Edges.Count; edge++)
        {
            (double side, double unit) = edge % 2 == 0 ? (across, AcrossUnit) : (down, DownUnit);
            for (int i = 0; i < boxes.Length; i++)
            {
                drawn[i] = Edges.Of(boxes[i])[edge] - unit * Limited(skills[i].Bias[edge], side, unit);
            }

            (edges[edge], variance[edge]) = Mean(drawn, skills, unit);
        }

        Edges = Edges.From(edges);
        Variance = Edges.From(variance);
    }

    private static (double Mean, double Variance) Mean(ReadOnlySpan<double> drawn, ReadOnlySpan<BoxSkill> skills, double unit)
    {
        if (drawn.Length == 1)
        {
            return (drawn[0], Square(skills[0].Spread));
        }

        // Start where half of the precision lies on either side: a start that no single careless mark can move.
        double mean = WeightedMedian(drawn, skills), total = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            double sum = 0;
            total = 0;
            for (int i = 0; i < drawn.Length; i++)
            {
                double weight = WeightOf((drawn[i] - mean) / unit, skills[i].Spread) / Square(skills[i].Spread);
                sum += weight * (drawn[i] - mean);
                total += weight;
            }

            mean += sum / total;
            if (Math.Abs(sum / total) <= 1e-5 * unit)
            {
                break;
            }
        }

        return (mean, 1 / total);
    }

    private static double WeightedMedian(ReadOnlySpan<double> drawn, ReadOnlySpan<BoxSkill> skills)
    {
        Span<(double At, double Weight)> sorted = drawn.Length <= 64 ? stackalloc (double, double)[drawn.Length] : new (double, double)[drawn.Length];
        for (int i = 0; i < drawn.Length; i++)
        {
            sorted[i] = (drawn[i], 1 / skills[i].Spread);
        }

        return Medians.Weighted(sorted);
    }

    private static double Middle(ReadOnlySpan<Box> boxes, Span<double> scratch, Func<Box, double> side)
    {
        for (int i = 0; i < boxes.Length; i++)
        {
            scratch[i] = side(boxes[i]);
        }

        scratch.Sort();
        int half = boxes.Length / 2;
        return boxes.Length % 2 == 1 ? scratch[half] : (scratch[half - 1] + scratch[half]) / 2;
    }

    private static double Square(double value) => value * value;
}
