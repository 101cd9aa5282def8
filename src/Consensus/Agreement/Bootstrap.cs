namespace Trove.Consensus;

/// <summary>A statistic of agreement with its confidence interval.</summary>
/// <param name="Value">Of all tasks; null when there is nothing to agree about: no task with two answers, or only one class in use.</param>
/// <param name="Low">Lower end of the interval that holds 95 % of the values of resampled tasks.</param>
/// <param name="High">Upper end.</param>
/// <param name="Tasks">Tasks that tell something: those with two answers or more.</param>
public readonly record struct AgreementFigure(double? Value, double? Low, double? High, int Tasks);

/// <summary>
/// Confidence intervals by resampling tasks with replacement (the percentile bootstrap, Efron 1979; over units, as Hayes and
/// Krippendorff 2007 do for alpha). Tasks, not answers: answers to one task hang together.
/// </summary>
internal static class Bootstrap
{
    private const double Outside = 0.025;

    /// <summary>Adds what a task contributes to sums from which the statistic is computed.</summary>
    public delegate void AddTask(int task, Span<double> sums);

    /// <summary>The statistic, or NaN where it is not defined.</summary>
    public delegate double Statistic(ReadOnlySpan<double> sums);

    /// <param name="tasks">Number of tasks.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="add">Called from several threads at once.</param>
    /// <param name="statistic">Called from several threads at once.</param>
    /// <param name="rounds">Times to resample; zero for no interval.</param>
    /// <param name="seed">Equal seeds give equal intervals, however many processors there are.</param>
    public static AgreementFigure Of(int tasks, int width, AddTask add, Statistic statistic, int rounds, int seed)
    {
        var sums = new double[width];
        for (int task = 0; task < tasks; task++)
        {
            add(task, sums);
        }

        double value = statistic(sums);
        if (!double.IsFinite(value))
        {
            return new AgreementFigure(null, null, null, tasks);
        }

        var drawn = new double[rounds];
        Parallel.For(0, rounds, round =>
        {
            var random = new Random(unchecked(seed * 1_000_003 + round));
            var resampled = new double[width];
            for (int task = 0; task < tasks; task++)
            {
                add(random.Next(tasks), resampled);
            }

            drawn[round] = statistic(resampled);
        });

        double[] defined = [.. drawn.Where(double.IsFinite).Order()];
        return defined.Length == 0
            ? new AgreementFigure(value, null, null, tasks)
            : new AgreementFigure(value, Quantile(defined, Outside), Quantile(defined, 1 - Outside), tasks);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
