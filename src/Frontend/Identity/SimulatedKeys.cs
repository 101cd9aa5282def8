using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trove.Frontend.Identity;

/// <summary>
/// Keys of simulated contributors, <c>trovesim_project~contributor~expiry~signature</c>. Nothing is stored: thousands are minted at a time, live for hours, and open
/// one project that is marked as simulated, where nothing is ever paid or exported.
/// </summary>
internal sealed class SimulatedKeys(byte[] key, TimeProvider clock)
{
    public const string Prefix = "trovesim_";

    /// <summary>Longest life of a key.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    private const char Separator = '~'; // in no key of a grain

    /// <summary>Id of the simulated contributor of this name in a project: always the same, and no real one's.</summary>
    public string Contributor(string project, string name) => $"sim-{Convert.ToHexStringLower(Sign($"contributor\n{project}\n{name}").AsSpan(0, 12))}";

    /// <summary>A key for it.</summary>
    public string Mint(string project, string contributor, DateTimeOffset expires)
    {
        var claims = string.Create(CultureInfo.InvariantCulture, $"{project}{Separator}{contributor}{Separator}{expires.ToUnixTimeSeconds()}");
        return $"{Prefix}{claims}{Separator}{Base64Url.EncodeToString(Sign(claims))}";
    }

    /// <summary>Whom the key stands for; null when it was not minted here or has expired.</summary>
    public (string Project, string Contributor, DateTimeOffset Expires)? Read(string text)
    {
        var end = text.LastIndexOf(Separator);
        if (end < Prefix.Length)
        {
            return null;
        }

        var claims = text[Prefix.Length..end];
        var signature = Base64Url.EncodeToString(Sign(claims));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text[(end + 1)..]), Encoding.ASCII.GetBytes(signature)))
        {
            return null;
        }

        var parts = claims.Split(Separator);
        var expires = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture));
        return expires > clock.GetUtcNow() ? (parts[0], parts[1], expires) : null;
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
