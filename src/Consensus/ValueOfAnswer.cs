namespace Trove.Consensus;

/// <summary>
/// What one more answer is worth before it is known: the expected value of information (Raiffa and Schlaifer 1961) where only the
/// outcome counts.
/// </summary>
public static class ValueOfAnswer
{
    /// <summary>
    /// How much the answer of somebody of this reliability can be expected to raise the confidence of the leading class, 0 or more.
    /// Zero where no single answer could change which class leads: one more alone decides nothing there, though several might.
    /// </summary>
    /// <param name="posterior">Probabilities of the classes.</param>
    /// <param name="reliability">Chance that the answer will be right; wrong ones fall evenly on the other classes.</param>
    public static double ExpectedGain(ReadOnlySpan<double> posterior, double reliability)
    {
        double highest = Rows.Max(posterior), after = 0;
        double wrong = (1 - reliability) / Math.Max(1, posterior.Length - 1);
        foreach (double p in posterior)
        {
            // Said of this class, either it leads then, or the former leader still does.
            double leader = p == highest ? reliability * p : Math.Max(reliability * p, wrong * highest);
            after += leader;
        }

        return Math.Max(0, after - highest);
    }
}
