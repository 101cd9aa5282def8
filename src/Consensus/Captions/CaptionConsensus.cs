using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>One counted caption of a task.</summary>
/// <param name="Text">As typed. An empty text is an answer too: nothing to say.</param>
/// <param name="Reliability">Chance that this contributor is right, 0..1; bounded as for tags.</param>
/// <param name="NotSure">The answer is counted but carries no evidence.</param>
public readonly record struct CaptionVote(string Text, double Reliability, bool NotSure = false);

/// <summary>The caption that leads.</summary>
/// <param name="Choice">Index of the answer; <see cref="None"/> without evidence.</param>
/// <param name="Confidence">Likeness of the others to it, 0..1, weighted by reliability. Zero for an only answer: nobody confirms it.</param>
/// <param name="Closeness">Of each answer, the likeness of the others to it: what its contributor learns from. Zero without evidence.</param>
public readonly record struct LeadingCaption(int Choice, double Confidence, ImmutableArray<double> Closeness)
{
    /// <summary>No answer carried evidence.</summary>
    public const int None = -1;
}

/// <summary>
/// Captions: of what people wrote, the one closest to all others, each weighted by reliability; the medoid. It is always
/// something a person wrote. The same idea as TextRASA and TextHRRASA of Li (2019, 2020), with a likeness of characters in the place of a
/// trained model of one language.
/// </summary>
public static class CaptionConsensus
{
    /// <summary>The leading caption of one task. Equal ones go to the more reliable contributor, then by spelling, then to the first.</summary>
    /// <param name="votes">The counted answers.</param>
    public static LeadingCaption Leading(ReadOnlySpan<CaptionVote> votes)
    {
        var texts = new TextLikeness?[votes.Length];
        var weight = new double[votes.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            CaptionVote vote = votes[i];
            weight[i] = vote.NotSure ? 0 : vote.Reliability > 0.5 ? Math.Min(vote.Reliability, Posterior.Ceiling) : 0.5;
            texts[i] = vote.NotSure ? null : new TextLikeness(vote.Text);
        }

        double[] near = Nearness(texts, weight);
        var closeness = new double[votes.Length];
        double total = weight.Sum();
        (int Choice, double Score) best = (LeadingCaption.None, 0);
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i] is null)
            {
                continue;
            }

            closeness[i] = total > weight[i] ? Math.Min(1, near[i] / (total - weight[i])) : 0;

            // An answer is like itself: so of two that differ, the more reliable contributor's leads.
            double score = Math.Round((near[i] + weight[i]) / total, 9);
            if (best.Choice == LeadingCaption.None || score > best.Score || (score == best.Score && IsBefore(votes[i], votes[best.Choice])))
            {
                best = (i, score);
            }
        }

        return new LeadingCaption(best.Choice, best.Choice == LeadingCaption.None ? 0 : closeness[best.Choice], [.. closeness]);
    }

    /// <summary>Of each answer the sum of the likeness of all others, weighted.</summary>
    private static double[] Nearness(TextLikeness?[] texts, double[] weight)
    {
        var near = new double[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            for (int j = i + 1; j < texts.Length; j++)
            {
                if (texts[i] is { } one && texts[j] is { } other)
                {
                    double likeness = one.To(other);
                    near[i] += weight[j] * likeness;
                    near[j] += weight[i] * likeness;
                }
            }
        }

        return near;
    }

    private static bool IsBefore(CaptionVote one, CaptionVote other) =>
        one.Reliability > other.Reliability || (one.Reliability == other.Reliability && string.CompareOrdinal(one.Text, other.Text) < 0);
}
