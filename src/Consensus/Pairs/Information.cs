namespace Trove.Consensus;

/// <summary>
/// Standard errors of strengths, each against the mean of all, from the curvature of the likelihood at its top. Against the mean,
/// because comparisons tell nothing of the level that all share.
/// </summary>
internal static class Information
{
    /// <summary>Up to here the matrix is inverted, at a cost cubic in the items.</summary>
    public const int MostExact = 400;

    /// <param name="table">The comparisons.</param>
    /// <param name="strength">At the top.</param>
    /// <param name="prior">Comparisons with the imagined average item.</param>
    public static double[] Deviations(BradleyTerry.PairTable table, double[] strength, double prior)
    {
        int items = strength.Length;
        double[] diagonal = [.. strength.Select(p => prior * p / ((1 + p) * (1 + p)))];
        foreach (BradleyTerry.Pair pair in table.Pairs)
        {
            double curvature = Curvature(pair, strength);
            diagonal[pair.Low] += curvature;
            diagonal[pair.High] += curvature;
        }

        return items <= MostExact ? Exact(table, strength, diagonal) : Nearly(table, strength, diagonal);
    }

    /// <summary>
    /// The first two terms of the inverse's expansion around its diagonal: linear in the comparisons, and somewhat too small
    /// where an item hangs on few others.
    /// </summary>
    private static double[] Nearly(BradleyTerry.PairTable table, double[] strength, double[] diagonal)
    {
        double[] variance = [.. diagonal.Select(d => 1 / d)];
        foreach (BradleyTerry.Pair pair in table.Pairs)
        {
            double curvature = Curvature(pair, strength), share = curvature * curvature / (diagonal[pair.Low] * diagonal[pair.High]);
            variance[pair.Low] += share / diagonal[pair.Low];
            variance[pair.High] += share / diagonal[pair.High];
        }

        return Array.ConvertAll(variance, Math.Sqrt);
    }

    /// <summary>Gauss-Jordan without exchanges: the matrix is positive definite, thanks to the prior.</summary>
    private static double[] Exact(BradleyTerry.PairTable table, double[] strength, double[] diagonal)
    {
        int n = diagonal.Length;
        var matrix = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            matrix[i, i] = diagonal[i];
        }

        foreach (BradleyTerry.Pair pair in table.Pairs)
        {
            matrix[pair.Low, pair.High] = matrix[pair.High, pair.Low] = -Curvature(pair, strength);
        }

        for (int k = 0; k < n; k++)
        {
            double pivot = 1 / matrix[k, k];
            matrix[k, k] = 1;
            for (int j = 0; j < n; j++)
            {
                matrix[k, j] *= pivot;
            }

            for (int i = 0; i < n; i++)
            {
                double factor = matrix[i, k];
                if (i == k || factor == 0)
                {
                    continue;
                }

                matrix[i, k] = 0;
                for (int j = 0; j < n; j++)
                {
                    matrix[i, j] -= factor * matrix[k, j];
                }
            }
        }

        double[] rows = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix[i, j]))];
        double all = rows.Sum() / n / n;
        return [.. rows.Select((row, i) => Math.Sqrt(Math.Max(0, matrix[i, i] - 2 * row / n + all)))];
    }

    private static double Curvature(BradleyTerry.Pair pair, double[] strength)
    {
        (double low, double high) = (strength[pair.Low], strength[pair.High]);
        return pair.Total * low * high / ((low + high) * (low + high));
    }
}
