using System.Collections.Immutable;
using Spectre.Console;
using Trove.Cli.Watch;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;

namespace Trove.Cli.Tests.Watch;

public sealed class BoardViewTests
{
    private static readonly ProjectProgress Empty = new("birds", 1, false, 0, 0, 0, 0, 0, 0, 0, 0, null, [], DateTimeOffset.UnixEpoch);

    private static readonly ProjectProgress Busy = Empty with
    {
        Tasks = 1_234_567,
        Closed = 234_567,
        Undecided = 12_345,
        Answers = 7_654_321,
        Live = 123_456,
        AnswersPerSecond = 12_345.6,
        MeanConfidence = 0.987,
        SpentMinor = 123_456_789,
        SecondsLeft = 0.2,
        Refit = new RefitStatus(IsRunning: false, 7_000_000, new RefitReport("trove/1", 234_567, 100_000, 234_567, DateTimeOffset.UnixEpoch)),
        Newest = [.. Enumerable.Range(0, 16).Select(n => Closed($"photo-[{n}]-with-a-name-that-goes-on-and-on-and-on-and-on.jpg"))],
    };

    [Theory]
    [InlineData(24)]
    [InlineData(40)]
    public void The_board_fits_a_terminal_of_80_columns_whatever_its_figures(int height)
    {
        var lines = Lines(Busy, height);

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Single(lines.Select(line => line.Length).Distinct());

        // One line stays free for the cursor: a full terminal would scroll the top away.
        Assert.True(lines.Length < height, string.Join('\n', lines));
        Assert.Equal(Math.Min(16, height - 13), lines.Count(line => line.Contains("photo-[", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_there_is_no_figure_for_yet_is_not_shown_as_zero()
    {
        var board = string.Join('\n', Lines(Empty, height: 24));

        Assert.Contains("no task is closed yet", board, StringComparison.Ordinal);
        Assert.DoesNotContain("%", board, StringComparison.Ordinal);
        Assert.EndsWith("confidence -, each task is judged by itself so far", BoardView.Line(Empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_tasks_are_never_said_to_be_left_with_no_time() =>
        Assert.Contains("left 00:00:01,", BoardView.Line(Busy), StringComparison.Ordinal);

    private static Activity Closed(string source) => new(0, source, new Outcome(RetirementReason.Consensus, null, 0.99, 5), DateTimeOffset.UnixEpoch);

    private static ImmutableArray<string> Lines(ProjectProgress progress, int height)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 80;
        console.Write(BoardView.Of(progress, height));
        return [.. output.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())];
    }
}
