using System.Diagnostics;
using System.Threading.Channels;
using Trove.Cli.Audit;
using Trove.Cli.Crowd;
using Trove.Cli.Hosting;
using Trove.Cli.Measuring;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Bench;

/// <summary>What <c>bench live</c> does.</summary>
internal sealed record LivePlan(int Contributors, int Seconds, int MemoryContributors, int Tasks, int Seed)
{
    /// <summary>Blocks of each kind; they alternate, so that a slow spell of the machine hits both.</summary>
    public const int Blocks = 3;

    public const int AnswersPerTask = 3;

    /// <summary>A label takes a commit and some ten messages; no machine that this was written on does more in a second.</summary>
    private const int MostLabelsPerSecond = 20_000;

    public TimeSpan Block => TimeSpan.FromSeconds(Seconds / (2.0 * Blocks));

    /// <summary>Labelling runs through many times the code of an echo, so it takes longer until all of it is compiled for speed.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(15);

    public TimeSpan OpenLoop => TimeSpan.FromSeconds(Math.Max(5, Seconds / 4.0));

    /// <summary>Labelling time in all, with room to spare; every contributor also needs tasks that it has not had.</summary>
    public int TasksToImport => Tasks > 0
        ? Tasks
        : (int)((WarmUp + (Block * Blocks) + (OpenLoop / 2)).TotalSeconds * MostLabelsPerSecond / AnswersPerTask) + (MemoryContributors * 4);
}

/// <summary>The load driver. It runs here, in the command's process; the server is another.</summary>
internal sealed class LiveBench(LivePlan plan, Server server, Terminal terminal)
{
    private const string Project = "bench";
    private static readonly LabelSchema Schema = new(LabelKind.YesNo, []);
    private readonly CrowdTally _tally = new();
    private IReadOnlyDictionary<string, SimulatedKey> _keys = new Dictionary<string, SimulatedKey>(StringComparer.Ordinal);

    public async Task<LiveReport> RunAsync(CancellationToken cancellation)
    {
        using var points = new BenchServer(server);
        await ImportAsync(cancellation);
        var labelers = await ConnectLabelersAsync("c", plan.Contributors, cancellation);
        var echoers = Enumerable.Range(0, plan.Contributors).Select(i => new Echoer(server.Url, _keys[$"e{i}"].Key)).ToArray();
        await Task.WhenAll(echoers.Select(e => e.ConnectAsync(cancellation)));
        try
        {
            var echo = new SubmitRequest(labelers.Select(l => l.Token).FirstOrDefault(t => t is not null) ?? throw new CommandException("Nobody was offered anything."), ["yes"]);
            terminal.Say("Warming up");
            await LabelBlockAsync(labelers, plan.WarmUp);
            await EchoBlockAsync(echoers, echo, plan.WarmUp);

            var (before, counted) = (await points.CountersAsync(cancellation), Acknowledged(labelers));
            var (labelCost, echoCost) = (new CostMeter(points), new CostMeter(points));
            var (labels, echoes) = (new double[LivePlan.Blocks], new double[LivePlan.Blocks]);
            for (var block = 0; block < LivePlan.Blocks; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                echoes[block] = await echoCost.OfAsync(() => echoers.Sum(e => e.Echoes), () => EchoBlockAsync(echoers, echo, plan.Block), cancellation);
                labels[block] = await labelCost.OfAsync(() => Acknowledged(labelers), () => LabelBlockAsync(labelers, plan.Block), cancellation);
                terminal.Say($"Block {block + 1}: {echoes[block].Text("N0")} echoes/s, {labels[block].Text("N0")} labels/s");
            }

            var rate = Median(labels) / 2;
            terminal.Say($"Open loop at {rate.Text("N0")} labels/s");
            var (acknowledgements, refills) = (new LatencyRecorder(), new LatencyRecorder());
            await OpenLoopAsync(labelers, rate, acknowledgements, refills, cancellation);
            var writes = before is null ? null : (double?)((await points.CountersAsync(cancellation))!.Records - before.Records) / Math.Max(1, Acknowledged(labelers) - counted);

            await Task.WhenAll(echoers.Select(e => e.DisposeAsync().AsTask()));
            await Task.WhenAll(labelers.Select(l => l.DisposeAsync().AsTask()));
            var bytes = await MeasureMemoryAsync(points, cancellation);
            terminal.Say("Looking at the records");
            var audit = await server.StopAndAuditAsync(cancellation);
            AuditCommand.ShowFindings(terminal, audit);
            return new LiveReport(
                plan.Contributors,
                Acknowledged(labelers),
                Median(labels),
                Median(echoes),
                Median(labels) / Median(echoes),
                acknowledgements.PercentileMs(0.5),
                acknowledgements.PercentileMs(0.99),
                refills.PercentileMs(0.99),
                bytes,
                writes,
                MissingOnDisk(labelers),
                _tally.Errors + _tally.LeaseLost,
                audit?.Clean,
                rate,
                labels,
                echoes,
                labelCost.ProcessorMicros,
                echoCost.ProcessorMicros,
                labelCost.AllocatedBytes)
            {
                FirstTrouble = _tally.FirstTrouble,
            };
        }
        finally
        {
            await Task.WhenAll(echoers.Select(e => e.DisposeAsync().AsTask()));
        }
    }

    private static long Acknowledged(Labeler[] labelers) => labelers.Sum(l => l.Acknowledged);

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(i => $"{prefix}{i}");

