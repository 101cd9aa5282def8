namespace Trove.Consensus;

/// <summary>A model of contributors whose unknown truths are found by expectation and maximization in turn.</summary>
internal interface ITruthModel
{
    /// <summary>Re-fits the model's figures to a posterior: <paramref name="posterior"/> holds a row of classes for each task.</summary>
    void Fit(ReadOnlySpan<double> posterior);

    /// <summary>Log likelihood of the answers of one task under each class, added to <paramref name="scores"/>.</summary>
    void Score(int task, Span<double> scores);
}

/// <summary>Expectation-maximization (Dempster, Laird, Rubin 1977) from the shares of the vote.</summary>
internal static class ExpectationMaximization
{
    private const int MostIterations = 100;

    /// <summary>It ends when the probabilities of a task move by no more than this on average.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>Pseudo-answers that each class starts with, so that a class which nobody chose stays possible and its logarithm finite.</summary>
    private const double ClassPrior = 1;

    public static Aggregation Run(AnswerMatrix answers, ITruthModel model)
    {
        int classes = answers.Classes;
        double[] posterior = MajorityAggregator.Shares(answers);
        var logPrior = new double[classes];
        var scores = new double[classes];
        int iteration = 0;
        double moved = double.PositiveInfinity;
        while (moved > Tolerance * answers.Tasks && iteration < MostIterations)
        {
            iteration++;
            FitPrior(posterior, logPrior);
            model.Fit(posterior);
            moved = 0;
            for (int t = 0; t < answers.Tasks; t++)
            {
                logPrior.CopyTo(scores, 0);
                model.Score(t, scores);
                Posterior.Normalize(scores);
                Span<double> row = posterior.AsSpan(t * classes, classes);
                for (int c = 0; c < classes; c++)
                {
                    moved += Math.Abs(scores[c] - row[c]);
                    row[c] = scores[c];
                }
            }
        }

        return new Aggregation(classes, posterior, iteration);
    }

    private static void FitPrior(ReadOnlySpan<double> posterior, Span<double> logPrior)
    {
        logPrior.Fill(ClassPrior);
        for (int at = 0; at < posterior.Length; at += logPrior.Length)
        {
            Rows.Add(logPrior, posterior.Slice(at, logPrior.Length));
        }

        double total = Math.Log(posterior.Length / logPrior.Length + ClassPrior * logPrior.Length);
        for (int c = 0; c < logPrior.Length; c++)
        {
            logPrior[c] = Math.Log(logPrior[c]) - total;
        }
    }
}
