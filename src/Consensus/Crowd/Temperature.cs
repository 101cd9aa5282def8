namespace Trove.Consensus;

/// <summary>
/// The power, at most 1, to which answers' likelihoods are raised: those who look at the same thing err together, and their answers are
/// worth fewer independent ones.
/// </summary>
internal static class Temperature
{
    /// <summary>
    /// The one under which each answer is best foretold by the other answers to its task (pseudo-likelihood, Besag 1975; as a
    /// learning rate for models that are not quite right, Grünwald 2012). From 1 down by half doublings, as long as it pays.
    /// </summary>
    /// <param name="foretold">How well answers are foretold under a temperature, as a logarithm.</param>
    public static double Learn(Func<double, double> foretold)
    {
        double temperature = 1, best = foretold(1);
        for (double lower = Math.Sqrt(0.5); lower > 1.0 / 16; lower *= Math.Sqrt(0.5))
        {
            double next = foretold(lower);
            if (next <= best)
            {
                break;
            }

            (temperature, best) = (lower, next);
        }

        return temperature;
    }
}
