using System.Collections.Immutable;
using Trove.Cli.Aggregation;
using Trove.Cli.Crowd;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Consensus;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Replay;

/// <summary>The answers of a crowd that has been, given once more.</summary>
internal sealed class CrowdReplay(CrowdData data, Policy policy, int seed, IAggregator? method) : IReplay
{
    public async Task<ReplayReport> RunAsync(LiveSession session, TroveClient developer, CancellationToken cancellation)
    {
        var project = "replay-" + Guid.NewGuid().ToString("n")[..12];
        var plan = ReplayPlan.Of(data, policy, seed);
        if (method is not null && plan.Brief.Schema.Kind == LabelKind.Tags)
        {
            throw new CommandException($"The labels of {data.Name} are no classes, so --method can't compare them; leave it out.");
        }

        var workers = plan.Workers.ToDictionary(worker => worker.Name, StringComparer.Ordinal);
        var outcome = await session.RunAsync(
            project,
            plan.Brief,
            [.. plan.Workers.Select(worker => worker.Name)],
            (keys, _) => Task.FromResult<ImmutableArray<TaskDefinition>>(
                [.. plan.Tasks.Select(task => task with { Allowed = [.. task.Allowed.Select(name => keys[name].Contributor)] })]),
            (key, tally) => Contributor(key, workers[key.Name], tally),
            cancellation);
        return new ReplayReport(
            data.Name,
            plan.Tasks.Length,
            plan.Workers.Length,
            plan.AnswersAvailable,
            outcome.AnswersUsed,
            (double)outcome.AnswersUsed / Math.Max(1, plan.Tasks.Length),
            plan.Accuracy(method is null ? outcome.Labels(plan.Brief.Schema) : Aggregate(outcome, plan.Brief.Schema, method)),
            outcome.Undecided,
            outcome.Overshoot,
            outcome.LabelsPerSecond,
            outcome.Tally.Acknowledgement.PercentileMs(0.5),
            outcome.Tally.Acknowledgement.PercentileMs(0.99),
            AuditClean: null,
            Policy: "",
            method?.Name ?? "live",
            outcome.Tally.Recalled,
            outcome.Tally.Errors,
            outcome.Seconds)
        {
            DecidedAccuracy = plan.Precision(outcome.Labels(plan.Brief.Schema, result => !result.Closed.Outcome.Undecided)),
        };
    }

    private static SimulatedContributor Contributor(SimulatedKey key, ReplayWorker worker, CrowdTally tally) => new(
        key,
        (offer, _) => worker.Answers.TryGetValue(offer.SourceId, out var values)
            ? ValueTask.FromResult<ImmutableArray<string>?>(values)
            : throw new CommandException($"{worker.Name} was offered task {offer.SourceId}, which it is not allowed to answer."),
        tally);

    /// <summary>What a method makes of the answers that were collected.</summary>
    private static Dictionary<string, ImmutableArray<string>> Aggregate(SessionOutcome outcome, LabelSchema schema, IAggregator method)
    {
        var classes = schema.Classes();
        var workers = new Names();
        var answers = outcome.Results.SelectMany((result, task) => result.Closed.Answers
            .Where(a => a.Content.Choices.Length == 1)
            .Select(a => new Answer(task, workers.Add(a.Contributor), a.Content.Choices[0]))).ToArray();
        var found = method.Run(AnswerMatrix.From(answers, outcome.Results.Length, workers.Count, classes.Length));
        return outcome.Results.Select((result, task) => (result.Definition.SourceId, Label: classes[found.LeadingOf(task).Choice]))
            .ToDictionary(r => r.SourceId, r => ImmutableArray.Create(r.Label), StringComparer.Ordinal);
    }
}
