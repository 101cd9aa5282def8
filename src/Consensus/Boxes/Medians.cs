namespace Trove.Consensus;

/// <summary>The weighted median.</summary>
internal static class Medians
{
    /// <summary>
    /// The value with half of the weight on either side; where that is a stretch between two values, its middle. Sorts both spans.
    /// </summary>
    /// <param name="values">At least one.</param>
    /// <param name="weights">Of each, positive.</param>
    public static double Weighted(Span<double> values, Span<double> weights)
    {
        values.Sort(weights);
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        double below = 0;
        for (int i = 0; i < values.Length - 1; i++)
        {
            below += weights[i];
            if (Math.Abs(below - total / 2) <= 1e-9 * total)
            {
                return values[i] / 2 + values[i + 1] / 2;
            }

            if (below > total / 2)
            {
                return values[i];
            }
        }

        return values[^1];
    }
}
