using System.CommandLine;

namespace Trove.Cli.Hosting;

/// <summary>What a command line says of the server; what it leaves out is for the settings to say.</summary>
internal sealed class ServerOptions
{
    public Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Folder of the records; .data unless the settings say otherwise." };

    public Option<string?> Urls { get; } = new("--urls") { Description = "Addresses to listen on; http://127.0.0.1:5080 unless the settings say otherwise, port 0 = any free one." };

    /// <summary>The same as arguments of the server.</summary>
    public string[] Arguments(ParseResult parsed) =>
    [
        .. parsed.GetValue(Urls) is { } urls ? ["--urls", urls] : Array.Empty<string>(),
        .. parsed.GetValue(Data) is { } data ? ["--Trove:DataFolder", data.FullName] : Array.Empty<string>(),
    ];
}
