using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Output;
using Trove.Cli.Projects;

namespace Trove.Cli.Accounts;

/// <summary><c>trove key</c>: API keys of one's account. Making one takes the person: <c>trove account sign-in</c> does it.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "Lists and ends your API keys.") { List(), Revoke() };

    private static Command List()
    {
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        return new Command("list", "Lists your API keys, ended ones too.") { url, key, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var client = Connection.Open(parsed, url, key);
            var keys = await client.KeysAsync(cancellation);
            var table = new Table().Border(TableBorder.Rounded).AddColumns("key", "name", "may", "until", "ended");
            foreach (var line in keys)
            {
                table.AddRow(line.Id, Markup.Escape(line.Name), string.Join(", ", line.Scopes), $"{line.Expires:yyyy-MM-dd}", line.Revoked is { } ended ? $"{ended:yyyy-MM-dd HH:mm}" : "");
            }

            terminal.Console.Write(table);
            terminal.Report(new { Keys = keys });
            return 0;
        });
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("KEY") { Description = "Its id, as listed." };
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        return new Command("revoke", "Ends an API key at once, everywhere.") { id, url, key, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var client = Connection.Open(parsed, url, key);
            var line = await client.RevokeKeyAsync(parsed.GetRequiredValue(id), cancellation);
            terminal.Say($"{line.Name} is ended.");
            terminal.Report(line);
            return 0;
        });
    }
}
