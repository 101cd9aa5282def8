namespace Trove.Consensus;

/// <summary>A crowd fitted to all answers, one of those behind a <see cref="TroveFit"/>.</summary>
internal interface IWitness
{
    /// <summary>Passes over the answers it took.</summary>
    int Iterations { get; }

    /// <summary>What was learned of the crowd.</summary>
    Crowd Describe();

    /// <summary>What was learned of a contributor.</summary>
    Standing StandingOf(int worker);

    /// <summary>Logarithm of an answer's likelihood under each class, up to what all classes have in common.</summary>
    void LogsOf(int answer, int task, Span<double> row);

    /// <summary>Adds its probabilities of every class to those of others; a row for each task.</summary>
    /// <param name="rows">To add to.</param>
    /// <param name="calibrated">At its temperature, or as they are.</param>
    void AddTo(double[] rows, bool calibrated);
}
