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
    public static IRenderable Of(ProjectProgress progress)
    {
        var decided = progress.Closed - progress.Undecided;
        var open = Math.Max(0, progress.Tasks - progress.Closed);
        var states = new BreakdownChart().Width(60)
            .AddItem("decided", decided, Color.Green)
            .AddItem("undecided", progress.Undecided, Color.Yellow)
            .AddItem("open", open, Color.Grey);
        var figures = new Grid().AddColumn().AddColumn(new GridColumn().RightAligned()).AddColumn().AddColumn(new GridColumn().RightAligned());
        figures.AddRow("tasks", progress.Tasks.Text(), "answers", progress.Answers.Text());
        figures.AddRow("closed", progress.Closed.Text(), "being worked on", progress.Live.Text());
        figures.AddRow("answers per second", progress.AnswersPerSecond.Text("N1"), "left", Left(progress));
        figures.AddRow("mean confidence", progress.MeanConfidence.Text("P1"), "spent", Money(progress));
        var newest = new Table().Border(TableBorder.None).AddColumns("newest", "outcome", "confidence", "answers");
        foreach (var activity in progress.Newest.OrEmpty())
        {
            newest.AddRow(
                Markup.Escape(activity.SourceId),
                activity.Outcome.Undecided ? $"[yellow]{activity.Outcome.Reason}[/]" : activity.Outcome.Reason.ToString(),
                activity.Outcome.Confidence.Text("P1"),
                activity.Outcome.Answers.Text());
        }

        var title = Markup.Escape(progress.Project) + (progress.Partial ? " [grey](still counting)[/]" : "");
        return new Panel(new Rows(states, new Text(""), figures, new Text(""), newest)).Header(title).Border(BoxBorder.Rounded).Padding(1, 0);
    }

    public static string Line(ProjectProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.At:HH:mm:ss} {progress.Project}: {progress.Closed} of {progress.Tasks} closed ({progress.Undecided} undecided), {progress.Answers} answers, {progress.Live} being worked on, {progress.AnswersPerSecond:N1}/s, left {Left(progress)}, spent {Money(progress)}, confidence {progress.MeanConfidence:P1}{Newest(progress)}");

    private static string Newest(ProjectProgress progress) =>
        progress.Newest.OrEmpty() is [var newest, ..] ? $", newest {newest.SourceId} {Name(newest.Outcome)}" : "";

    private static string Name(Outcome outcome) => $"{outcome.Reason} at {outcome.Confidence.Text("P0")}";

    private static string Left(ProjectProgress progress) => progress switch
    {
        { Tasks: > 0 } when progress.Closed >= progress.Tasks => "done",
        { SecondsLeft: { } seconds } => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(999).TotalSeconds)).ToString(seconds >= 86_400 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture),
        _ => "unknown",
    };

    private static string Money(ProjectProgress progress) => (progress.SpentMinor / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
