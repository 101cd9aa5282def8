using System.Collections.Immutable;
using System.Diagnostics;
using Trove.Cli.Crowd;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Replay;

/// <summary>What a live session came to.</summary>
/// <param name="Results">Every task, closed.</param>
/// <param name="Tally">What became of the answers.</param>
/// <param name="Seconds">From publishing to the last acknowledgement.</param>
internal sealed record SessionOutcome(ImmutableArray<TaskResult> Results, CrowdTally Tally, double Seconds)
{
    /// <summary>Counted answers.</summary>
    public int AnswersUsed => Results.Sum(r => r.Closed.Answers.Length);

    /// <summary>Tasks that closed without agreement.</summary>
    public int Undecided => Results.Count(r => r.Closed.Outcome.Undecided);

    /// <summary>Counted answers above a task's maximum, and those counted after it retired.</summary>
    public int Overshoot => Results.Sum(r =>
        Math.Max(0, r.Closed.Answers.Length - r.Definition.Redundancy!.Maximum) + r.Closed.Answers.Count(a => a.At > r.Closed.ClosedAt));

    /// <summary>Counted answers in a second.</summary>
    public double LabelsPerSecond => Seconds > 0 ? Tally.Accepted / Seconds : 0;

    /// <summary>The outcome of each task by its source id: the leading classes, or the tags. Tasks without an answer are left out.</summary>
    public Dictionary<string, ImmutableArray<string>> Labels(LabelSchema schema) => Labels(schema, _ => true);

    /// <summary>The outcome of those tasks that are asked for.</summary>
    public Dictionary<string, ImmutableArray<string>> Labels(LabelSchema schema, Func<TaskResult, bool> isWanted)
    {
        var classes = schema.Classes();
        return Results.Where(r => r.Closed.Outcome.Content is not null && isWanted(r)).ToDictionary(
            r => r.Definition.SourceId,
            r => schema.Kind == LabelKind.Tags
                ? r.Closed.Outcome.Content!.Tags
                : [.. r.Closed.Outcome.Content!.Choices.Select(c => classes[c])],
            StringComparer.Ordinal);
    }
}

/// <summary>Runs a whole live session against a server: create, import, publish, let a crowd work until every task is closed for good, take the results home.</summary>
internal sealed class LiveSession(TroveClient developer, Terminal terminal, TimeSpan limit, bool watchable)
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it.</summary>
    /// <param name="project">Key of the new project.</param>
    /// <param name="brief">Its brief.</param>
    /// <param name="names">Names of the contributors, in the order in which they come.</param>
    /// <param name="prepare">Makes its tasks, each with a redundancy of its own, once the project and its contributors exist.</param>
    /// <param name="contributor">Makes one of the contributors.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<SessionOutcome> RunAsync(
        string project,
        Brief brief,
        IReadOnlyCollection<string> names,
        Func<IReadOnlyDictionary<string, SimulatedKey>, CancellationToken, Task<ImmutableArray<TaskDefinition>>> prepare,
        Func<SimulatedKey, CrowdTally, SimulatedContributor> contributor,
        CancellationToken cancellation)
    {
        await developer.CreateSimulatedProjectAsync(project, brief, cancellation);
        if (watchable)
        {
            terminal.Say($"Watch it: ./trove watch {project} --url {developer.Server}");
        }

        var keys = await developer.MintAsync(project, names, cancellation);
        var tasks = await prepare(keys, cancellation);
        await terminal.ProgressAsync(
            $"Importing {tasks.Length.Text()} tasks",
            tasks.Length,
            done => developer.ImportTasksAsync(project, "all", tasks.ToAsyncEnumerable(), sent => done(sent), cancellation));
        await developer.MoveAsync(project, ProjectMove.Publish, cancellation);

        var tally = new CrowdTally();
        var started = Stopwatch.GetTimestamp();
        await using var working = new SimulatedCrowd();
        await working.StartAsync(names.Select(name => contributor(keys[name], tally)), developer.Server, project, cancellation);
        var seconds = await terminal.ProgressAsync("Labelling", tasks.Length, done => UntilClosedAsync(project, tasks.Length, tally, working, started, done, cancellation));
        await working.StopAsync();

        var results = ImmutableArray.CreateBuilder<TaskResult>(tasks.Length);
        await foreach (var result in developer.ResultsAsync(project, cancellation))
        {
            results.Add(result);
        }

        return results.Count == tasks.Length
            ? new SessionOutcome(results.DrainToImmutable(), tally, seconds)
            : throw new CommandException($"{tasks.Length} tasks are closed, but the results hold {results.Count}.");
    }

    private async Task<double> UntilClosedAsync(
        string project, int tasks, CrowdTally tally, SimulatedCrowd working, long started, Action<double> done, CancellationToken cancellation)
    {
        var (accepted, last) = (0L, started);
        while (true)
        {
            await Task.Delay(PollEvery, cancellation);
            working.ThrowWhenFailed();

            // The clock stops at the last acknowledgement: waiting for the board to say so is not labelling.
            if (tally.Accepted != accepted)
            {
                (accepted, last) = (tally.Accepted, Stopwatch.GetTimestamp());
            }

            var progress = await developer.ProgressAsync(project, cancellation);
            done(progress.Closed);
            if (progress.IsFinal && progress.Closed >= tasks)
            {
                return Stopwatch.GetElapsedTime(started, last).TotalSeconds;
            }

            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new CommandException(
                    $"After {limit.TotalSeconds:N0} s {tasks - progress.Closed} of {tasks} tasks are still open ({tally.Accepted} answers acknowledged, {tally.Errors} errors{(tally.FirstTrouble is { } trouble ? ": " + trouble : "")}).");
            }
        }
    }
}
