using System.Security.Cryptography;
using System.Text;

namespace Trove.Grains.Labeling;

/// <summary>The name under which a project's developer sees a contributor: the same within the project, unlinkable between two.</summary>
internal static class Pseudonym
{
    /// <summary>16 hex digits: HMAC-SHA256 of project and contributor, shortened.</summary>
    public static string Of(ReadOnlySpan<byte> key, string project, string contributor)
    {
        // The first word keeps these apart from everything else signed with the key; keys of grains have no zero in them.
        var text = Encoding.UTF8.GetBytes($"pseudonym\0{project}\0{contributor}");
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, mac);
        return Convert.ToHexStringLower(mac[..8]);
    }
}
