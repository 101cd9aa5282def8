using System.Collections.Immutable;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;

namespace Trove.Silo.Audit;

/// <summary>One task by itself: who answered how often, and whether its outcome follows from the answers.</summary>
internal sealed class TaskChecks(Findings findings, AuditCounts counts, BriefHistory briefs)
{
    /// <returns>Whether the record makes sense. If not, what the task decided is unknown, as with a record that can't be read.</returns>
    public bool Check(AuditPage page, int index, LabelTaskRecord record)
    {
        var task = page.Id.Task(index);
        counts.Answers += record.Answers.Length;
        if (page.Pool is { } pool && index >= Math.Min(pool.Opened, pool.Count))
        {
            findings.Add(AuditCodes.TaskUnknown, task.Key, $"Its page has {pool.Count} tasks and has opened {pool.Opened} of them.");
        }
        else if (page.Pool is null && !page.IsPoolUnreadable)
        {
            findings.Add(AuditCodes.TaskUnknown, task.Key, "There is no record of its page.");
        }

        if (record.Policy is not { } policy)
        {
            if (record.Answers.IsEmpty && record.Outcome is null)
            {
                return true;
            }

            findings.Add(AuditCodes.OutcomeWrong, task.Key, "It has answers or an outcome, but no rules.");
            return false;
        }

        if (record.Settled > record.Answers.Length)
        {
            findings.Add(AuditCodes.OutcomeWrong, task.Key, $"It says that {record.Settled} of its answers were settled before it opened again; it has {record.Answers.Length}.");
            return false;
        }

        if (!AreRules(policy))
        {
            findings.Add(AuditCodes.OutcomeWrong, task.Key, $"Its rules make no sense: {policy}.");
            return false;
        }

        if (record.Answers.FirstOrDefault(answer => !NamesClasses(answer.Content, policy)) is { } invalid)
        {
            findings.Add(AuditCodes.InvalidAnswer, task.Key, $"Assignment {invalid.Assignment} of {invalid.Contributor} is no answer to {policy.Label} of {policy.Classes} classes.");
            return false;
        }

        // The outcome follows from the answers: where those are wrong already, it is not judged.
        if (AnswersAreSound(task, page.DefinitionOf(index), policy, record))
        {
            CheckOutcome(task, policy, record);
        }

        return true;
    }

    private bool AnswersAreSound(TaskId task, TaskDefinition? definition, TaskPolicy policy, LabelTaskRecord record)
    {
        var before = findings.Count;
        var maximum = definition?.Redundancy?.Maximum ?? briefs.HighestMaximum(task.Project, policy);
        if (record.Answers.Length > maximum)
        {
            counts.Overshoot += record.Answers.Length - maximum;
            findings.Add(AuditCodes.ExtraAnswer, task.Key, $"It counts {record.Answers.Length} answers; its maximum is {maximum}.");
        }

        var allowed = definition is { Allowed.IsDefaultOrEmpty: false } ? definition.Allowed.ToHashSet(StringComparer.Ordinal) : null;
        var voters = new HashSet<string>(StringComparer.Ordinal);
        foreach (var answer in record.Answers)
        {
            if (!voters.Add(answer.Contributor))
            {
                findings.Add(AuditCodes.SecondAnswer, task.Key, $"It counts more than one answer by {answer.Contributor}, the later one as assignment {answer.Assignment}.");
            }

            if (allowed?.Contains(answer.Contributor) == false)
            {
                findings.Add(AuditCodes.NotAllowed, task.Key, $"It counts assignment {answer.Assignment} of {answer.Contributor}, who is not on its list.");
            }

            if (record.Outcome is not null && answer.At > record.RetiredAt)
            {
                counts.Overshoot++;
                findings.Add(AuditCodes.LateAnswer, task.Key, $"It retired at {record.RetiredAt:O} and counted assignment {answer.Assignment} of {answer.Contributor} at {answer.At:O}.");
            }
        }

        return findings.Count == before;
    }

    private static bool AreRules(TaskPolicy policy)
    {
        var (kind, minimum, maximum, confidence, price) = policy.Redundancy;
        return (policy.Label == LabelKind.Tags || policy.Classes > 0)
            && maximum is >= 1 and <= Redundancy.Limit
            && (kind != RedundancyKind.Dynamic || (minimum >= 1 && minimum <= maximum && confidence is >= 0.5 and <= 1 && price is >= 0 and <= 1));
    }

    private static bool NamesClasses(AnswerContent content, TaskPolicy policy)
    {
        var choices = content.Choices.OrEmpty();
        return policy.Label switch
        {
            LabelKind.Tags => choices.IsEmpty,
            LabelKind.MultiChoice => choices.All(choice => choice < policy.Classes),
            _ => content.NotSure ? choices.IsEmpty : choices is [var choice] && choice < policy.Classes,
        };
    }

