using System.Security.Cryptography;
using System.Text;

namespace Trove.Frontend.Identity;

/// <summary>Codes that let somebody in who lost the authenticator app, each once: 80 random bits, so that a plain hash keeps them.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;

    private const string Letters = "abcdefghjkmnpqrstuvwxyz023456789"; // none that look alike on paper
    private const int Length = 16;

    /// <summary>New ones, as shown once.</summary>
    public static ImmutableArray<string> Make() => [.. Enumerable.Range(0, Count).Select(static _ =>
        string.Join('-', RandomNumberGenerator.GetItems<char>(Letters, Length).Chunk(4).Select(static part => new string(part))))];

    /// <summary>What is kept of a code. People may write it in capitals and leave hyphens and spaces out.</summary>
    public static string Hash(string account, string code)
    {
        var plain = code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account}:{plain}")));
    }

    /// <summary>The hashes without the one of <paramref name="code"/>; null when it is none of them.</summary>
    public static ImmutableArray<string>? Without(ImmutableArray<string> hashes, string account, string? code)
    {
        if (code is not { Length: >= Length and <= 2 * Length })
        {
            return null;
        }

        var left = hashes.Remove(Hash(account, code), StringComparer.Ordinal);
        return left.Length < hashes.Length ? left : null;
    }
}
