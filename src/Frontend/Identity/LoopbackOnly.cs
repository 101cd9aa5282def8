using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Trove.Frontend.Identity;

/// <summary>
/// The development scheme believes whatever a caller says of himself, so nobody but this machine may reach it: every configured address is checked before anything is bound,
/// and every bound address once more after.
/// </summary>
internal sealed class LoopbackOnly(IServer server) : IHostedLifecycleService
{
    public static void Check(IConfiguration configuration, FrontendOptions options)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "");
        foreach (var address in options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(endpoints))
        {
            Check(address);
        }
    }

    public static bool IsLoopback(string? host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host?.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            Check(address);
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Check(string address)
    {
        // A star or plus for a host means every interface, and is no URI.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !IsLoopback(uri.Host))
        {
            throw new StartupException(
                $"Trove refuses to listen on '{address}': until accounts exist, callers are believed without proof, so only this machine may reach it. Use http://127.0.0.1:PORT.");
        }
    }
}
