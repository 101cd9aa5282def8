using System.CommandLine;
using Trove.Cli.Hosting;
using Trove.Cli.Output;

namespace Trove.Cli.Soak;

/// <summary><c>trove soak</c>: kills the server again and again under load, and holds it to every word it gave.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var kills = Commands.Number("--kills", "How often the server is killed (SIGKILL).", 3, least: 0);
        var seconds = Commands.Number("--seconds", "How long the crowd works.", 30);
        var contributors = Commands.Number("--contributors", "How many contributors are at work.", 50);
        var tasks = Commands.Number("--tasks", "How many tasks there are; 0 = more than the crowd can do.", 0, least: 0);
        var answers = Commands.Number("--answers", "Answers that each task takes, exactly; 0 = between 2 and 5, as they agree.", 0, least: 0);
        var seed = new Option<int?>("--seed") { Description = "Seed of the moments of the kills and of the answers; another one each time when left out." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "An empty folder for the records, which stay; a temporary one when left out." };
        var json = Commands.Json();
        return new Command("soak", "Kills the server under load and compares what clients were told with what is on disk.")
        {
            kills, seconds, contributors, tasks, answers, seed, data, json,
        }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var temp = new TempFolder();
            var folder = parsed.GetValue(data)?.FullName ?? Path.Combine(temp.Path, "data");
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new CommandException($"{folder} is not empty; a soak needs a fresh folder, so that everything in it is its own.");
            }

            var plan = new SoakPlan(
                parsed.GetValue(kills),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(contributors),
                parsed.GetValue(tasks),
                parsed.GetValue(answers),
                parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000));
            var notebooks = Directory.CreateDirectory(Path.Combine(temp.Path, "told")).FullName;
            var (report, audit) = await new SoakRun(plan, folder, notebooks, terminal).RunAsync(cancellation);
            report.Show(terminal);
            Audit.AuditCommand.ShowFindings(terminal, audit);
            terminal.Report(report);
            return report.Sound ? 0 : 1;
        });
    }
}
