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
/// <param name="classes">Number of classes.</param>
/// <param name="posterior">Probability of each class for each task, row after row.</param>
/// <param name="iterations">Passes over the answers it took.</param>
public sealed class Aggregation(int classes, double[] posterior, int iterations)
{
    /// <summary>Passes over the answers it took.</summary>
    public int Iterations { get; } = iterations;

    /// <summary>Number of tasks.</summary>
    public int Tasks => posterior.Length / classes;

    /// <summary>Probability of each class of one task.</summary>
    public ReadOnlySpan<double> PosteriorOf(int task) => posterior.AsSpan(task * classes, classes);

    /// <summary>The outcome of one task. A tie goes to the first in the schema.</summary>
    public Leading LeadingOf(int task) => Leading.Of(PosteriorOf(task));
}
