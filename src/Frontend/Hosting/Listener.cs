using System.Net;

namespace Trove.Frontend.Hosting;

/// <summary>One address that Trove listens on.</summary>
/// <param name="Address">As it was configured or bound.</param>
/// <param name="IsHttps">Whether Trove itself speaks HTTPS there.</param>
/// <param name="IsLoopback">Whether only this machine reaches it.</param>
/// <param name="IsEveryInterface">Whether it is bound on all networks of this machine.</param>
internal sealed record Listener(string Address, bool IsHttps, bool IsLoopback, bool IsEveryInterface)
{
    /// <summary>Reads an address as the server does.</summary>
    /// <exception cref="StartupException">It is none.</exception>
    public static Listener Of(string address)
    {
        try
        {
            var parts = BindingAddress.Parse(address);
            var local = IsLocal(parts.Host);

            // The server takes a star, a plus and every name that is not an address for "all interfaces".
            var every = !local && (!IPAddress.TryParse(parts.Host.Trim('[', ']'), out var ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
            return new Listener(address, string.Equals(parts.Scheme, "https", StringComparison.OrdinalIgnoreCase), local, every);
        }
        catch (FormatException)
        {
            throw new StartupException($"Trove refuses to listen on '{address}': it is no address. One looks like http://127.0.0.1:5080.");
        }
    }

    /// <summary>What is to be listened on: the endpoints of the server's own section when it has some, which then overrule the plain addresses, as the server does it.</summary>
    public static ImmutableArray<Listener> Of(IConfiguration configuration, FrontendOptions options)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "").ToArray();
        return [.. (endpoints.Length > 0 ? endpoints : Settings.List(options.Urls)).Select(Of)];
    }

    /// <summary>Whether this is a name or address by which a machine calls itself.</summary>
    public static bool IsLocal(string? host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host?.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
