namespace Trove.Consensus;

/// <summary>One counted answer as the mathematics sees it: what it chose, and how reliable its contributor was when it was given.</summary>
/// <param name="Choice">The class chosen, <c>0..classes-1</c> in schema order, or <see cref="NotSure"/>.</param>
/// <param name="Reliability">Chance that this contributor's answer is right, as known then (0..1); see <see cref="Posterior"/> for how it is bounded.</param>
public readonly record struct Vote(int Choice, double Reliability)
{
    /// <summary>The choice of an answer that is counted but carries no evidence.</summary>
    public const int NotSure = -1;
}
