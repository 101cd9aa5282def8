using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Hosting;
using Trove.Cli.Output;

namespace Trove.Cli.Bench;

/// <summary><c>trove bench</c>: what this machine can do.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures this machine: live labelling, the engine, growth with size.") { Live(), Engine(), Scale() };

    private static Command Live()
    {
        var contributors = Commands.Number("--contributors", "Contributors at work.", 200);
        var seconds = Commands.Number("--seconds", "Length of the echo and label blocks together.", 20, least: 6);
        var memory = Commands.Number("--memory-contributors", "Contributors connected to measure the memory of each; 0 = not measured.", 1000, least: 0);
        var tasks = Commands.Number("--tasks", "Tasks to import; 0 = more than can be done.", 0, least: 0);
        var seed = new Option<int>("--seed") { Description = "Seed of the answers and the arrivals.", DefaultValueFactory = _ => 1 };
        var data = new Option<DirectoryInfo?>("--data") { Description = "An empty folder for the records, on the disk to be measured; a temporary one when left out." };
        var json = Commands.Json();
        return new Command("live", "Load over real WebSockets: labels per second against the raw SignalR echoes of this machine.")
        {
            contributors, seconds, memory, tasks, seed, data, json,
        }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var plan = new LivePlan(parsed.GetValue(contributors), parsed.GetValue(seconds), parsed.GetValue(memory), parsed.GetValue(tasks), parsed.GetValue(seed));
            await using var server = await Server.OpenAsync(url: null, parsed.GetValue(data), key: null, cancellation);
            var report = await new LiveBench(plan, server, terminal).RunAsync(cancellation);
            report.Show(terminal);
            terminal.Report(report);
            return report.Sound ? 0 : 1;
        });
    }

    private static Command Engine()
    {
        var seconds = Commands.Number("--seconds", "Length of the measurement of calls.", 5);
        var activations = Commands.Number("--activations", "Grains to activate.", 1_000_000);
        var json = Commands.Json();
        return new Command("engine", "Grain calls per second and bytes per activation of the engine of this build.") { seconds, activations, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var report = await EngineReport.MeasureAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(activations), cancellation);
            report.Show(terminal);
            terminal.Report(report);
            return 0;
        });
    }

    private static Command Scale()
    {
        var max = Commands.Number("--max", "Largest number of tasks.", 1_000_000, least: 1000);
        var labels = Commands.Number("--labels", "Labels measured at each size.", 8_000);
        var json = Commands.Json();
        return new Command("scale", "Cost per label and per task at 1 k, 10 k, 100 k, 1 M tasks.") { max, labels, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var report = await new ScaleBench(parsed.GetValue(max), parsed.GetValue(labels), terminal).RunAsync(cancellation);
            var table = new Table().Border(TableBorder.Rounded).AddColumn("tasks")
                .AddColumns(new TableColumn("import, s").RightAligned(), new TableColumn("server CPU per label, µs").RightAligned(), new TableColumn("memory per task, bytes").RightAligned());
            foreach (var row in report.Rows)
            {
                table.AddRow(row.Tasks.Text(), row.ImportSeconds.Text(), row.CpuMicrosPerLabel.Text("N1"), row.BytesPerTask.Text("N1"));
            }

            terminal.Console.Write(table);
            terminal.Say($"Cost per label at the largest size over the smallest: {report.Growth.Text()}");
            terminal.Report(report);
            return 0;
        });
    }
}
