using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>Whether confidence keeps its word: outcomes in ten bins of confidence, against gold.</summary>
/// <param name="Bins">From 0.0-0.1 to 0.9-1.0.</param>
public sealed record Calibration(ImmutableArray<CalibrationBin> Bins)
{
    private const int Count = 10;

    /// <summary>
    /// Expected calibration error (Naeini et al. 2015): the distance between mean confidence and accuracy of a bin, averaged over
    /// the outcomes. Zero is perfect.
    /// </summary>
    public double Error => Bins.Sum(bin => bin.Tasks * Math.Abs(bin.Confidence - bin.Accuracy)) / Math.Max(1, Bins.Sum(bin => bin.Tasks));

    /// <summary>Compares an outcome with gold.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="gold">True class by task.</param>
    public static Calibration Of(Aggregation outcome, IEnumerable<KeyValuePair<int, int>> gold)
    {
        var sums = new (int Tasks, double Confidence, double Right)[Count];
        foreach ((int task, int truth) in gold)
        {
            ReadOnlySpan<double> posterior = outcome.PosteriorOf(task);
            double confidence = Leading.Of(posterior).Confidence;
            ref (int Tasks, double Confidence, double Right) sum = ref sums[Math.Min(Count - 1, (int)(Count * confidence))];
            sum = (sum.Tasks + 1, sum.Confidence + confidence, sum.Right + Leading.ShareOf(posterior, truth));
        }

        return new Calibration([.. sums.Select(sum =>
            new CalibrationBin(sum.Tasks, sum.Confidence / Math.Max(1, sum.Tasks), sum.Right / Math.Max(1, sum.Tasks)))]);
    }
}

/// <summary>The outcomes of one bin.</summary>
/// <param name="Tasks">How many.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Accuracy">Share of them that is right.</param>
public readonly record struct CalibrationBin(int Tasks, double Confidence, double Accuracy);
