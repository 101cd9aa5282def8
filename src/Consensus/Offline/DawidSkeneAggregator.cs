namespace Trove.Consensus;

/// <summary>
/// Dawid and Skene (1979): each worker has a confusion matrix, the chance of each label given the truth, found by expectation-
/// maximization; here with a Dirichlet prior on each of its rows, which makes it fit for workers of two answers.
/// </summary>
public sealed class DawidSkeneAggregator : IAggregator
{
    /// <summary>Pseudo-answers behind each row of a confusion matrix, spread as <see cref="Reliability.Prior"/> says.</summary>
    private const double PriorWeight = 1;

    /// <inheritdoc/>
    public string Name => "dawid-skene";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) => ExpectationMaximization.Run(answers, new Model(answers));

    /// <remarks>
    /// Only labels that a worker used have a column of the matrix: a column holds the label's log likelihood under each truth,
    /// and columns never read are never stored. Memory and time so stay linear in the answers, however many classes there are.
    /// </remarks>
    private sealed class Model : ITruthModel
    {
        private readonly AnswerMatrix _answers;
        private readonly int[] _columnOf;
        private readonly (int Worker, int Label)[] _columns;
        private readonly double[] _likelihood;
        private readonly double[] _totals;

        public Model(AnswerMatrix answers)
        {
            _answers = answers;
            (_columnOf, _columns) = Columns(answers);
            _likelihood = new double[checked(_columns.Length * answers.Classes)];
            _totals = new double[checked(answers.Workers * answers.Classes)];
        }

        public void Fit(ReadOnlySpan<double> posterior)
        {
            int classes = _answers.Classes;
            double right = PriorWeight * Math.Min(Posterior.Ceiling, Reliability.Prior(classes).Mean);
            double wrong = (PriorWeight - right) / Math.Max(1, classes - 1);
            Array.Clear(_likelihood);
            for (int t = 0; t < _answers.Tasks; t++)
            {
                ReadOnlySpan<double> row = posterior.Slice(t * classes, classes);
                foreach (int column in _columnOf.AsSpan(_answers.RangeOf(t)))
                {
                    Rows.Add(Row(_likelihood, column), row);
                }
            }

            // The totals over a worker's labels: columns that are not stored hold the prior alone, which the prior's weight covers.
            Array.Fill(_totals, PriorWeight);
            for (int i = 0; i < _columns.Length; i++)
            {
                Rows.Add(Row(_totals, _columns[i].Worker), Row(_likelihood, i));
            }

            Logarithms(_totals);
            for (int i = 0; i < _columns.Length; i++)
            {
                Span<double> column = Row(_likelihood, i), totals = Row(_totals, _columns[i].Worker);
                for (int c = 0; c < classes; c++)
                {
                    double prior = c == _columns[i].Label ? right : wrong;
                    column[c] = Math.Log(column[c] + prior) - totals[c];
                }
            }
        }

        public void Score(int task, Span<double> scores)
        {
            foreach (int column in _columnOf.AsSpan(_answers.RangeOf(task)))
            {
                Rows.Add(scores, Row(_likelihood, column));
            }
        }

        private Span<double> Row(double[] rows, int index) => rows.AsSpan(index * _answers.Classes, _answers.Classes);

        private static void Logarithms(double[] values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Math.Log(values[i]);
            }
        }

        private static (int[] ColumnOf, (int Worker, int Label)[] Columns) Columns(AnswerMatrix answers)
        {
            var columns = new Dictionary<(int Worker, int Label), int>();
            var columnOf = new int[answers.Count];
            for (int i = 0; i < columnOf.Length; i++)
            {
                var key = (answers.WorkerOf[i], answers.LabelOf[i]);
                if (!columns.TryGetValue(key, out columnOf[i]))
                {
                    columnOf[i] = columns.Count;
                    columns.Add(key, columnOf[i]);
                }
            }

            return (columnOf, [.. columns.OrderBy(entry => entry.Value).Select(entry => entry.Key)]);
        }
    }
}
