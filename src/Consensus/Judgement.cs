namespace Trove.Consensus;

/// <summary>How right an answer was, in the light of the others.</summary>
public static class Judgement
{
    /// <summary>
    /// Probability that the vote was right, with its contributor taken for a stranger: an earned weight would confirm itself.
    /// Leaving the vote out altogether would err the other way, since an answer is evidence of the truth too. What is learned
    /// so still falls short for the very best (0.95 shows as about 0.85 in a middling crowd): on the safe side for a quorum,
    /// and mended by a fit over all answers.
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

        double mine = posterior[own.Choice] * (Stranger(classes) / Posterior.Weight(own.Reliability, classes));
        return mine / (mine + others);
    }

    /// <summary>
    /// The same for an answer to a multiple choice: the mean over the options. Such reliability starts at the prior of two classes.
    /// </summary>
    /// <param name="chances">The chances of the task's options, of all its answers.</param>
    /// <param name="selections">All its answers, in any order.</param>
    /// <param name="index">The answer to judge.</param>
    /// <returns>Null when there is nothing to learn.</returns>
    public static double? ProbabilityRight(ReadOnlySpan<double> chances, ReadOnlySpan<Selection> selections, int index)
    {
        Selection own = selections[index];
        bool heard = false;
        for (int i = 0; i < selections.Length; i++)
        {
            heard |= i != index && !selections[i].NotSure && Posterior.Weight(selections[i].Reliability, classes: 2) > 1;
        }

        if (own.NotSure || !heard)
        {
            return null;
        }

        double reweighed = Stranger(classes: 2) / Posterior.Weight(own.Reliability, classes: 2);
        double sum = 0;
        for (int o = 0; o < chances.Length; o++)
        {
            double agreed = !own.Options.IsDefault && own.Options.Contains(o) ? chances[o] : 1 - chances[o];
            double mine = agreed * reweighed;
            sum += mine / (mine + (1 - agreed));
        }

        return sum / chances.Length;
    }

    /// <summary>
    /// The same for free tags: over all tags that anybody named, the mean share of the weight that did as this answer did. Such
    /// reliability starts at the prior of two classes.
    /// </summary>
    /// <param name="votes">All answers of the task, in any order.</param>
    /// <param name="index">The answer to judge.</param>
    /// <returns>Null when there is nothing to learn.</returns>
    public static double? ProbabilityRight(ReadOnlySpan<TagVote> votes, int index)
    {
        TagVote own = votes[index] with { Reliability = Reliability.Prior(2).Mean };
        TagVote[] asStranger = votes.ToArray();
        asStranger[index] = own;
        if (own.NotSure || !asStranger.Where((vote, i) => i != index && !vote.NotSure).Any())
        {
            return null;
        }

        HashSet<string> named = own.Tags.IsDefault ? [] : [.. own.Tags.Select(TagFold.Fold)];
        return TagConsensus.Support(asStranger)
            .Select(tag => named.Contains(tag.Tag) ? tag.Share : 1 - tag.Share)
            .DefaultIfEmpty(1)
            .Average();
    }

    private static double Stranger(int classes) => Posterior.Weight(Reliability.Prior(classes).Mean, classes);

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
