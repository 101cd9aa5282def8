namespace Trove.Consensus;

/// <summary>How far boxes agree with the true ones.</summary>
/// <param name="Hits">Pairs of a found and a true box that overlap by one half or more.</param>
/// <param name="Found">Boxes found.</param>
/// <param name="True">Boxes that are true.</param>
/// <param name="Overlaps">Sum of the overlaps of the hits.</param>
public readonly record struct BoxScore(int Hits, int Found, int True, double Overlaps)
{
    /// <summary>The overlap at which a box counts as right.</summary>
    public const double Least = 0.5;

    /// <summary>Share of the found boxes that are right; one when none was found.</summary>
    public double Precision => Found == 0 ? 1 : (double)Hits / Found;

    /// <summary>Share of the true boxes that were found; one when there is none.</summary>
    public double Recall => True == 0 ? 1 : (double)Hits / True;

    /// <summary>Harmonic mean of precision and recall; one when there was nothing to find and nothing found.</summary>
    public double F1 => Found + True == 0 ? 1 : 2.0 * Hits / (Found + True);

    /// <summary>Mean overlap of the hits; zero without.</summary>
    public double MeanOverlap => Hits == 0 ? 0 : Overlaps / Hits;

    /// <summary>Compares the boxes of one image: as many pairs as possible, of those the pairing with the largest overlap.</summary>
    public static BoxScore Of(ReadOnlySpan<Box> found, ReadOnlySpan<Box> truth)
    {
        var gain = new double[found.Length * truth.Length];
        for (int i = 0; i < gain.Length; i++)
        {
            double overlap = found[i / truth.Length].Overlap(truth[i % truth.Length]);
            gain[i] = overlap < Least ? 0 : gain.Length + overlap;
        }

        var chosen = new int[found.Length];
        Assignment.Best(gain, truth.Length, chosen);
        (int hits, double overlaps) = (0, 0);
        for (int i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] != Assignment.None)
            {
                hits++;
                overlaps += found[i].Overlap(truth[chosen[i]]);
            }
        }

        return new BoxScore(hits, found.Length, truth.Length, overlaps);
    }

    /// <summary>Both together.</summary>
    public static BoxScore operator +(BoxScore a, BoxScore b) => new(a.Hits + b.Hits, a.Found + b.Found, a.True + b.True, a.Overlaps + b.Overlaps);
}