    private static double Median(double[] blocks) => blocks.Order().ElementAt(blocks.Length / 2);

    private async Task ImportAsync(CancellationToken cancellation)
    {
        using var developer = new TroveClient(server.Url, server.Key);
        await developer.CreateSimulatedProjectAsync(
            Project,
            new Brief(
                "Bench",
                "Measures this machine.",
                "Yes or no?",
                Schema,
                new Redundancy(RedundancyKind.Fixed, LivePlan.AnswersPerTask, LivePlan.AnswersPerTask),
                TaskOrder.Depth,
                new HandOut(Stint: 0)),
            cancellation);
        _keys = await developer.MintAsync(Project, [.. Names("c", plan.Contributors), .. Names("e", plan.Contributors), .. Names("m", plan.MemoryContributors)], cancellation);
        await terminal.ProgressAsync($"Importing {plan.TasksToImport.Text()} tasks", plan.TasksToImport, done => developer.ImportTasksAsync(
            Project,
            "all",
            Enumerable.Range(0, plan.TasksToImport).Select(i => new TaskDefinition($"t{i}", Text: "Yes or no?")).ToAsyncEnumerable(),
            sent => done(sent),
            cancellation));
        await developer.MoveAsync(Project, ProjectMove.Publish, cancellation);
    }

    private async Task<Labeler[]> ConnectLabelersAsync(string prefix, int count, CancellationToken cancellation)
    {
        var labelers = Enumerable.Range(0, count).Select(i => new Labeler(_keys[$"{prefix}{i}"], HashCode.Combine(plan.Seed, i), _tally)).ToArray();
        foreach (var some in labelers.Chunk(32))
        {
            await Task.WhenAll(some.Select(l => l.JoinAsync(server.Url, Project, cancellation)));
        }

        // The first offers are pushed after the join was answered; half a window each means that hand-out is under way.
        var waited = Stopwatch.StartNew();
        while (labelers.Any(l => l.Offers == 0) && waited.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(20, cancellation);
        }

        return labelers;
    }

    /// <summary>Labels in a second that were committed, acknowledged and refilled within the block.</summary>
    private static async Task<double> LabelBlockAsync(Labeler[] labelers, TimeSpan length)
    {
        using var stop = new CancellationTokenSource();
        var before = labelers.Select(l => (l.Acknowledged, l.Offers)).ToArray();
        var started = Stopwatch.GetTimestamp();
        var running = labelers.Select(l => l.RunClosedAsync(stop.Token)).ToArray();
        await Task.Delay(length, CancellationToken.None);
        var complete = labelers.Select((l, i) => Math.Min(l.Acknowledged - before[i].Acknowledged, l.Offers - before[i].Offers)).Sum();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return complete / seconds;
    }

    private static async Task<double> EchoBlockAsync(Echoer[] echoers, SubmitRequest request, TimeSpan length)
    {
        using var stop = new CancellationTokenSource();
        var before = echoers.Sum(e => e.Echoes);
        var started = Stopwatch.GetTimestamp();
        var running = echoers.Select(e => e.RunAsync(request, stop.Token)).ToArray();
        await Task.Delay(length, CancellationToken.None);
        var echoes = echoers.Sum(e => e.Echoes) - before;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return echoes / seconds;
    }

    /// <summary>Answers fall due one after the other at a steady rate, whatever the server does; contributors take turns.</summary>
    private async Task OpenLoopAsync(Labeler[] labelers, double rate, LatencyRecorder acknowledgements, LatencyRecorder refills, CancellationToken cancellation)
    {
        var queues = labelers.Select(_ => Channel.CreateUnbounded<long>()).ToArray();
        var running = labelers.Select((l, i) => l.RunOpenAsync(queues[i].Reader, acknowledgements, refills)).ToArray();
        var started = Stopwatch.GetTimestamp();
        var total = (long)(rate * plan.OpenLoop.TotalSeconds);
        for (long next = 0; next < total;)
        {
            var due = Math.Min(total, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate));
            for (; next < due; next++)
            {
                queues[next % queues.Length].Writer.TryWrite(started + (long)(next / rate * Stopwatch.Frequency));
            }

            await Task.Delay(1, cancellation);
        }

        Array.ForEach(queues, q => q.Writer.Complete());
        await Task.WhenAll(running);
    }

    /// <summary>Growth of resident memory per contributor who is connected and holds work. The load before has warmed up everything that is not theirs.</summary>
    private async Task<double?> MeasureMemoryAsync(BenchServer points, CancellationToken cancellation)
    {
        if (plan.MemoryContributors == 0)
        {
            return null;
        }

        terminal.Say($"Connecting {plan.MemoryContributors.Text()} contributors to measure memory");
        await points.CollectAsync(cancellation);
        var before = await points.CollectAsync(cancellation);
        var labelers = await ConnectLabelersAsync("m", plan.MemoryContributors, cancellation);
        await points.CollectAsync(cancellation);
        var after = await points.CollectAsync(cancellation);
        await Task.WhenAll(labelers.Select(l => l.DisposeAsync().AsTask()));
        return (double)(after - before) / plan.MemoryContributors;
    }

    private long MissingOnDisk(Labeler[] labelers)
    {
        var disk = new DiskAnswers(server.Data!, Project, Schema);
        return labelers.Sum(l => l.Tasks.LongCount(task => !disk.Holds(task, l.Contributor)));
    }
}
