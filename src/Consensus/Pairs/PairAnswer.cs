using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>Which of two was preferred.</summary>
public enum Preference
{
    /// <summary>Neither: half a win for each.</summary>
    Even,

    /// <summary>The first.</summary>
    First,

    /// <summary>The second.</summary>
    Second,
}

/// <summary>One comparison of two items.</summary>
/// <param name="Contributor">Who compared, from 0.</param>
/// <param name="First">An item, from 0.</param>
/// <param name="Second">Another item.</param>
/// <param name="Preference">Which was preferred.</param>
public readonly record struct PairAnswer(int Contributor, int First, int Second, Preference Preference);

/// <summary>Where an item stands.</summary>
/// <param name="Strength">Log odds of being preferred to an average item.</param>
/// <param name="Deviation">Standard error of how far the strength lies from the mean of all items.</param>
/// <param name="Comparisons">How often it was compared.</param>
public readonly record struct RankedItem(double Strength, double Deviation, int Comparisons);

/// <summary>The outcome of comparisons.</summary>
/// <param name="Items">Of each item.</param>
/// <param name="Reliability">Of each contributor the chance of reporting a preference as the whole crowd would, 0..1.</param>
public sealed record PairRanking(ImmutableArray<RankedItem> Items, ImmutableArray<double> Reliability)
{
    /// <summary>Items, strongest first; of equals the one with the lower index.</summary>
    public ImmutableArray<int> Order { get; } =
        [.. Enumerable.Range(0, Items.Length).OrderByDescending(i => Math.Round(Items[i].Strength, 9)).ThenBy(i => i)];

    /// <summary>Probability that the first would be preferred to the second.</summary>
    public double Chance(int first, int second) => 1 / (1 + Math.Exp(Items[second].Strength - Items[first].Strength));
}
