using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Refits;

/// <summary>
/// The tags that people of a project may be shown before they answer: those of its brief, and those that its closed tasks decided. Pure.
/// </summary>
/// <remarks>
/// Never what one person alone typed: it may be anything, and whoever sees it sees somebody else's answer. Only where a task asks one person and no
/// more, that one decides.
/// </remarks>
internal sealed class DecidedTags
{
    private readonly TagVocabulary _vocabulary = new();

    public DecidedTags(LabelSchema schema)
    {
        if (schema.Kind == LabelKind.Tags)
        {
            foreach (var tag in schema.Options.OrEmpty())
            {
                _vocabulary.Give(tag);
            }
        }
    }

    /// <summary>Takes a closed task in.</summary>
    public void Add(ClosedEvidence evidence)
    {
        var (outcome, answers) = (evidence.Closed.Outcome, evidence.Closed.Answers);
        if (outcome.Reason is RetirementReason.Cancelled or RetirementReason.Withdrawn || outcome.Content is null)
        {
            return;
        }

        var people = Math.Min(2, evidence.Redundancy.Maximum);
        foreach (var tag in outcome.Content.Tags.OrEmpty())
        {
            if (answers.Count(answer => answer.Content.Tags.OrEmpty().Contains(tag, StringComparer.Ordinal)) >= people)
            {
                _vocabulary.Add(tag);
            }
        }
    }

    public TagSuggestions ToSuggestions() => _vocabulary.ToSuggestions();
}
