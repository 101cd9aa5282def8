using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trove.Cli.Output;
using Trove.Frontend;

namespace Trove.Cli.Hosting;

/// <summary><c>trove run</c>: everything in one process.</summary>
internal static class RunCommand
{
    /// <summary>What the line starts with that names the address, printed once the server answers.</summary>
    public const string ReadyLine = "Trove is ready at ";

    /// <summary>A load driver is the flood that the limit is there against.</summary>
    private static readonly string[] UnlimitedRate =
        ["--Trove:HubMessagesPerSecond", "0", "--Trove:HubConnectionsPerCaller", "0", "--Trove:CallerRequestsPerMinute", "0", "--Trove:SignInsPerMinute", "0"];

    public static Command Create()
    {
        var server = new ServerOptions();
        var attached = new Option<bool>("--attached") { Description = "Stop when standard input closes.", Hidden = true };
        var bench = new Option<bool>("--bench") { Description = "Offer what the benches measure with.", Hidden = true };
        return new Command("run", "Starts everything in one process and prints the address.") { server.Data, server.Urls, attached, bench }.Does(async (parsed, cancellation) =>
        {
            await using var app = TroveHost.Build(
                [
                    .. server.Arguments(parsed),
                    "--Bench:Enabled", parsed.GetValue(bench) ? "true" : "false",
                    .. parsed.GetValue(bench) ? UnlimitedRate : [],
                    "--Logging:LogLevel:Default", "Warning",
                ]);
            await app.StartAsync(cancellation);
            foreach (var address in app.Urls)
            {
                parsed.InvocationConfiguration.Output.WriteLine(ReadyLine + address);
            }

            if (!parsed.GetValue(attached))
            {
                parsed.InvocationConfiguration.Output.WriteLine($"Records in {app.Services.GetRequiredService<FrontendOptions>().DataFolder}. Stop with Ctrl+C.");
            }

            await parsed.InvocationConfiguration.Output.FlushAsync(cancellation);
            using var stop = cancellation.Register(app.Lifetime.StopApplication);
            if (parsed.GetValue(attached))
            {
                _ = StopAtEndOfInputAsync(app);
            }

            await app.WaitForShutdownAsync(CancellationToken.None);
            return 0;
        });
    }

    private static async Task StopAtEndOfInputAsync(WebApplication app)
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only the end of the input says anything.
        }

        app.Lifetime.StopApplication();
    }
}
