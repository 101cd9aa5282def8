using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.WebSockets;
using Trove.Cli.Accounts;
using Trove.Cli.Aggregation;
using Trove.Client;
using Trove.Frontend.Hosting;
using Trove.Silo.Records;

namespace Trove.Cli.Output;

/// <summary>What all commands share: the options they have in common, and one clear sentence on the error stream when they fail.</summary>
internal static class Commands
{
    /// <summary>Set to see where an unexpected fault came from.</summary>
    private const string TraceVariable = "TROVE_TRACE";

    public static Option<bool> Json() => new("--json") { Description = "Print the outcome as one JSON object in the last line." };

    public static Option<Uri?> Url() => new("--url")
    {
        Description = "Address of a running server; a server is started for the purpose when left out.",
        CustomParser = ParseUrl,
    };

    /// <summary>Reads an address; anything else is an error of the command line.</summary>
    public static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"--url must be an address such as http://127.0.0.1:5080, not '{result.Tokens[0].Value}'.");
        return null;
    }

    public static Option<string?> Key() => new("--key") { Description = $"API key; left out: the variable {Credentials.Variable}, or else the one kept at sign-in." };

    /// <summary>A whole number from <paramref name="least"/> up.</summary>
    public static Option<int> Number(string name, string description, int standard, int least = 1)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value < least)
            {
                result.AddError($"{name} must be at least {least}.");
            }
        });
        return option;
    }

    /// <summary>Sets what the command does; a fault becomes a sentence and an exit code.</summary>
    public static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await action(parsed, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("trove: stopped.");
                return 130;
            }
            catch (Exception fault)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("trove: " + Explain(fault));
                if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 })
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync(fault.ToString());
                }

                return 1;
            }
        });
        return command;
    }

    private static string Explain(Exception fault) => fault switch
    {
        CommandException or CrowdDataException or StartupException or RecordFileException => fault.Message,
        RefusedException refusal => $"{refusal.Message} ({refusal.Problem.Code})",
        HttpRequestException or WebSocketException => $"the server can't be reached: {fault.Message}",
        IOException or UnauthorizedAccessException => fault.Message,
        _ => $"this should not have happened: {fault.GetType().Name}: {fault.Message} (set {TraceVariable}=1 to see where)",
    };
}
