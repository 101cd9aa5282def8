namespace Trove.Consensus;

/// <summary>
/// Trove's own method, and its default. Four witnesses, who trust their model of contributors to different degrees, state each
/// task's probabilities, and the mean of the four decides (<see cref="OpinionPool"/>):
/// <list type="number">
/// <item>a hierarchical crowd (<see cref="CrowdFit"/>) that learns the frequency of the classes along;</item>
/// <item>the same, with the frequency of the classes as voted;</item>
/// <item>a crowd whose members have one figure each (<see cref="CoinCrowd"/>);</item>
/// <item>the weighted vote (<see cref="ZeroBasedSkillAggregator"/>), which hardly has a model.</item>
/// </list>
/// </summary>
/// <remarks>
/// No one model is best: a rich one wins where people differ and gave much, and can lose itself where classes are uneven or guessers
/// many; a simple one the other way round. Their evidence on held-out answers does not tell reliably which of them found the truth,
/// since a model may foretell answers well by what its classes have in common with the truth and no more. The mean needs no such
/// choice. Where they agree the outcome is sure, and where one strays the others outvote it.
/// </remarks>
public sealed class TroveAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "trove";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) => new TroveFit(answers).Outcome;
}
