namespace Trove.Consensus;

/// <summary>A method of finding the truth from all answers of a data set at once. Stateless and deterministic.</summary>
public interface IAggregator
{
    /// <summary>The name it is called by.</summary>
    string Name { get; }

    /// <summary>Runs it. Any matrix will do: every figure of the outcome is finite.</summary>
    Aggregation Run(AnswerMatrix answers);
}

/// <summary>What a method found.</summary>
public sealed class Aggregation
{
    private readonly int _classes;
    private readonly double[] _posterior;

    private Aggregation(int classes, double[] posterior, int iterations) => (_classes, _posterior, Iterations) = (classes, posterior, iterations);

    /// <summary>Passes over the answers it took.</summary>
    public int Iterations { get; }

    /// <summary>Number of tasks.</summary>
    public int Tasks => _posterior.Length / _classes;

    /// <summary>Probability of each class of one task.</summary>
    public ReadOnlySpan<double> PosteriorOf(int task) => _posterior.AsSpan(task * _classes, _classes);

    /// <summary>The outcome of one task. A tie goes to the first in the schema.</summary>
    public Leading LeadingOf(int task) => Leading.Of(PosteriorOf(task));

    /// <summary>Takes the rows of a posterior, which still may miss a sum of one by the step of the grid of <see cref="Rows"/>.</summary>
    internal static Aggregation Of(int classes, double[] posterior, int iterations)
    {
        for (int at = 0; at < posterior.Length; at += classes)
        {
            Span<double> row = posterior.AsSpan(at, classes);
            double sum = 0;
            foreach (double p in row)
            {
                sum += p;
            }

            foreach (ref double p in row)
            {
                p /= sum;
            }
        }

        return new Aggregation(classes, posterior, iterations);
    }
}
