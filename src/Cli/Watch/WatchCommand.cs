using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Accounts;
using Trove.Cli.Output;
using Trove.Cli.Projects;
using Trove.Client.Board;
using Trove.Contracts.Progress;

namespace Trove.Cli.Watch;

/// <summary><c>trove watch</c>: a project's live board in the terminal, or a line for each change where there is none.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var project = new Argument<string>("PROJECT") { Description = "Key of the project." };
        var once = new Option<bool>("--once") { Description = "Show where it stands and end." };
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        return new Command("watch", "Shows a project live: counts, rate, estimate, spend, confidence, newest answers.") { project, once, url, key, json }
            .Does(async (parsed, cancellation) =>
            {
                var terminal = new Terminal(parsed, parsed.GetValue(json));
                var news = BoardSession.WatchAsync(parsed.GetRequiredValue(url), Credentials.Need(parsed.GetRequiredValue(url), parsed.GetValue(key)), parsed.GetRequiredValue(project), cancellation);
                var last = terminal.IsLive && !parsed.GetValue(once)
                    ? await ShowLiveAsync(terminal.Console, news)
                    : await ShowLinesAsync(terminal, news, parsed.GetValue(once));
                terminal.Report(last);
                return 0;
            });
    }

    /// <summary>Nothing of a project changes any more once every task is closed and none will open again.</summary>
    private static bool Done(ProjectProgress progress) => progress.IsFinal;

    private static async Task<ProjectProgress?> ShowLiveAsync(IAnsiConsole console, IAsyncEnumerable<BoardNews> news)
    {
        ProjectProgress? last = null;
        await console.Live(new Text("Connecting …")).StartAsync(async live =>
        {
            await foreach (var (progress, isConnected) in news)
            {
                last = progress;
                live.UpdateTarget(BoardView.Of(progress, console.Profile.Height, isConnected));
                live.Refresh();
                if (Done(progress))
                {
                    break;
                }
            }
        });
        return last;
    }

    private static async Task<ProjectProgress?> ShowLinesAsync(Terminal terminal, IAsyncEnumerable<BoardNews> news, bool once)
    {
        ProjectProgress? last = null;
        await foreach (var (progress, isConnected) in news)
        {
            last = progress;
            terminal.Say(isConnected ? BoardView.Line(progress) : $"{progress.Project}: no connection to the server, trying again");
            if (once || Done(progress))
            {
                break;
            }
        }

        return last;
    }
}
