using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>One counted answer to a question for free tags.</summary>
/// <param name="Tags">As typed. No tag at all is an answer too: nothing to name.</param>
/// <param name="Reliability">Chance that this contributor is right about one tag.</param>
/// <param name="NotSure">The answer is counted but carries no evidence.</param>
public readonly record struct TagVote(ImmutableArray<string> Tags, double Reliability, bool NotSure = false);

/// <summary>How much of the answering weight stands behind a tag.</summary>
/// <param name="Tag">Folded by <see cref="TagFold"/>.</param>
/// <param name="Share">Reliability of those who named it over the reliability of all who answered, 0..1.</param>
/// <param name="Answers">How many named it.</param>
public readonly record struct TagSupport(string Tag, double Share, int Answers);
