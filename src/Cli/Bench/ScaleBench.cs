using System.Diagnostics;
using Trove.Cli.Crowd;
using Trove.Cli.Hosting;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Bench;

/// <summary>One size.</summary>
/// <param name="Tasks">Tasks imported.</param>
/// <param name="ImportSeconds">Time of the import.</param>
/// <param name="CpuMicrosPerLabel">Processor time of the server per label.</param>
/// <param name="BytesPerTask">Growth of its resident memory by the import, after a full collection, per task.</param>
internal sealed record ScaleRow(int Tasks, double ImportSeconds, double CpuMicrosPerLabel, double BytesPerTask);

/// <summary>The outcome of <c>trove bench scale</c>: a stable JSON object.</summary>
/// <param name="Rows">One for each size.</param>
/// <param name="Growth">Cost per label at the largest size over the smallest.</param>
internal sealed record ScaleReport(ScaleRow[] Rows, double Growth);

/// <summary>What a label and a task cost as projects grow. Each size has a fresh server and a fresh folder, and does the same work.</summary>
internal sealed class ScaleBench(int max, int labels, Terminal terminal)
{
    private const string Project = "scale";
    private const int Contributors = 50;
    private const int Smallest = 1_000;

    public async Task<ScaleReport> RunAsync(CancellationToken cancellation)
    {
        var rows = new List<ScaleRow>();
        for (long tasks = Smallest; tasks <= max; tasks *= 10)
        {
            rows.Add(await MeasureAsync((int)tasks, cancellation));
        }

        return new ScaleReport([.. rows], rows[^1].CpuMicrosPerLabel / rows[0].CpuMicrosPerLabel);
    }

    private async Task<ScaleRow> MeasureAsync(int tasks, CancellationToken cancellation)
    {
        await using var server = await Server.OpenAsync(url: null, data: null, key: null, cancellation);
        using var points = new BenchServer(server);
        using var developer = new TroveClient(server.Url, server.Key);

        // The smallest size must hold the warm-up and the measured labels twice over, so that work never grows scarce there and nowhere else.
        var answers = Math.Max(3, (int)Math.Ceiling(4.0 * labels / Smallest));
        await developer.CreateSimulatedProjectAsync(
            Project,
            new Brief(
                "Scale",
                "Measures this machine.",
                "Yes or no?",
                new LabelSchema(LabelKind.YesNo, []),
                new Redundancy(RedundancyKind.Fixed, answers, answers),
                TaskOrder.Depth,
                new HandOut(Stint: 0)),
            cancellation);
        var before = await points.CollectAsync(cancellation);
        var started = Stopwatch.GetTimestamp();
        await terminal.ProgressAsync($"Importing {tasks.Text()} tasks", tasks, done => developer.ImportTasksAsync(
            Project,
            "all",
            Enumerable.Range(0, tasks).Select(i => new TaskDefinition($"t{i}", Text: "Yes or no?")).ToAsyncEnumerable(),
            sent => done(sent),
            cancellation));
        var importSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = await points.CollectAsync(cancellation);
        await developer.MoveAsync(Project, ProjectMove.Publish, cancellation);

        var keys = await developer.MintAsync(Project, [.. Enumerable.Range(0, Contributors).Select(i => $"c{i}")], cancellation);
        var tally = new CrowdTally();
        await using var crowd = new SimulatedCrowd();
        await crowd.StartAsync(
            keys.Values.Select((key, i) =>
            {
                var chance = new Random(i);
                return new SimulatedContributor(key, (_, _) => new([chance.NextDouble() < 0.8 ? "yes" : "no"]), tally);
            }),
            server.Url,
            Project,
            cancellation);
        await UntilAsync(tally, labels, crowd, cancellation);
        var (counted, used) = (tally.Accepted, server.Process!.ProcessorTime);
        await UntilAsync(tally, counted + labels, crowd, cancellation);
        var micros = (server.Process.ProcessorTime - used).TotalMicroseconds / (tally.Accepted - counted);
        await crowd.StopAsync();
        await server.Process.StopAsync();
        return new ScaleRow(tasks, importSeconds, micros, (double)(after - before) / tasks);
    }

    private static async Task UntilAsync(CrowdTally tally, long accepted, SimulatedCrowd crowd, CancellationToken cancellation)
    {
        while (tally.Accepted < accepted)
        {
            await Task.Delay(5, cancellation);
            crowd.ThrowWhenFailed();
            if (tally.Errors > 0)
            {
                throw new CommandException($"The server failed on an answer: {tally.FirstTrouble}");
            }
        }
    }
}
