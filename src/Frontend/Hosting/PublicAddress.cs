using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Trove.Frontend.Hosting;

/// <summary>
/// Keeps passwords and keys off the open line. Plain HTTP is for this machine, or for a proxy that is named; others need HTTPS, and whoever is reachable by others says under which names.
/// Every configured address is checked before anything is bound, and every bound one once more after.
/// </summary>
internal sealed class PublicAddress(IServer server, IConfiguration configuration, FrontendOptions options) : IHostedLifecycleService
{
    /// <exception cref="StartupException">Trove must not listen there; the message says what to set.</exception>
    public static void Check(IEnumerable<Listener> listeners, IConfiguration configuration, FrontendOptions options)
    {
        if (listeners.Select(listener => Refusal(listener, options.Proxies.Length > 0, KnownHosts.NamesOthers(configuration))).FirstOrDefault(refusal => refusal is not null) is { } refused)
        {
            throw new StartupException(refused);
        }
    }

    /// <summary>Why Trove refuses to listen there; null when it does not.</summary>
    public static string? Refusal(Listener listener, bool behindProxy, bool named) => listener switch
    {
        { IsLoopback: true } => null,
        { IsHttps: false } when !behindProxy =>
            $"Trove refuses to listen on '{listener.Address}': others could read passwords and keys on their way. Use http://127.0.0.1:PORT for this machine alone; or HTTPS with a certificate "
            + "(Kestrel:Endpoints:Public:Url=https://0.0.0.0:443 and Kestrel:Certificates:Default:Path, KeyPath); or name the proxy that speaks HTTPS in front of Trove: Trove:Proxies=ADDRESS.",
        _ when !named =>
            $"Trove refuses to listen on '{listener.Address}' before it knows its own names there: set AllowedHosts to those that people use, such as trove.example.org.",
        _ => null,
    };

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check((server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(Listener.Of), configuration, options);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
