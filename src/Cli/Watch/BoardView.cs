using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Trove.Cli.Output;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;

namespace Trove.Cli.Watch;

/// <summary>How a project's progress looks in a terminal.</summary>
internal static class BoardView
{
    private const int InnerWidth = 66;

    /// <summary>Lines of the panel besides those of the newest closed tasks, and one below it for the cursor: a taller panel would push its own top out of the terminal.</summary>
    private const int OtherLines = 13;

    /// <summary>The panel of a project.</summary>
    /// <param name="progress">Where it stands.</param>
    /// <param name="height">Lines of the terminal; as many of the newest closed tasks are shown as fit.</param>
    /// <param name="isConnected">Whether that is how it stands now.</param>
    public static IRenderable Of(ProjectProgress progress, int height, bool isConnected = true)
    {
        var decided = progress.Closed - progress.Undecided;
        var open = Math.Max(0, progress.Tasks - progress.Closed);
        var states = new BreakdownChart().Width(InnerWidth).UseValueFormatter((value, _) => Short(value))
            .AddItem("decided", decided, Color.Green)
            .AddItem("undecided", progress.Undecided, Color.Yellow)
            .AddItem("open", open, Color.Grey);

        // Fixed widths: columns that follow their figures would jump about while one reads.
        var figures = Columns(("", 18, false), ("", 12, true), ("", 15, false), ("", 15, true)).HideHeaders();
        figures.AddRow("tasks", progress.Tasks.Text(), "answers", progress.Answers.Text());
        figures.AddRow("closed", progress.Closed.Text(), "being worked on", progress.Live.Text());
        figures.AddRow("answers per second", progress.AnswersPerSecond.Text("N1"), "left", Left(progress));
        figures.AddRow("mean confidence", Confidence(progress), "spent", Money(progress));
        var refit = new Markup($"[grey]{Markup.Escape(Refit(progress))}[/]");
        return new Panel(new Rows(states, new Text(""), figures, refit, new Text(""), NewestRows(progress, Math.Max(1, height - OtherLines))))
            .Header(Markup.Escape(progress.Project) + (!isConnected ? " [yellow](no connection, trying again)[/]" : progress.Partial ? " [grey](still counting)[/]" : ""))
            .Border(BoxBorder.Rounded)
            .Padding(1, 0);
    }

    /// <summary>The same in one line, where nothing can be redrawn.</summary>
    public static string Line(ProjectProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.At:HH:mm:ss} {progress.Project}: {progress.Closed} of {progress.Tasks} closed ({progress.Undecided} undecided), {progress.Answers} answers, {progress.Live} being worked on, {progress.AnswersPerSecond:N1}/s, left {Left(progress)}, spent {Money(progress)}, confidence {Confidence(progress)}, {Refit(progress)}{Newest(progress)}");

    /// <summary>Six figures and more would break the chart's legend into two lines.</summary>
    private static string Short(double count) => count < 100_000 ? count.Text("N0") : (count / 1000).Text("N0") + "k";

    private static IRenderable NewestRows(ProjectProgress progress, int most)
    {
        if (progress.Newest.OrEmpty().IsEmpty)
        {
            return new Markup("[grey]no task is closed yet[/]");
        }

        var newest = Columns(("newest", 23, false), ("outcome", 11, false), ("posterior", 9, false), ("sure", 6, true), ("answers", 7, true));
        foreach (var activity in progress.Newest.Take(most))
        {
            newest.AddRow(
                new Text(activity.SourceId).Ellipsis(),
                new Text(activity.Outcome.Reason.ToString(), activity.Outcome.Undecided ? Color.Yellow : Style.Plain),
                new Text(Bars(activity.Outcome)),
                new Text(activity.Outcome.Confidence.Text("P0")),
                new Text(activity.Outcome.Answers.Text()));
        }

        return newest;
    }

    /// <summary>The probability of each class as a row of bars, the highest at full height; the first nine classes.</summary>
    private static string Bars(Outcome outcome)
    {
        const string Heights = "▁▂▃▄▅▆▇█";
        var chances = outcome.Chances.OrEmpty();
        var most = chances.IsEmpty ? 1 : Math.Max(chances.Max(), double.Epsilon);
        return string.Concat(chances.Take(9).Select(chance => Heights[(int)Math.Clamp(chance / most * Heights.Length, 0, Heights.Length - 1)]));
    }

    private static Table Columns(params (string Header, int Width, bool IsFigure)[] columns)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var (at, (header, width, isFigure)) in columns.Index())
        {
            var gap = at < columns.Length - 1 ? 2 : 0;
            table.AddColumn(new TableColumn(new Markup($"[grey]{header}[/]")).Width(width).NoWrap().Alignment(isFigure ? Justify.Right : Justify.Left).Padding(0, 0, gap, 0));
        }

        return table;
    }

    /// <summary>What judging all closed tasks together came to.</summary>
    private static string Refit(ProjectProgress progress) => progress.Refit switch
    {
        { IsRunning: true } => "all closed tasks are being judged together",
        { Last: { } last } => $"judged together at {last.At:HH:mm:ss}: {last.Reopened.Text()} opened again, {last.Revised.Text()} changed",
        _ => "each task is judged by itself so far",
    };

    private static string Newest(ProjectProgress progress) =>
        progress.Newest.OrEmpty() is [var newest, ..] ? $", newest {newest.SourceId} {Name(newest.Outcome)}" : "";

    private static string Name(Outcome outcome) => $"{outcome.Reason} at {outcome.Confidence.Text("P0")}";

    private static string Confidence(ProjectProgress progress) => progress.Closed > 0 ? progress.MeanConfidence.Text("P1") : "-";

    private static string Left(ProjectProgress progress) => progress switch
    {
        { IsFinal: true } => "done",
        { Tasks: > 0 } when progress.Closed >= progress.Tasks => "a last look",
        { SecondsLeft: { } seconds } => TimeSpan.FromSeconds(Math.Min(Math.Ceiling(seconds), TimeSpan.FromDays(999).TotalSeconds)).ToString(seconds >= 86_400 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture),
        _ => "unknown",
    };

    private static string Money(ProjectProgress progress) => (progress.SpentMinor / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
