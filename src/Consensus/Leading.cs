namespace Trove.Consensus;

/// <summary>The class that leads, and how sure that is.</summary>
/// <param name="Choice">Index of the leading class in schema order. Of classes that lead equally, the first in the schema.</param>
/// <param name="Confidence">Its posterior probability (or, for <see cref="Majority"/>, its share of the answers), 0..1.</param>
/// <param name="Tie">Another class leads equally: the choice is then only the schema's order.</param>
public readonly record struct Leading(int Choice, double Confidence, bool Tie)
{
    /// <summary>
    /// Classes closer than this count as equal. Sums of the same answers in another order differ in their last bits;
    /// without a margin those bits, and not the schema, would break a tie.
    /// </summary>
    internal const double Margin = 1e-9;

    /// <summary>1 when a class leads alone, its part when it leads with others, else 0: whose label sorts first is luck, not skill.</summary>
    public static double ShareOf(ReadOnlySpan<double> posterior, int choice)
    {
        double least = Rows.Max(posterior) - Margin;
        int leaders = 0;
        foreach (double p in posterior)
        {
            leaders += p >= least ? 1 : 0;
        }

        return posterior[choice] >= least ? 1.0 / leaders : 0;
    }

    /// <summary>Finds the leading class of a posterior.</summary>
    public static Leading Of(ReadOnlySpan<double> posterior)
    {
        ArgumentOutOfRangeException.ThrowIfZero(posterior.Length, nameof(posterior));
        double highest = posterior[0];
        foreach (double p in posterior)
        {
            highest = Math.Max(highest, p);
        }

        int leaders = 0, first = 0;
        for (int c = posterior.Length - 1; c >= 0; c--)
        {
            if (posterior[c] >= highest - Margin)
            {
                leaders++;
                first = c;
            }
        }

        return new Leading(first, posterior[first], leaders > 1);
    }
}
