using Spectre.Console;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>The tables of <c>trove aggregate</c>. A column that nobody asked for is not there.</summary>
internal static class AggregateTables
{
    public static void Show(Terminal terminal, AggregateReport[] reports)
    {
        (string Title, Func<AggregateReport, string> Cell, bool Asked)[] columns =
        [
            ("method", r => r.Method, true),
            ("accuracy", r => r.Accuracy.Text("P2"), true),
            ("answers used", r => r.AnswersUsed?.Text() ?? "-", reports.Any(r => r.AnswersUsed is not null)),
            ("held-out agreement", r => r.HeldOutAgreement.Text("P2"), reports.Any(r => r.HeldOutAgreement is not null)),
            ("held-out log score", r => r.HeldOutLogScore.Text("N4"), reports.Any(r => r.HeldOutLogScore is not null)),
            ("calibration error", r => r.CalibrationError.Text("N3"), reports.Any(r => r.CalibrationError is not null)),
            ("seconds", r => r.Seconds.Text("N4"), true),
        ];
        columns = [.. columns.Where(column => column.Asked)];
        var table = new Table().Border(TableBorder.Rounded)
            .Title(Markup.Escape($"{reports[0].Dataset}: {reports[0].Answers.Text()} answers of {reports[0].Tasks.Text()} tasks"));
        foreach (var (title, _, _) in columns)
        {
            table.AddColumn(title == "method" ? new TableColumn(title) : new TableColumn(title).RightAligned());
        }

        foreach (var report in reports)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Cell(report)))]);
        }

        terminal.Console.Write(table);
        foreach (var report in reports.Where(r => r.Calibration is not null))
        {
            ShowBins(terminal, report.Method, report.Calibration!);
        }
    }

    private static void ShowBins(Terminal terminal, string method, IReadOnlyList<CalibrationBin> bins)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{method}: is confidence deserved?")).AddColumn("confidence");
        foreach (var title in (string[])["tasks", "mean confidence", "right"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        for (var i = 0; i < bins.Count; i++)
        {
            var bin = bins[i];
            var share = bin.Tasks == 0 ? double.NaN : 1;
            table.AddRow(
                $"{(i / 10.0).Text("N1")} - {((i + 1) / 10.0).Text("N1")}", bin.Tasks.Text(), (share * bin.Confidence).Text("P1"), (share * bin.Accuracy).Text("P1"));
        }

        terminal.Console.Write(table);
    }
}
