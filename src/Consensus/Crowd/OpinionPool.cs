namespace Trove.Consensus;

/// <summary>
/// The mean of what several witnesses think of a task (the linear opinion pool, Stone 1961), with its confidence calibrated: the
/// witnesses as they are decide <em>which</em> class, the same witnesses at their temperatures say <em>how sure</em> that is.
/// </summary>
/// <remarks>
/// To decide, the vote weighs as much as both crowds: where they are sure of a class they win against any vote, and where they are
/// not, or differ, the vote decides. To decide at their temperatures would let it outvote those who know their contributors best;
/// to be as sure as they are without would take answers that err together for independent ones.
/// </remarks>
internal static class OpinionPool
{
    /// <summary>Takes the sums over the witnesses and leaves the outcome in <paramref name="calibrated"/>.</summary>
    /// <param name="decided">The sum of the witnesses' rows.</param>
    /// <param name="calibrated">The sum of their rows at their temperatures; becomes probabilities in which the class decided on leads.</param>
    public static void Settle(ReadOnlySpan<double> decided, Span<double> calibrated)
    {
        Lead(decided, calibrated);
        double sum = 0;
        foreach (double p in calibrated)
        {
            sum += p;
        }

        foreach (ref double p in calibrated)
        {
            p /= sum;
        }
    }

    /// <summary>Lets the class that was decided on lead.</summary>
    public static void Lead(ReadOnlySpan<double> decided, Span<double> calibrated)
    {
        Leading which = Leading.Of(decided), sure = Leading.Of(calibrated);
        if (which.Choice != sure.Choice && !which.Tie)
        {
            (calibrated[which.Choice], calibrated[sure.Choice]) = (calibrated[sure.Choice], calibrated[which.Choice]);
        }
    }
}
