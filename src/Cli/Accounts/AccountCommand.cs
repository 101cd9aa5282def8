using System.CommandLine;
using Trove.Cli.Output;
using Trove.Cli.Projects;
using Trove.Client;
using Trove.Client.Accounts;
using Trove.Contracts.Accounts;

namespace Trove.Cli.Accounts;

/// <summary><c>trove account</c>: sign up, sign in, sign out.</summary>
internal static class AccountCommand
{
    /// <summary>Scopes of the key that signing in keeps.</summary>
    private static readonly Scopes[] Ordinary = [Scopes.Read, Scopes.Write];

    public static Command Create() => new("account", "Signs you up, in and out.")
    {
        SignUp(), Confirm(), SignIn(), SignOut(), Forgotten(), Reset(),
    };

    private static Command SignUp()
    {
        var (email, password) = (Email(), Secrets.PasswordFile());
        var name = new Option<string>("--name") { Description = "What you want to be called.", Required = true };
        return Calls(new Command("sign-up", "Makes an account. A code is mailed to confirm the address.") { email, name, password }, async (session, parsed, cancellation) =>
        {
            await session.SignUpAsync(parsed.GetRequiredValue(email), parsed.GetRequiredValue(name), Secrets.Password(parsed.GetValue(password), "Choose a password: "), cancellation);
            return "Look into your mail: it holds a code for trove account confirm. (A server without mail keeps them in the folder mail of its data.)";
        });
    }

    private static Command Confirm()
    {
        var code = new Argument<string>("CODE") { Description = "As mailed." };
        return Calls(new Command("confirm", "Confirms your address.") { code }, async (session, parsed, cancellation) =>
        {
            await session.ConfirmAsync(parsed.GetRequiredValue(code), cancellation);
            return "Your address is confirmed. Go on with trove account sign-in.";
        });
    }

    private static Command SignIn()
    {
        var (email, password) = (Email(), Secrets.PasswordFile());
        var code = new Option<string?>("--code") { Description = "Code of your authenticator app, if the account wants one; it is asked for when left out." };
        var scope = new Option<Scopes[]>("--scope") { Description = "What the key may do: Read, Write, Money, Admin.", DefaultValueFactory = _ => Ordinary, AllowMultipleArgumentsPerToken = true };
        var days = Commands.Number("--days", "Life of the key.", 30);
        var developer = new Option<bool>("--developer") { Description = "Become a developer, who creates projects, if you are none yet." };
        return Calls(new Command("sign-in", "Signs in and keeps an API key for the commands of this user.") { email, password, code, scope, days, developer }, async (session, parsed, cancellation) =>
        {
            await session.SignInAsync(
                parsed.GetRequiredValue(email),
                Secrets.Password(parsed.GetValue(password)),
                () => Task.FromResult(parsed.GetValue(code) ?? Secrets.Ask("Code of your authenticator app: ") ?? throw new CommandException("The account wants a second factor: say --code.")),
                cancellation);
            if (parsed.GetValue(developer))
            {
                await session.BecomeDeveloperAsync(cancellation);
            }

            var made = await session.MakeKeyAsync($"trove on {Environment.MachineName}", [.. parsed.GetRequiredValue(scope)], parsed.GetValue(days), cancellation);
            await session.SignOutAsync(cancellation);
            return $"Signed in. The key is kept in {Credentials.Keep(session.Server, made.Key)} and lives until {made.Line.Expires:yyyy-MM-dd}.";
        });
    }

    private static Command SignOut() => Calls(new Command("sign-out", "Ends the kept key at the server and forgets it."), async (session, _, cancellation) =>
    {
        if (Credentials.Find(session.Server, said: null) is not { } key)
        {
            return "You were not signed in.";
        }

        using var client = new TroveClient(session.Server, key);
        await client.RevokeKeyAsync(Credentials.IdOf(key), cancellation);
        Credentials.Keep(session.Server, key: null);
        return "Signed out: the key is ended.";
    });

    private static Command Forgotten()
    {
        var email = Email();
        return Calls(new Command("forgotten", "Has a code mailed to choose a new password.") { email }, async (session, parsed, cancellation) =>
        {
            await session.ForgottenAsync(parsed.GetRequiredValue(email), cancellation);
            return "If there is such an account, a code is in its mail, for trove account reset.";
        });
    }

    private static Command Reset()
    {
        var code = new Argument<string>("CODE") { Description = "As mailed." };
        var password = Secrets.PasswordFile();
        return Calls(new Command("reset", "Takes a new password; every session ends.") { code, password }, async (session, parsed, cancellation) =>
        {
            await session.ResetAsync(parsed.GetRequiredValue(code), Secrets.Password(parsed.GetValue(password), "Choose a password: "), cancellation);
            return "The password is changed. Go on with trove account sign-in.";
        });
    }

    private static Option<string> Email() => new("--email") { Description = "Your address.", Required = true };

    /// <summary>A command that talks to a server and ends with one sentence.</summary>
    private static Command Calls(Command command, Func<AccountSession, ParseResult, CancellationToken, Task<string>> call)
    {
        var (url, json) = (Connection.Url(), Commands.Json());
        command.Add(url);
        command.Add(json);
        return command.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var session = new AccountSession(parsed.GetRequiredValue(url));
            var outcome = await call(session, parsed, cancellation);
            terminal.Say(outcome);
            terminal.Report(new { Server = session.Server, Outcome = outcome });
            return 0;
        });
    }
}
