namespace Trove.Consensus;

/// <summary>
/// The mean of what several witnesses think of a task (the linear opinion pool, Stone 1961), with its confidence calibrated: the
/// witnesses as they are decide <em>which</em> class, the same witnesses at their temperatures say <em>how sure</em> that is.
/// </summary>
/// <remarks>
/// To decide, all witnesses count the same: where one strays, the others outvote it. Decided at their temperatures, the vote would
/// outweigh those who know their contributors best; as sure as they are without, answers that err together would count as independent.
/// How sure is for the vote and those crowds to say who know which classes are mixed up. Who has one figure for each contributor
/// helps to decide, but is too sure of what the whole crowd confuses.
/// </remarks>
internal static class OpinionPool
{
    /// <summary>How many of the crowds, the first ones, say how sure the outcome is.</summary>
    public const int Sure = 2;

    /// <summary>What the vote adds to the sum of those crowds: so that it has a quarter of the say, as in deciding.</summary>
    public static double OfVote(double share) => share * Sure / CrowdModel.Crowds;

    /// <summary>Takes the sums over the witnesses and leaves the outcome in <paramref name="calibrated"/>.</summary>
    /// <param name="decided">The sum of the witnesses' rows.</param>
    /// <param name="calibrated">The sum of those who say how sure, at their temperatures; becomes probabilities in which the class decided on leads.</param>
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