    /// <summary>
    /// Judges the answers anew. A brief that changed while the task was open can leave it with answers enough, or retire it on a posterior of the
    /// rules before: there a task that is not retired by its answers is given the benefit of the doubt.
    /// </summary>
    private void CheckOutcome(TaskId task, TaskPolicy policy, LabelTaskRecord record)
    {
        var answers = record.Answers;
        var posterior = TaskPosterior.Of(policy, answers);
        var decision = Quorum.Decide(policy.Redundancy, answers.Length, answers.Length, posterior.Confidence, posterior.Tie);
        var byAnswers = decision.Move != QuorumMove.Retire ? RetirementReason.None
            : decision.Undecided ? RetirementReason.Undecided
            : RetirementReason.Consensus;
        var nobodyLeft = policy.Allowed > 0 && answers.Length + record.Skipped.Length >= policy.Allowed;
        var firstBrief = policy.BriefVersion <= 1;

        // Opened again by a re-fit, it wants at least one answer more, whatever the first ones say by themselves.
        var waits = record.Settled > 0 && record.Settled == answers.Length;
        if (record.Outcome is not { } outcome)
        {
            if (nobodyLeft || (firstBrief && byAnswers != RetirementReason.None && !waits))
            {
                Wrong($"It has to be retired ({(nobodyLeft ? "nobody is left who may answer" : byAnswers)}), and is not.");
            }

            return;
        }

        if (outcome.Method != Outcome.Live)
        {
            CheckJudged(task, policy, outcome, answers.Length);
            return;
        }

        var follows = outcome.Reason switch
        {
            RetirementReason.Consensus or RetirementReason.Undecided => outcome.Reason == byAnswers,
            RetirementReason.Exhausted => nobodyLeft && (byAnswers == RetirementReason.None || waits || !firstBrief),
            RetirementReason.Withdrawn or RetirementReason.Cancelled => true,
            _ => false,
        };
        if (!follows)
        {
            Wrong($"It retired as {outcome.Reason}; its answers say {byAnswers}.");
        }
        else if (outcome.Answers != answers.Length)
        {
            Wrong($"Its outcome speaks of {outcome.Answers} answers; it has {answers.Length}.");
        }
        else if (firstBrief || byAnswers == outcome.Reason)
        {
            if (Math.Abs(outcome.Confidence - posterior.Confidence) is not <= 1e-9)
            {
                Wrong($"Its confidence is {outcome.Confidence:R}; its answers make it {posterior.Confidence:R}.");
            }
            else if (!Same(outcome.Content, posterior.Content))
            {
                Wrong($"Its leading answer is {Text(outcome.Content)}; its answers make it {Text(posterior.Content)}.");
            }
        }

        void Wrong(string detail) => findings.Add(AuditCodes.OutcomeWrong, task.Key, detail);
    }

    /// <summary>What a re-fit decided follows from all answers of the project; by itself it must only make sense.</summary>
    private void CheckJudged(TaskId task, TaskPolicy policy, Outcome outcome, int answers)
    {
        var chances = outcome.Chances.OrEmpty();
        var decision = Quorum.Decide(policy.Redundancy, answers, answers, outcome.Confidence, tie: false);
        var isSound = outcome.Answers == answers
            && outcome.Content is { } content && NamesClasses(content, policy)
            && outcome.Confidence is >= 0 and <= 1
            && chances.Length == policy.Classes && chances.All(chance => chance is >= 0 and <= 1)
            && FollowsFrom(chances, policy.Label, content, outcome.Confidence)
            && outcome.Reason == (decision.Undecided ? RetirementReason.Undecided : outcome.Reason)
            && outcome.Reason is RetirementReason.Consensus or RetirementReason.Undecided or RetirementReason.Exhausted;
        if (!isSound)
        {
            findings.Add(AuditCodes.OutcomeWrong, task.Key, $"What {outcome.Method} decided makes no sense: {outcome.Reason} with confidence {outcome.Confidence:R} from {outcome.Answers} answers.");
        }
    }

    private static bool FollowsFrom(ImmutableArray<double> chances, LabelKind label, AnswerContent content, double confidence)
    {
        if (label == LabelKind.MultiChoice)
        {
            var set = MultiChoice.Leading(chances.AsSpan());
            return Same(content, new AnswerContent(set.Options, [])) && Math.Abs(confidence - set.Confidence) <= 1e-9;
        }

        var leading = Leading.Of(chances.AsSpan());
        return Same(content, new AnswerContent([leading.Choice], [])) && Math.Abs(confidence - leading.Confidence) <= 1e-9 && Math.Abs(chances.Sum() - 1) <= 1e-6;
    }

    private static bool Same(AnswerContent? a, AnswerContent? b) => a is null || b is null
        ? a is null && b is null
        : a.NotSure == b.NotSure && a.Choices.OrEmpty().SequenceEqual(b.Choices.OrEmpty()) && a.Tags.OrEmpty().SequenceEqual(b.Tags.OrEmpty(), StringComparer.Ordinal);

    private static string Text(AnswerContent? content) => content is null ? "none"
        : content.NotSure ? "not sure"
        : $"[{string.Join(", ", content.Choices.OrEmpty().Select(choice => choice.ToString()).Concat(content.Tags.OrEmpty()))}]";
}
