namespace Trove.Consensus;

/// <summary>Plain counting: every vote weighs the same.</summary>
public static class Majority
{
    /// <summary>Counts the votes for each class.</summary>
    /// <param name="votes">The counted votes; their order does not matter.</param>
    /// <param name="counts">Receives a count for each class; its length is the number of classes.</param>
    /// <returns>The votes that named a class, without those that were not sure.</returns>
    public static int Count(ReadOnlySpan<Vote> votes, Span<int> counts)
    {
        counts.Clear();
        int sure = 0;
        foreach (Vote vote in votes)
        {
            if (Posterior.IsEvidence(vote, counts.Length))
            {
                counts[vote.Choice]++;
                sure++;
            }
        }

        return sure;
    }

    /// <summary>
    /// The class with most votes; of equals the first in the schema. Its confidence is its share of <em>all</em> votes: one
    /// that was not sure favours nobody and so lowers it. Without votes it is zero and every class ties.
    /// </summary>
    public static Leading Leading(ReadOnlySpan<Vote> votes, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Span<int> counts = classes <= 64 ? stackalloc int[classes] : new int[classes];
        Count(votes, counts);
        int best = 0, leaders = 1;
        for (int c = 1; c < classes; c++)
        {
            if (counts[c] > counts[best])
            {
                (best, leaders) = (c, 1);
            }
            else if (counts[c] == counts[best])
            {
                leaders++;
            }
        }

        double share = votes.IsEmpty ? 0 : (double)counts[best] / votes.Length;
        return new Leading(best, share, leaders > 1);
    }
}
