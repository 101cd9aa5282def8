using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Output;
using Trove.Cli.Projects;
using Trove.Client;
using Trove.Contracts.Auditing;

namespace Trove.Cli.Accounts;

/// <summary><c>trove audit-log</c>: who did what to which thing, when and from where.</summary>
internal static class AuditLogCommand
{
    public static Command Create()
    {
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        var mine = new Option<bool>("--mine") { Description = "Only what you did or had done to you; everything else is for admins." };
        var account = new Option<string?>("--account") { Description = "Only acts of this account." };
        var act = new Option<string?>("--act") { Description = "Only this act, or with a dot at its end all that begin so: project." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Not before this time; twelve months back when left out." };
        var limit = Commands.Number("--limit", "Most acts to show.", 100);
        return new Command("audit-log", "Shows who did what to which thing, when and from where, newest first.") { mine, account, act, since, limit, url, key, json }
            .Does(async (parsed, cancellation) =>
            {
                var terminal = new Terminal(parsed, parsed.GetValue(json));
                using var client = Connection.Open(parsed, url, key);
                var query = new AuditQuery(parsed.GetValue(account), parsed.GetValue(act), Since: parsed.GetValue(since));
                var table = new Table().Border(TableBorder.Rounded).AddColumns("when", "who", "from", "act", "what", "detail");
                var entries = new List<AuditEntry>();
                await foreach (var entry in client.AuditAsync(parsed.GetValue(mine), query, cancellation))
                {
                    entries.Add(entry);
                    table.AddRow(
                        Markup.Escape(entry.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
                        Markup.Escape(entry.By.Key is null ? entry.By.Account : $"{entry.By.Account} by key {entry.By.Key}"),
                        Markup.Escape(entry.By.From ?? ""),
                        Markup.Escape(entry.Act),
                        Markup.Escape(entry.Target),
                        Markup.Escape(entry.Detail ?? ""));
                    if (entries.Count == parsed.GetValue(limit))
                    {
                        break;
                    }
                }

                terminal.Console.Write(table);
                terminal.Report(new { Entries = entries });
                return 0;
            });
    }
}
