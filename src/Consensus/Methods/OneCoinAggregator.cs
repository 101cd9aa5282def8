namespace Trove.Consensus;

/// <summary>
/// One-coin Dawid and Skene (1979; so named by Zhang et al. 2014): a worker is right with one probability, whatever the truth,
/// and errs evenly. Needs few answers from each; fails where one class is rare, for who always says the other is then "reliable".
/// </summary>
public sealed class OneCoinAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "one-coin";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers)
    {
        answers.Demand(Name, answers.Tasks);
        return ExpectationMaximization.Run(answers, new Model(answers));
    }

    private sealed class Model(AnswerMatrix answers) : ITruthModel
    {
        private readonly double[] _right = new double[answers.Workers];
        private readonly int[] _given = new int[answers.Workers];
        private readonly double[] _weights = new double[answers.Workers];
        private readonly int _others = Math.Max(1, answers.UsedClasses - 1);

        public double Fit(ReadOnlySpan<double> posterior)
        {
            Array.Clear(_right);
            Array.Clear(_given);
            for (int t = 0; t < answers.Tasks; t++)
            {
                ReadOnlySpan<double> row = posterior.Slice(t * answers.Classes, answers.Classes);
                ReadOnlySpan<int> workers = answers.WorkersOf(t), labels = answers.LabelsOf(t);
                for (int i = 0; i < workers.Length; i++)
                {
                    _right[workers[i]] += row[labels[i]];
                    _given[workers[i]]++;
                }
            }

            double expected = 0;
            for (int w = 0; w < _right.Length; w++)
            {
                double skill = _right[w] / Math.Max(1, _given[w]);
                double right = Math.Log(Bounded(skill)), wrong = Math.Log(Bounded((1 - skill) / _others));
                expected += _right[w] * right + (_given[w] - _right[w]) * wrong;
                _weights[w] = Rows.Snap(right - wrong);
            }

            return expected;
        }

        // What an answer says of the classes that it did not name is common to all, and falls out of the posterior.
        public void Score(int task, Span<double> scores)
        {
            ReadOnlySpan<int> workers = answers.WorkersOf(task), labels = answers.LabelsOf(task);
            for (int i = 0; i < workers.Length; i++)
            {
                scores[labels[i]] += _weights[workers[i]];
            }
        }

        private static double Bounded(double p) => Math.Clamp(p, ExpectationMaximization.Least, 1 - ExpectationMaximization.Least);
    }
}
