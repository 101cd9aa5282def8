namespace Trove.Consensus;

/// <summary>A function to minimize, with its gradient.</summary>
internal interface IObjective
{
    /// <summary>The value at a point; <paramref name="gradient"/> receives the slopes.</summary>
    double Evaluate(ReadOnlySpan<double> point, Span<double> gradient);
}

/// <summary>
/// Non-linear conjugate gradients: Polak and Ribiere with Powell's restart, steps by a search for the strong Wolfe conditions
/// (Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6). Bounds and tolerances are those crowd-kit gives to SciPy.
/// </summary>
internal static class ConjugateGradient
{
    private const int MostSteps = 25;
    private const double FlatEnough = 1e-2;
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.4;
    private const int MostTrials = 30;

    /// <summary>Moves <paramref name="point"/> to a minimum nearby.</summary>
    /// <returns>The value there.</returns>
    public static double Minimize(IObjective objective, double[] point)
    {
        var gradient = new double[point.Length];
        double value = objective.Evaluate(point, gradient);
        var search = new LineSearch(objective, point);
        double[] direction = Array.ConvertAll(gradient, g => -g), old = new double[point.Length];
        double before = value + Math.Sqrt(Rows.Dot(gradient, gradient)) / 2;
        for (int step = 0; step < MostSteps && gradient.Max(Math.Abs) > FlatEnough; step++)
        {
            double slope = Rows.Dot(gradient, direction);
            if (slope >= 0)
            {
                break;
            }

            gradient.CopyTo(old, 0);
            double first = Math.Min(1, 1.01 * 2 * (value - before) / slope);
            before = value;
            if (!search.Along(direction, slope, first > 0 ? first : 1, ref value, gradient))
            {
                break;
            }

            double turned = 0, length = Rows.Dot(old, old);
            for (int i = 0; i < old.Length; i++)
            {
                turned += Rows.Snap(gradient[i] * (gradient[i] - old[i]));
            }

            double keep = Math.Max(0, turned / length);
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] = keep * direction[i] - gradient[i];
            }
        }

        return value;
    }

    private sealed class LineSearch(IObjective objective, double[] point)
    {
        private readonly double[] _start = new double[point.Length];

        /// <summary>Moves the point along the direction; leaves it where it was when no step helps.</summary>
        public bool Along(double[] direction, double slope, double step, ref double value, double[] gradient)
        {
            point.CopyTo(_start, 0);
            double from = value;
            (double Step, double Value, double Slope) low = (0, from, slope), high = default;
            bool bracketed = false;
            for (int trial = 0; trial < MostTrials; trial++)
            {
                double now = At(step, direction, gradient), rise = Rows.Dot(gradient, direction);
                if (now > from + SufficientDecrease * step * slope || (now >= low.Value && low.Step > 0))
                {
                    (high, bracketed) = ((step, now, rise), true);
                }
                else if (Math.Abs(rise) <= -Curvature * slope)
                {
                    value = now;
                    return true;
                }
                else
                {
                    if (bracketed ? rise * (high.Step - low.Step) >= 0 : rise >= 0)
                    {
                        (high, bracketed) = (low, true);
                    }

                    low = (step, now, rise);
                }

                step = bracketed ? Between(low, high) : step * 4;
            }

            // Out of trials: the best point met, if it is any better at all.
            value = At(low.Step, direction, gradient);
            return low.Step > 0;
        }

        private double At(double step, double[] direction, double[] gradient)
        {
            for (int i = 0; i < point.Length; i++)
            {
                point[i] = _start[i] + step * direction[i];
            }

            return objective.Evaluate(point, gradient);
        }

        /// <summary>The minimum of the cubic through both ends, kept off them.</summary>
        private static double Between((double Step, double Value, double Slope) low, (double Step, double Value, double Slope) high)
        {
            double span = high.Step - low.Step;
            double d1 = low.Slope + high.Slope - 3 * (low.Value - high.Value) / (low.Step - high.Step);
            double d2 = Math.Sign(span) * Math.Sqrt(Math.Max(0, d1 * d1 - low.Slope * high.Slope));
            double share = 1 - (high.Slope + d2 - d1) / (high.Slope - low.Slope + 2 * d2);
            return low.Step + span * (double.IsFinite(share) ? Math.Clamp(share, 0.1, 0.9) : 0.5);
        }
    }
}
