namespace Trove.Consensus;

/// <summary>
/// The live posterior over all answers: one-coin Dawid and Skene with a Beta prior on each worker's reliability and a Dirichlet
/// prior on the classes, iterated until it stands still. The bounds of <see cref="Posterior"/> hold here too, which keeps the
/// model from its mirror image, where the majority are all liars.
/// </summary>
public sealed class BayesAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "bayes";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) => ExpectationMaximization.Run(answers, new Model(answers));

    private sealed class Model(AnswerMatrix answers) : ITruthModel
    {
        private readonly Reliability[] _workers = new Reliability[answers.Workers];
        private readonly double[] _logWeights = new double[answers.Workers];

        public void Fit(ReadOnlySpan<double> posterior)
        {
            Array.Fill(_workers, Reliability.Prior(answers.Classes));
            for (int t = 0; t < answers.Tasks; t++)
            {
                ReadOnlySpan<double> row = posterior.Slice(t * answers.Classes, answers.Classes);
                Range range = answers.RangeOf(t);
                ReadOnlySpan<int> workers = answers.WorkerOf[range], labels = answers.LabelOf[range];
                for (int i = 0; i < workers.Length; i++)
                {
                    // Rounding may leave a share a hair above one.
                    _workers[workers[i]] = _workers[workers[i]].Observe(Math.Min(1, row[labels[i]]));
                }
            }

            for (int w = 0; w < _workers.Length; w++)
            {
                _logWeights[w] = Math.Log(Posterior.Weight(_workers[w].Mean, answers.Classes));
            }
        }

        public void Score(int task, Span<double> scores)
        {
            Range range = answers.RangeOf(task);
            ReadOnlySpan<int> workers = answers.WorkerOf[range], labels = answers.LabelOf[range];
            for (int i = 0; i < workers.Length; i++)
            {
                scores[labels[i]] += _logWeights[workers[i]];
            }
        }
    }
}
