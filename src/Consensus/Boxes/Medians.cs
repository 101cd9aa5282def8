namespace Trove.Consensus;

/// <summary>The weighted median.</summary>
internal static class Medians
{
    /// <summary>
    /// The value with half of the weight on either side; where that is a stretch between two values, its middle (the lower half
    /// of the definition of Edgeworth 1888, made symmetric). Sorts the span.
    /// </summary>
    /// <param name="values">At least one, weights positive.</param>
    public static double Weighted(Span<(double At, double Weight)> values)
    {
        values.Sort(static (a, b) => a.At.CompareTo(b.At));
        double total = 0;
        foreach ((_, double weight) in values)
        {
            total += weight;
        }

        double below = 0;
        for (int i = 0; i < values.Length - 1; i++)
        {
            below += values[i].Weight;
            if (Math.Abs(below - total / 2) <= 1e-9 * total)
            {
                return values[i].At / 2 + values[i + 1].At / 2;
            }

            if (below > total / 2)
            {
                return values[i].At;
            }
        }

        return values[^1].At;
    }
}
