using System.CommandLine;
using Trove.Cli.Output;
using Trove.Silo.Audit;

namespace Trove.Cli.Audit;

/// <summary><c>trove audit</c>: proves the invariants from the records themselves.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of the records.", DefaultValueFactory = _ => new DirectoryInfo(".data") };
        var json = Commands.Json();
        return new Command("audit", "Proves the invariants from the records, of a stopped or a running server.") { data, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var folder = parsed.GetRequiredValue(data);
            if (!folder.Exists)
            {
                throw new CommandException($"{folder.FullName}: there is no such folder; name the server's with --data.");
            }

            var report = await RecordAudit.RunAsync(folder.FullName, cancellation);
            terminal.Show(
                $"Audit of {folder.FullName}",
                ("tasks", report.Totals.Tasks.Text()),
                ("closed", report.Totals.Closed.Text()),
                ("answers", report.Totals.Answers.Text()),
                ("contributors", report.Totals.Contributors.Text()),
                ("settled", report.Totals.Settled.Text()),
                ("verdicts in transit", report.Totals.Unsettled.Text()),
                ("overshoot", report.Totals.Overshoot.Text()),
                ("settled twice", report.Totals.DoubleSettled.Text()));
            ShowFindings(terminal, report);
            terminal.Say(report.Clean ? $"{folder.FullName}: clean." : $"{folder.FullName}: {report.Findings.Length} findings.");
            terminal.Report(new { report.Clean, report.Findings, report.Totals });
            return report.Clean ? 0 : 1;
        });
    }

    /// <summary>Lists what an audit found; nothing when it is clean or was not made.</summary>
    public static void ShowFindings(Terminal terminal, AuditReport? report)
    {
        foreach (var finding in report?.Findings ?? [])
        {
            terminal.Say($"audit: {finding.Code} {finding.Subject}: {finding.Detail}");
        }
    }
}
