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

    /// <summary>Whether a class ties with the leading one.</summary>
    /// <param name="probability">Its probability.</param>
    /// <param name="highest">The probability of the leading class.</param>
    public static bool Ties(double probability, double highest) => Math.Abs(probability - highest) <= Margin;

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
