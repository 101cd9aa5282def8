using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary><c>trove aggregate</c>: consensus of all answers, offline.</summary>
internal static class AggregateCommand
{
    private const string AllMethods = "all";

    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "A crowd data set: answers.csv, and gold.csv for the accuracy." };
        var method = new Option<string>("--method") { Description = $"{string.Join(", ", Aggregators.All.Select(m => m.Name))}, or {AllMethods}.", DefaultValueFactory = _ => Aggregators.Default.Name };
        var json = Commands.Json();
        return new Command("aggregate", "Finds the consensus of all answers of a data set, offline.") { folder, method, json }.Does((parsed, _) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var name = parsed.GetRequiredValue(method);
            var methods = name == AllMethods ? Aggregators.All : [Method(name)];
            var data = CrowdData.Load(parsed.GetRequiredValue(folder).FullName);
            if (BoxAggregation.Of(data) is { } boxes)
            {
                boxes.Report(terminal);
                return Task.FromResult(0);
            }

            var run = new AggregateRun(TimeProvider.System);
            var reports = methods.Select(m => run.Execute(data, m)).ToArray();
            Show(terminal, reports);
            if (name == AllMethods)
            {
                var best = reports.MaxBy(r => r.Accuracy ?? 0)!;
                terminal.Report(new { best.Dataset, Method = AllMethods, best.Tasks, best.Answers, best.Accuracy, Seconds = reports.Sum(r => r.Seconds), Methods = reports });
            }
            else
            {
                terminal.Report(reports[0]);
            }

            return Task.FromResult(0);
        });
    }

    /// <summary>The method of that name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static IAggregator Method(string name) =>
        Aggregators.All.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandException($"There is no method '{name}'; there are {string.Join(", ", Aggregators.All.Select(m => m.Name))}.");

    private static void Show(Terminal terminal, AggregateReport[] reports)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{reports[0].Dataset}: {reports[0].Answers.Text()} answers of {reports[0].Tasks.Text()} tasks"))
            .AddColumn("method").AddColumn(new TableColumn("accuracy").RightAligned()).AddColumn(new TableColumn("seconds").RightAligned());
        foreach (var report in reports)
        {
            table.AddRow(Markup.Escape(report.Method), report.Accuracy.Text("P2"), report.Seconds.Text("N4"));
        }

        terminal.Console.Write(table);
    }
}
