namespace Trove.Consensus;

/// <summary>How right an answer was, in the light of the others.</summary>
public static class Judgement
{
    /// <summary>
    /// Probability that the vote was right, with its contributor taken for a stranger. Without that, an earned weight would confirm itself. Leaving the vote out
    /// altogether would err the other way: an answer is evidence of the truth, and on average that estimate falls short of how
    /// often the contributor is right.
    /// </summary>
    /// <param name="posterior">The task's posterior, of all its votes.</param>
    /// <param name="votes">All its votes, in any order.</param>
    /// <param name="index">The vote to judge.</param>
    /// <returns>Null when there is nothing to learn: the vote was not sure, or nobody else's vote carries evidence.</returns>
    public static double? ProbabilityRight(ReadOnlySpan<double> posterior, ReadOnlySpan<Vote> votes, int index)
    {
        int classes = posterior.Length;
        Vote own = votes[index];
        if (classes < 2 || !Posterior.IsEvidence(own, classes) || !AnyOther(votes, index, classes))
        {
            return null;
        }

        // The others are summed, not taken as 1 - p: near certainty that difference has no digits left.
        double others = 0;
        for (int c = 0; c < classes; c++)
        {
            others += c == own.Choice ? 0 : posterior[c];
        }

        double stranger = Posterior.Weight(Reliability.Prior(classes).Mean, classes);
        double mine = posterior[own.Choice] * (stranger / Posterior.Weight(own.Reliability, classes));
        return mine / (mine + others);
    }

    private static bool AnyOther(ReadOnlySpan<Vote> votes, int index, int classes)
    {
        for (int i = 0; i < votes.Length; i++)
        {
            if (i != index && Posterior.IsEvidence(votes[i], classes) && Posterior.Weight(votes[i].Reliability, classes) > 1)
            {
                return true;
            }
        }

        return false;
    }
}
