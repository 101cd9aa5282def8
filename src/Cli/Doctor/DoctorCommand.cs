using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Hosting;
using Trove.Cli.Output;
using Trove.Frontend.Hosting;

namespace Trove.Cli.Doctor;

/// <summary><c>trove doctor</c>: says what is unsafe, and what is missing for the public internet. Starts nothing and changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var server = new ServerOptions();
        var json = Commands.Json();
        return new Command("doctor", "Says what of the settings that 'run' would start with is unsafe, or missing for the public internet.") { server.Data, server.Urls, json }.Does((parsed, _) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var findings = PublicReadiness.Examine(server.Arguments(parsed));
            var high = findings.Count(finding => finding.Severity == Severity.High);
            terminal.Console.Write(Table([.. findings]));
            terminal.Say("Before this Trove faces the internet:");
            foreach (var finding in findings)
            {
                terminal.Say($"- {finding.Fix}");
            }

            terminal.Say(high == 0 ? "Nothing is unsafe as it is." : $"{high.Text()} must be mended first.");
            terminal.Report(new { findings, high });
            return Task.FromResult(high == 0 ? 0 : 1);
        });
    }

    private static Table Table(Finding[] findings)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Severity").AddColumn("Finding").AddColumn("What");
        foreach (var finding in findings)
        {
            var colour = finding.Severity switch { Severity.High => "red", Severity.Medium => "yellow", _ => "grey" };
            table.AddRow($"[{colour}]{finding.Severity.ToString().ToLowerInvariant()}[/]", Markup.Escape(finding.Code), Markup.Escape(finding.What));
        }

        return table;
    }
}
