using System.Collections.Immutable;
using System.Diagnostics;
using Trove.Cli.Audit;
using Trove.Cli.Crowd;
using Trove.Cli.Hosting;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Silo.Audit;

namespace Trove.Cli.Soak;

/// <summary>What a soak does.</summary>
/// <param name="Kills">How often the server is killed.</param>
/// <param name="Duration">How long the crowd works.</param>
/// <param name="Contributors">Its size.</param>
/// <param name="Tasks">Tasks; 0 = more than it can do.</param>
/// <param name="Answers">Answers each task takes; 0 = between 2 and 5.</param>
/// <param name="Seed">Seed of all chance.</param>
internal sealed record SoakPlan(int Kills, TimeSpan Duration, int Contributors, int Tasks, int Answers, int Seed)
{
    /// <summary>Longest pause of a contributor before an answer, in milliseconds: long enough that many are in the middle of one at a kill.</summary>
    public const int LongestThought = 60;

    /// <summary>The kills fall at random moments, one in each equal part of the duration, so that each finds the crowd at work again.</summary>
    public ImmutableArray<TimeSpan> Moments()
    {
        var chance = new Random(Seed);
        return [.. Enumerable.Range(0, Kills).Select(k => Duration * ((k + 0.1 + (0.8 * chance.NextDouble())) / Kills))];
    }

    /// <summary>Redundancy of every task.</summary>
    public Redundancy Redundancy => Answers > 0
        ? new Redundancy(RedundancyKind.Fixed, Answers, Answers)
        : new Redundancy(RedundancyKind.Dynamic, 2, 5, 0.9);

    /// <summary>Tasks to import: a contributor that never waits gives at most some thirty answers a second, and a task takes two at least.</summary>
    public int TasksToImport => Tasks > 0 ? Tasks : (int)Math.Clamp(Duration.TotalSeconds * Contributors * 1000 / (LongestThought / 2.0) / Redundancy.Minimum, 100, 200_000);
}

