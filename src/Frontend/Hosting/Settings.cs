using System.Net;

namespace Trove.Frontend.Hosting;

/// <summary>Reads settings that are lists in one line, separated by semicolons, as ASP.NET Core's own <c>urls</c> and <c>AllowedHosts</c> are.</summary>
internal static class Settings
{
    public static string[] List(string? line) => (line ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Addresses and networks, such as <c>127.0.0.1;10.0.0.0/8;2001:db8::/32</c>.</summary>
    /// <exception cref="StartupException">One is neither.</exception>
    public static ImmutableArray<IPNetwork> Networks(string? line) => [.. List(line).Select(Network)];

    /// <summary>Origins of web pages: <c>https://</c> and a host, or <c>http://</c> and this machine; nothing behind the port.</summary>
    /// <exception cref="StartupException">One is something else.</exception>
    public static ImmutableArray<string> Origins(string? line) => [.. List(line).Select(Origin)];

    private static IPNetwork Network(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network) ? network : throw new StartupException(
            $"The setting {FrontendOptions.Section}:{nameof(FrontendOptions.Proxies)} has '{text}', which is neither an address nor a network. They look like 127.0.0.1 and 10.0.0.0/8.");
    }

    private static string Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var site)
        && string.Equals(site.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase)
        && site.UserInfo.Length == 0
        && (site.Scheme == Uri.UriSchemeHttps || (site.Scheme == Uri.UriSchemeHttp && Listener.IsLocal(site.Host)))
            ? site.GetLeftPart(UriPartial.Authority)
            : throw new StartupException(
                $"The setting {FrontendOptions.Section}:{nameof(FrontendOptions.Origins)} has '{text}', which is no origin that Trove may trust. One looks like https://app.example.org; plain http is for localhost only.");
}
