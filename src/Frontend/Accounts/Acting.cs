using System.Net;
using System.Net.Sockets;

namespace Trove.Frontend.Accounts;

/// <summary>Who acts, for the audit log, where nobody is signed in yet: who proves to be somebody acts as that.</summary>
internal static class Acting
{
    /// <summary>The account, from the network that the request came from.</summary>
    public static Actor As(HttpContext? http, string account) => new(account, From: Network(http?.Connection.RemoteIpAddress));

    /// <summary>IPv4 /24, IPv6 /48: tells where from without telling who.</summary>
    private static string? Network(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var (bytes, bits) = (address.GetAddressBytes(), address.AddressFamily == AddressFamily.InterNetwork ? 24 : 48);
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
