using Trove.Contracts;

namespace Trove.Client;

/// <summary>The server refused, and said why.</summary>
public sealed class TroveException : Exception
{
    /// <summary>A refusal with its reason.</summary>
    public TroveException(Problem problem)
        : base(problem.Detail) => Problem = problem;

    /// <summary>A stable code for programs and a sentence for people.</summary>
    public Problem Problem { get; }
}
