using Spectre.Console;
using Trove.Cli.Output;

namespace Trove.Cli.Aggregation;

/// <summary><c>trove aggregate --curve</c>: a table for each data set, and a picture of them all.</summary>
internal static class CurveReport
{
    public static void Run(Terminal terminal, DirectoryInfo[] folders, int seeds, FileInfo? svg)
    {
        var curves = new List<AccuracyCurve>();
        foreach (var folder in folders)
        {
            var data = CrowdData.Load(folder.FullName);
            if (BoxAggregation.Of(data) is not null)
            {
                throw new CommandException($"{data.Name} holds boxes; a curve is drawn of answers that name one label.");
            }

            curves.Add(AccuracyCurve.Of(data, seeds));
            Show(terminal, curves[^1]);
        }

        if (svg is not null)
        {
            File.WriteAllText(svg.FullName, CurvePlot.Draw(curves));
            terminal.Say($"Drawn into {svg.FullName}.");
        }

        terminal.Report(new { Curves = curves });
    }

    private static void Show(Terminal terminal, AccuracyCurve curve)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .Title(Markup.Escape($"{curve.Dataset}: {curve.Answers.Text()} answers of {curve.Tasks.Text()} tasks, mean of {curve.Seeds.Text()} random orders"))
            .AddColumn("method").AddColumn("policy")
            .AddColumn(new TableColumn("answers per task").RightAligned()).AddColumn(new TableColumn("accuracy").RightAligned())
            .AddColumn(new TableColumn("right where decided").RightAligned());
        foreach (var point in curve.Points)
        {
            table.AddRow(Markup.Escape(point.Method), Markup.Escape(point.Policy), point.AnswersPerTask.Text(), point.Accuracy.Text("P2"), point.DecidedRight.Text("P2"));
        }

        terminal.Console.Write(table);
    }
}
