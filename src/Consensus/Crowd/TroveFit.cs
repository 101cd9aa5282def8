namespace Trove.Consensus;

/// <summary>The four witnesses of <see cref="TroveAggregator"/>, fitted to all answers.</summary>
internal sealed class TroveFit
{
    public TroveFit(AnswerMatrix answers)
    {
        Answers = answers;
        double[] voted = Voted(answers);
        CrowdFit[] crowds = new CrowdFit[3];
        // Each is a pure function of the answers, so that it does not matter which ends first.
        Parallel.Invoke(
            () => crowds[0] = new CrowdFit(answers, votedPrior: null, ownConfusion: true),
            () => crowds[1] = new CrowdFit(answers, voted, ownConfusion: true),
            () => crowds[2] = new CrowdFit(answers, voted, ownConfusion: false));
        Crowds = crowds;
        Weights = ZeroBasedSkillAggregator.Weights(answers);
    }

    public AnswerMatrix Answers { get; }

    public IReadOnlyList<CrowdFit> Crowds { get; }

    /// <summary>What each worker's answer counts for in the weighted vote.</summary>
    public double[] Weights { get; }

    /// <summary>A row of probabilities for each task.</summary>
    public double[] Posterior()
    {
        int classes = Answers.Classes;
        double[] calibrated = MajorityAggregator.Shares(Answers, Weights), decided = [.. calibrated];
        foreach (CrowdFit crowd in Crowds)
        {
            Rows.Add(decided, crowd.Posterior);
            Rows.Add(calibrated, crowd.Calibrated);
        }

        for (int at = 0; at < decided.Length; at += classes)
        {
            OpinionPool.Settle(decided.AsSpan(at, classes), calibrated.AsSpan(at, classes));
        }

        return calibrated;
    }

    private static double[] Voted(AnswerMatrix answers)
    {
        double[] vote = MajorityAggregator.Shares(answers);
        Rows.Snap(vote);
        var voted = new double[answers.Classes];
        for (int at = 0; at < vote.Length; at += answers.Classes)
        {
            Rows.Add(voted, vote.AsSpan(at, answers.Classes));
        }

        return voted;
    }
}
