using System.CommandLine;
using Trove.Cli.Output;
using Trove.Cli.Projects;
using Trove.Client.Accounts;

namespace Trove.Cli.Accounts;

/// <summary><c>trove me</c>: what a person may demand of whoever keeps its data. Both take the person, by password: no key may.</summary>
internal static class MeCommand
{
    public static Command Create() => new("me", "Takes home, or erases, everything that a server keeps of you.") { Export(), Erase() };

    private static Command Export()
    {
        var way = new WayIn();
        var file = new Option<FileInfo>("--out") { Description = "File to write.", DefaultValueFactory = _ => new FileInfo("trove-export.json") };
        return way.AddTo(new Command("export", "Writes everything that the server keeps of you into one JSON file.") { file }).Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(way.Json));
            var target = parsed.GetRequiredValue(file);
            using var session = new AccountSession(parsed.GetRequiredValue(way.Url));
            await way.SignIn(session, parsed, Secrets.Password(parsed.GetValue(way.Password)), cancellation);
            await terminal.ProgressAsync($"Writing {target.FullName}", 1, async report =>
            {
                await Write(session, target, report, cancellation);
                return true;
            });
            await session.SignOutAsync(cancellation);
            terminal.Say($"Everything that {session.Server} keeps of you is in {target.FullName}.");
            terminal.Report(new { Server = session.Server, File = target.FullName, Bytes = new FileInfo(target.FullName).Length });
            return 0;
        });
    }

    private static Command Erase()
    {
        var way = new WayIn();
        var close = new Option<bool>("--close-projects") { Description = "Close projects that nobody else owns; without it they stand in the way." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask whether you are sure." };
        return way.AddTo(new Command("erase", "Erases you: account, keys, profile, drafts, letters. What you answered and earned stays, and names nobody.") { close, yes }).Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(way.Json));
            using var session = new AccountSession(parsed.GetRequiredValue(way.Url));
            var password = Secrets.Password(parsed.GetValue(way.Password));
            await way.SignIn(session, parsed, password, cancellation);
            if (!parsed.GetValue(yes) && Secrets.Ask($"This erases you at {session.Server}, for good, and what you have earned can't be paid to you any more. Type erase to go on: ")?.Trim() != "erase")
            {
                await session.SignOutAsync(cancellation);
                throw new CommandException("Nothing was erased.");
            }

            var done = await session.EraseAsync(password, parsed.GetValue(close), cancellation);
            Credentials.Keep(session.Server, key: null);
            terminal.Say(done ? "Nothing is left of you there." : "You are locked out there for good; the server is still erasing, and finishes by itself.");
            terminal.Report(new { Server = session.Server, Done = done });
            return 0;
        });
    }

    /// <summary>A file appears whole or not at all, and nobody else can read it.</summary>
    private static async Task Write(AccountSession session, FileInfo target, Action<double> report, CancellationToken cancellation)
    {
        var draft = $"{target.FullName}.part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            await using (var stream = new FileStream(draft, options))
            {
                await session.ExportAsync(stream, report, cancellation);
            }

            File.Move(draft, target.FullName, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>The options by which a person signs in for one command.</summary>
    private sealed class WayIn
    {
        private readonly Option<string> _email = new("--email") { Description = "Your address.", Required = true };
        private readonly Option<string?> _code = new("--code") { Description = "Code of your authenticator app, if the account wants one; it is asked for when left out." };

        public Option<FileInfo?> Password { get; } = Secrets.PasswordFile();

        public Option<Uri> Url { get; } = Connection.Url();

        public Option<bool> Json { get; } = Commands.Json();

        public Command AddTo(Command command)
        {
            foreach (var option in new Option[] { _email, Password, _code, Url, Json })
            {
                command.Add(option);
            }

            return command;
        }

        public Task SignIn(AccountSession session, ParseResult parsed, string password, CancellationToken cancellation) => session.SignInAsync(
            parsed.GetRequiredValue(_email),
            password,
            () => Task.FromResult(parsed.GetValue(_code) ?? Secrets.Ask("Code of your authenticator app: ") ?? throw new CommandException("The account wants a second factor: say --code.")),
            cancellation);
    }
}
