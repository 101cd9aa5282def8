using System.CommandLine;
using Trove.Cli.Output;
using Trove.Cli.Projects;
using Trove.Client;

namespace Trove.Cli.Accounts;

/// <summary><c>trove admin</c>: the first admin.</summary>
internal static class AdminCommand
{
    public static Command Create() => new("admin", "Makes the first admin of a server.") { CreateAdmin() };

    private static Command CreateAdmin()
    {
        var code = new Option<string?>("--code") { Description = "The one-time code that trove run printed; it is asked for when left out." };
        var email = new Option<string>("--email") { Description = "Address of the admin.", Required = true };
        var name = new Option<string>("--name") { Description = "What the admin wants to be called.", DefaultValueFactory = _ => "Admin" };
        var (url, password, json) = (Connection.Url(), Secrets.PasswordFile(), Commands.Json());
        return new Command("create", "Makes the first account, an admin, and keeps an API key of it for the commands of this user.")
        {
            code, email, name, url, password, json,
        }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var server = parsed.GetRequiredValue(url);
            var oneTime = parsed.GetValue(code) ?? Secrets.Ask("One-time code: ") ?? throw new CommandException("The one-time code is needed: trove run prints it at its first start.");
            using var client = new TroveClient(server);
            var key = await client.MakeFirstAdminAsync(
                oneTime.Trim(), parsed.GetRequiredValue(email), parsed.GetRequiredValue(name), Secrets.Password(parsed.GetValue(password), "Choose a password: "), cancellation);
            var kept = Credentials.Keep(server, key);
            terminal.Say($"You are the admin of {server} now. A key for these commands is kept in {kept}.");
            terminal.Report(new { Server = server, Credentials = kept });
            return 0;
        });
    }
}
