using System.Net;
using System.Net.Sockets;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Auditing;

/// <summary>Who acts, as the audit log keeps it.</summary>
internal static class Actors
{
    /// <summary>The caller of a request. Only behind a policy.</summary>
    public static Actor ActorOf(this HttpContext http) => new(http.User.Caller(), http.User.Key(), NetworkOf(http.Connection.RemoteIpAddress));

    /// <summary>Who proves to be somebody before being signed in acts as that.</summary>
    public static Actor ActorOf(this HttpContext? http, string account) => new(account, From: NetworkOf(http?.Connection.RemoteIpAddress));

    /// <summary>
    /// The network of an address, <c>198.51.100.0/24</c> or <c>2001:db8:1::/48</c>: about where somebody is, and not who. An IPv4 address in IPv6 clothes
    /// is IPv4. Null for an address of no known kind.
    /// </summary>
    public static string? NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var length = address.AddressFamily switch
        {
            AddressFamily.InterNetwork => 24,
            AddressFamily.InterNetworkV6 => 48,
            _ => 0,
        };
        if (length == 0)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, length / 8, bytes.Length - (length / 8));
        return $"{new IPAddress(bytes)}/{length}"; // without the scope of a link, which names an interface of this machine
    }
}
