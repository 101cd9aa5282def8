using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>The tags that lead.</summary>
/// <param name="Tags">Folded, best supported first.</param>
/// <param name="Confidence">How clearly the least clear tag is in or out: its share, or the share without it, 0..1. One when all agree; zero without evidence.</param>
/// <param name="Tie">Some tag has exactly half of the weight; it stays out.</param>
public readonly record struct LeadingTags(ImmutableArray<string> Tags, double Confidence, bool Tie);

/// <summary>Free tags: a vote for each tag, weighted by reliability.</summary>
/// <remarks>
/// A share of the weight and not a posterior: with an open vocabulary, not naming a tag is weak evidence against it, and how weak nobody knows.
/// </remarks>
public static class TagConsensus
{
    /// <summary>Support of every tag named, best supported first, then by spelling. Naming a tag twice in one answer counts once.</summary>
    /// <param name="votes">The counted answers; their order does not matter.</param>
    /// <param name="vocabulary">When given, variants of one tag, as it knows them, are counted as one.</param>
    public static ImmutableArray<TagSupport> Support(ReadOnlySpan<TagVote> votes, TagVocabulary? vocabulary = null)
    {
        Func<string, string> fold = vocabulary is null ? TagFold.Fold : vocabulary.Canonical;
        var named = new Dictionary<string, (double Weight, int Answers)>(StringComparer.Ordinal);
        double total = 0;
        foreach (TagVote vote in votes)
        {
            if (!IsEvidence(vote, out double weight))
            {
                continue;
            }

            total += weight;
            if (vote.Tags.IsDefaultOrEmpty)
            {
                continue;
            }

            foreach (string tag in vote.Tags.Select(fold).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal))
            {
                (double sum, int answers) = named.GetValueOrDefault(tag);
                named[tag] = (sum + weight, answers + 1);
            }
        }

        return [.. named
            .Select(entry => new TagSupport(entry.Key, Math.Min(1, entry.Value.Weight / total), entry.Value.Answers))
            .OrderByDescending(tag => Math.Round(tag.Share, 9))
            .ThenBy(tag => tag.Tag, StringComparer.Ordinal)];
    }

    /// <summary>The tags which more than half of the weight stands behind.</summary>
    /// <param name="votes">The counted answers; their order does not matter.</param>
    /// <param name="vocabulary">When given, variants of one tag, as it knows them, are counted as one.</param>
    public static LeadingTags Leading(ReadOnlySpan<TagVote> votes, TagVocabulary? vocabulary = null)
    {
        bool evidence = false;
        foreach (TagVote vote in votes)
        {
            evidence |= IsEvidence(vote, out _);
        }

        ImmutableArray<TagSupport> support = Support(votes, vocabulary);
        double confidence = evidence ? 1 : 0;
        foreach (TagSupport tag in support)
        {
            confidence = Math.Min(confidence, Math.Max(tag.Share, 1 - tag.Share));
        }

        return new LeadingTags(
            [.. support.Where(tag => tag.Share > 0.5 + Consensus.Leading.Margin).Select(tag => tag.Tag)],
            confidence,
            support.Any(tag => Math.Abs(tag.Share - 0.5) <= Consensus.Leading.Margin));
    }

    /// <summary>
    /// A tag is weighed by reliability itself, within the bounds of <see cref="Posterior"/> for a yes/no question: at worst
    /// two strangers of no standing outweigh the best contributor.
    /// </summary>
    private static bool IsEvidence(TagVote vote, out double weight)
    {
        weight = vote.Reliability > 0.5 ? Math.Min(vote.Reliability, Posterior.Ceiling) : 0.5;
        return !vote.NotSure;
    }
}
