namespace Trove.Consensus;

/// <summary>
/// GLAD (Whitehill et al. 2009): an answer is right with probability σ(αβ), α the worker's ability and β > 0 the task's ease, so
/// that a hard task is not held against those who err on it; errors fall evenly on the other classes. As in crowd-kit, α and
/// ln β have normal priors around one, and the maximization is by conjugate gradients.
/// </summary>
public sealed class GladAggregator : IAggregator
{
    private const int MostIterations = 100;
    private const double Tolerance = 1e-5;
    private static readonly double HalfLogTau = 0.5 * Math.Log(Math.Tau);

    /// <inheritdoc/>
    public string Name => "glad";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers)
    {
        answers.Demand(Name, answers.Tasks);
        var model = new Model(answers);
        double quality = double.NegativeInfinity, rise = double.PositiveInfinity;
        int iteration = 0;
        model.Expect();
        while (rise >= Tolerance && iteration++ < MostIterations && answers.Count > 0)
        {
            model.Expect();
            double next = model.Maximize() / answers.Count;
            (rise, quality) = (next - quality, next);
        }

        return Aggregation.Of(answers.Classes, model.Posterior, iteration);
    }

    private sealed class Model : IObjective
    {
        private readonly AnswerMatrix _answers;
        private readonly double _logOthers;
        private readonly double[] _point;
        private readonly double[] _right;
        private readonly double[] _product;
        private readonly double[] _small;
        private readonly double[] _log;
        private readonly double[] _ease;

        public Model(AnswerMatrix answers)
        {
            _answers = answers;
            _logOthers = Math.Log(Math.Max(1, answers.UsedClasses - 1));
            _point = new double[answers.Workers + answers.Tasks];
            Array.Fill(_point, 1);
            _ease = new double[answers.Tasks];
            _right = new double[answers.Count];
            _product = new double[answers.Count];
            _small = new double[answers.Count];
            _log = new double[answers.Count];
            Posterior = new double[answers.Tasks * answers.Classes];
        }

        public double[] Posterior { get; }

        /// <summary>The posterior of every task, under a uniform prior.</summary>
        public void Expect()
        {
            Multiply(_point);
            Array.Clear(Posterior);
            for (int t = 0, i = 0; t < _answers.Tasks; t++)
            {
                Span<double> row = Posterior.AsSpan(t * _answers.Classes, _answers.Classes);
                foreach (int label in _answers.LabelsOf(t))
                {
                    // ln σ(x) - ln(1 - σ(x)) is x itself.
                    row[label] += Rows.Snap(_product[i++] + _logOthers);
                }
            }

            Rows.Normalize(Posterior, _answers.Classes);
            for (int t = 0, i = 0; t < _answers.Tasks; t++)
            {
                foreach (int label in _answers.LabelsOf(t))
                {
                    _right[i++] = Posterior[t * _answers.Classes + label];
                }
            }
        }

        /// <summary>Moves abilities and eases to where the posterior is best explained.</summary>
        /// <returns>The expected log likelihood with the priors, there.</returns>
        public double Maximize() => -ConjugateGradient.Minimize(this, _point);

        public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
        {
            Multiply(point);
            // e = exp(-|x|) and ln(1 + e) give ln σ and σ of either sign without overflow.
            for (int i = 0; i < _product.Length; i++)
            {
                _small[i] = -Math.Abs(_product[i]);
            }

            Rows.Exp(_small);
            for (int i = 0; i < _small.Length; i++)
            {
                _log[i] = 1 + _small[i];
            }

            Rows.Log(_log);
            int workers = _answers.Workers;
            gradient.Clear();
            double value = 0;
            for (int t = 0, i = 0; t < _answers.Tasks; t++)
            {
                double byTask = 0;
                foreach (int worker in _answers.WorkersOf(t))
                {
                    double x = _product[i], right = _right[i];
                    double logRight = Math.Min(x, 0) - _log[i], logWrong = Math.Min(-x, 0) - _log[i] - _logOthers;
                    value -= Rows.Snap(right * logRight + (1 - right) * logWrong);
                    double slope = (x >= 0 ? 1 : _small[i]) / (1 + _small[i]) - right;
                    gradient[worker] += Rows.Snap(slope * _ease[t]);
                    byTask += Rows.Snap(slope * x);
                    i++;
                }

                gradient[workers + t] = byTask;
            }

            for (int p = 0; p < point.Length; p++)
            {
                double off = point[p] - 1;
                gradient[p] += off;
                value += Rows.Snap(0.5 * off * off + HalfLogTau);
            }

            return value;
        }

        private void Multiply(ReadOnlySpan<double> point)
        {
            point[_answers.Workers..].CopyTo(_ease);
            Rows.Exp(_ease);
            for (int t = 0, i = 0; t < _answers.Tasks; t++)
            {
                foreach (int worker in _answers.WorkersOf(t))
                {
                    _product[i++] = point[worker] * _ease[t];
                }
            }
        }
    }
}
