using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>The crowds behind a <see cref="TroveFit"/>, fitted to all answers.</summary>
internal interface IWitnesses
{
    /// <summary>Passes over the answers they took.</summary>
    int Iterations { get; }

    /// <summary>What was learned of the crowds.</summary>
    ImmutableArray<Crowd> Describe();

    /// <summary>What was learned of a contributor: labels used, and the standing in each crowd.</summary>
    (ImmutableArray<int> Labels, ImmutableArray<Standing> Standings) Know(int worker);

    /// <summary>Logarithm of an answer's likelihood under each class, up to what all classes have in common; a row for each crowd.</summary>
    void LogsOf(int answer, int task, Span<double> logs);

    /// <summary>The outcome of all, with the weighted vote for the last witness; see <see cref="OpinionPool"/>.</summary>
    Aggregation Pool(ReadOnlySpan<double> weights);
}
