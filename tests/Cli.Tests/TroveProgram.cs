using System.CommandLine;
using System.Text.Json;

namespace Trove.Cli.Tests;

/// <summary>Runs the command line as the program does, and keeps what it said.</summary>
internal static class TroveProgram
{
    public static async Task<Said> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Said(code, output.ToString().TrimEnd(), error.ToString().TrimEnd());
    }
}

internal sealed record Said(int Code, string Output, string Error)
{
    /// <summary>The JSON object of the last line.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.Split('\n')[^1]).RootElement;

    /// <summary>Everything, for the message of a failed assertion.</summary>
    public string All => $"exit code {Code}\n{Output}\n{Error}";
}
