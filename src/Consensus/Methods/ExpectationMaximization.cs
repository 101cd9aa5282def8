namespace Trove.Consensus;

/// <summary>A model of contributors whose unknown truths are found by expectation and maximization in turn.</summary>
internal interface ITruthModel
{
    /// <summary>Re-fits the model's figures to a posterior: <paramref name="posterior"/> holds a row of classes for each task.</summary>
    /// <returns>The expected log likelihood of all answers under the new figures.</returns>
    double Fit(ReadOnlySpan<double> posterior);

    /// <summary>Log likelihood of the answers of one task under each class, on the grid of <see cref="Rows"/>, added to <paramref name="scores"/>.</summary>
    void Score(int task, Span<double> scores);
}

/// <summary>
/// Expectation-maximization (Dempster, Laird, Rubin 1977) from the shares of the vote, with the prior and the stop rule of
/// crowd-kit, so that its classical methods can be compared figure by figure.
/// </summary>
internal static class ExpectationMaximization
{
    /// <summary>No probability is less, so that every logarithm is finite.</summary>
    public const double Least = 1e-10;

    private const int MostIterations = 100;

    /// <summary>
    /// Answers from which the tasks are dealt to all processors: a millisecond's work, far above what that costs. Each task is a matter
    /// of its own, and sums on the grid are exact, so the number of processors changes nothing in the outcome.
    /// </summary>
    private const int WorthThreads = 50_000;

    /// <summary>It ends when the evidence bound rises by less than this for each answer.</summary>
    private const double Tolerance = 1e-5;

    public static Aggregation Run(AnswerMatrix answers, ITruthModel model)
    {
        int classes = answers.Classes, iteration = 0;
        double[] posterior = MajorityAggregator.Shares(answers);
        Rows.Snap(posterior);
        var logPrior = new double[classes];
        FitPrior(answers, posterior, logPrior);
        model.Fit(posterior);
        double bound = double.NegativeInfinity, rise = double.PositiveInfinity;
        while (rise >= Tolerance && iteration++ < MostIterations)
        {
            double entropy = Expect(answers, model, logPrior, posterior);
            double prior = FitPrior(answers, posterior, logPrior);
            double next = (model.Fit(posterior) + prior + entropy) / Math.Max(1, answers.Count);
            (rise, bound) = (next - bound, next);
        }

        return Aggregation.Of(classes, posterior, iteration);
    }

    /// <summary>Sets the posterior of every task to what the model makes of its answers.</summary>
    /// <returns>The posterior's entropy.</returns>
    private static double Expect(AnswerMatrix answers, ITruthModel model, double[] logPrior, double[] posterior)
    {
        int classes = answers.Classes, parts = answers.Count < WorthThreads ? 1 : Math.Min(Environment.ProcessorCount, 8);
        var entropy = new double[parts];
        Parallel.For(0, parts, part =>
        {
            int from = (int)((long)answers.Tasks * part / parts), to = (int)((long)answers.Tasks * (part + 1) / parts);
            for (int t = from; t < to; t++)
            {
                Span<double> row = posterior.AsSpan(t * classes, classes);
                logPrior.CopyTo(row);
                model.Score(t, row);
            }

            entropy[part] = Rows.Normalize(posterior.AsSpan(from * classes, (to - from) * classes), classes);
        });
        return entropy.Sum();
    }

    /// <returns>The expected log prior, which crowd-kit counts once for each answer.</returns>
    private static double FitPrior(AnswerMatrix answers, double[] posterior, double[] logPrior)
    {
        int classes = answers.Classes;
        Span<double> byAnswer = new double[classes];
        Array.Clear(logPrior);
        for (int t = 0; t < answers.Tasks; t++)
        {
            ReadOnlySpan<double> row = posterior.AsSpan(t * classes, classes);
            Rows.Add(logPrior, row);
            Rows.Add(byAnswer, row, answers.CountOf(t));
        }

        for (int c = 0; c < classes; c++)
        {
            logPrior[c] = Rows.Snap(Math.Log(Math.Max(Least, logPrior[c] / Math.Max(1, answers.Tasks))));
        }

        return Rows.Dot(logPrior, byAnswer);
    }
}
