namespace Trove.Consensus;

/// <summary>
/// Dawid and Skene (1979): each worker has a confusion matrix, the chance of each label given the truth, found by expectation-
/// maximization without a prior. Reads people who mix up certain classes or lean to one; needs many answers from each of them.
/// </summary>
public sealed class DawidSkeneAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "dawid-skene";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers)
    {
        answers.Demand(Name, (long)answers.Tasks + answers.Columns.Count);
        return ExpectationMaximization.Run(answers, new Model(answers));
    }

    /// <summary>The confusion matrices lie in columns; see <see cref="ConfusionColumns"/>.</summary>
    private sealed class Model(AnswerMatrix answers) : ITruthModel
    {
        private readonly ConfusionColumns _columns = answers.Columns;
        private readonly double[] _counts = new double[answers.Columns.Count * answers.Classes];
        private readonly double[] _logs = new double[answers.Columns.Count * answers.Classes];
        private readonly double[] _totals = new double[answers.Classes];

        public double Fit(ReadOnlySpan<double> posterior)
        {
            _columns.Sum(posterior, _counts);
            int classes = answers.Classes;
            Rows.Raise(_counts, ExpectationMaximization.Least, _logs);
            for (int worker = 0; worker < answers.Workers; worker++)
            {
                (int from, int to) = _columns.RangeOf(worker);
                Array.Clear(_totals);
                for (int at = from * classes; at < to * classes; at += classes)
                {
                    Rows.Add(_totals, _logs.AsSpan(at, classes));
                }

                for (int at = from * classes; at < to * classes; at += classes)
                {
                    Rows.Divide(_logs.AsSpan(at, classes), _totals);
                }
            }

            Rows.Log(_logs);
            Rows.Snap(_logs);
            return Rows.Dot(_counts, _logs);
        }

        public void Score(int task, Span<double> scores) => _columns.Add(task, _logs, scores);
    }
}