/// <summary>One soak: the real process on a fresh folder, a crowd at work, SIGKILL at random moments, and the reckoning.</summary>
internal sealed class SoakRun(SoakPlan plan, string dataFolder, string notebooks, Terminal terminal)
{
    private const string Project = "soak";
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);
    private static readonly LabelSchema Schema = new(LabelKind.YesNo, []);

    private readonly CrowdTally _tally = new();

    // Stopwatch timestamp of the latest kill that no answer was acknowledged after yet; 0 = none.
    private long _killedAt;
    private long _longestRecovery;

    public async Task<(SoakReport Report, AuditReport Audit)> RunAsync(CancellationToken cancellation)
    {
        terminal.Say($"Soak with seed {plan.Seed}: {plan.Contributors} contributors, {plan.TasksToImport} tasks, {plan.Kills} kills in {plan.Duration.TotalSeconds:N0} s.");
        var server = await ServerProcess.StartAsync(dataFolder, port: 0, cancellation);
        try
        {
            using var developer = new TroveClient(server.Url, await server.BecomeAdminAsync(cancellation));
            var keys = await PrepareAsync(developer, cancellation);
            var books = Array.ConvertAll(keys, key => new Notebook(notebooks, key.Contributor));
            try
            {
                await using var crowd = new SimulatedCrowd();
                await crowd.StartAsync(keys.Select((key, i) => Contributor(key, books[i], i)), server.Url, Project, cancellation);
                server = await KillAndRestartAsync(server, crowd, cancellation);
                await crowd.StopAsync();
            }
            finally
            {
                Array.ForEach(books, b => b.Dispose());
            }

            var stranded = await CloseAsync(developer, cancellation);
            await server.StopAsync();
            return await ReckonAsync(stranded, cancellation);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private async Task<SimulatedKey[]> PrepareAsync(TroveClient developer, CancellationToken cancellation)
    {
        await developer.CreateSimulatedProjectAsync(
            Project,
            new Brief("Soak", "Tries whether Trove keeps its word when it is killed.", "Yes or no?", Schema, plan.Redundancy, TaskOrder.Depth, new HandOut(Stint: 0)),
            cancellation);
        await developer.ImportTasksAsync(
            Project,
            "all",
            Enumerable.Range(0, plan.TasksToImport).Select(i => new TaskDefinition($"t{i}", Text: "Yes or no?")).ToAsyncEnumerable(),
            cancellation: cancellation);
        await developer.MoveAsync(Project, ProjectMove.Publish, cancellation);
        return [.. (await developer.MintAsync(Project, [.. Enumerable.Range(0, plan.Contributors).Select(i => $"soaker-{i}")], cancellation)).Values];
    }

    private SimulatedContributor Contributor(SimulatedKey key, Notebook notebook, int index)
    {
        var chance = new Random(HashCode.Combine(plan.Seed, index));
        return new SimulatedContributor(
            key,
            async (_, cancellation) =>
            {
                await Task.Delay(chance.Next(SoakPlan.LongestThought), cancellation);
                return [chance.NextDouble() < 0.8 ? "yes" : "no"];
            },
            _tally)
        {
            Acknowledged = (offer, values) =>
            {
                var killed = Interlocked.Exchange(ref _killedAt, 0);
                if (killed != 0)
                {
                    InterlockedMax(ref _longestRecovery, Stopwatch.GetTimestamp() - killed);
                }

                notebook.Write(offer, values);
            },
        };
    }

    private async Task<ServerProcess> KillAndRestartAsync(ServerProcess server, SimulatedCrowd crowd, CancellationToken cancellation)
    {
        var port = server.Url.Port;
        var started = Stopwatch.GetTimestamp();
        foreach (var moment in plan.Moments())
        {
            await UntilAsync(moment);
            crowd.ThrowWhenFailed();
            var killed = Stopwatch.GetTimestamp();
            await server.KillAsync();
            await server.DisposeAsync();
            var restarting = ServerProcess.StartAsync(dataFolder, port, cancellation);

            // Only now: acknowledgements that were on the wire at the kill are no recovery. An earlier kill that nothing was acknowledged after yet goes on counting.
            Interlocked.CompareExchange(ref _killedAt, killed, comparand: 0);
            server = await restarting;
            terminal.Say($"Killed after {Stopwatch.GetElapsedTime(started, killed).TotalSeconds:N1} s with {_tally.Accepted} answers acknowledged; back after {Stopwatch.GetElapsedTime(killed).TotalSeconds:N1} s.");
        }

        await UntilAsync(plan.Duration);

        // A kill near the end: the soak goes on until somebody's answer was acknowledged after it, or nothing is left to answer.
        while (Interlocked.Read(ref _killedAt) != 0 && Stopwatch.GetElapsedTime(started) < plan.Duration + SettleTimeout)
        {
            await Task.Delay(50, cancellation);
        }

        crowd.ThrowWhenFailed();
        return server;

        async Task UntilAsync(TimeSpan moment)
        {
            var left = moment - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, cancellation);
            }
        }
    }

    /// <summary>Closes the project and waits until every task is closed; the number of those that are not in time.</summary>
    private async Task<long> CloseAsync(TroveClient developer, CancellationToken cancellation)
    {
        await developer.MoveAsync(Project, ProjectMove.Close, cancellation);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var progress = await developer.ProgressAsync(Project, cancellation);
            if (progress.Closed >= progress.Tasks || Stopwatch.GetElapsedTime(started) > SettleTimeout)
            {
                return progress.Tasks - progress.Closed;
            }

            await Task.Delay(100, cancellation);
        }
    }

    private async Task<(SoakReport Report, AuditReport Audit)> ReckonAsync(long stranded, CancellationToken cancellation)
    {
        var audit = await RecordAudit.RunAsync(dataFolder, cancellation);
        var disk = new DiskAnswers(dataFolder, Project, Schema);
        var told = Notebook.ReadAll(notebooks).ToArray();
        var report = new SoakReport(
            plan.Kills,
            told.Length,
            told.LongCount(t => !disk.Holds(t.Told.Task, t.Contributor, t.Told.Values)),
            audit.Totals.Overshoot,
            audit.Totals.DoubleSettled,
            TimeSpan.FromSeconds((double)Interlocked.Read(ref _longestRecovery) / Stopwatch.Frequency).TotalSeconds,
            audit.Clean,
            _tally.Errors,
            stranded,
            plan.Seed);
        return (report, audit);
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Interlocked.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
