using System.Security.Cryptography;
using System.Text;

namespace Trove.Frontend.Identity;

/// <summary>An e-mail address in normal form: ASCII, lower case. One that looks like another but is written in other letters is none.</summary>
internal static class EmailAddress
{
    /// <summary>What is said to whoever sends something else.</summary>
    public static readonly Problem Invalid = new(
        "email-invalid", $"Send an e-mail address such as ann@example.org: letters of ASCII only, at most {MaxLength} characters. An address with other letters cannot be used here.");

    private const int MaxLength = 254;
    private const int MaxLocal = 64;
    private const string LocalSigns = ".!#$%&'*+/=?^_`{|}~-";

    /// <summary>Reads an address. Spaces around it are forgiven, since people paste.</summary>
    public static bool TryRead(string? text, out string address)
    {
        text = text is { Length: <= 2 * MaxLength } ? text.Trim(' ') : "";
        if (text.Length > MaxLength || !Ascii.IsValid(text))
        {
            address = ""; // before folding: the Kelvin sign, for one, folds to a plain k
            return false;
        }

        address = text.ToLowerInvariant();
        var at = address.LastIndexOf('@');
        return at > 0 && IsLocal(address[..at]) && IsDomain(address[(at + 1)..]);
    }

    private static bool IsLocal(string local) =>
        local.Length <= MaxLocal && !local.StartsWith('.') && !local.EndsWith('.') && !local.Contains("..", StringComparison.Ordinal)
        && local.All(c => char.IsAsciiLetterOrDigit(c) || LocalSigns.Contains(c, StringComparison.Ordinal));

    private static bool IsDomain(string domain)
    {
        var labels = domain.Split('.');
        return labels.Length >= 2 && Array.TrueForAll(labels, label =>
            label.Length is >= 1 and <= 63 && !label.StartsWith('-') && !label.EndsWith('-') && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }
}

/// <summary>Keys of addresses: a keyed hash, so that no key, file name or log carries an address, nor can one be found by trying addresses.</summary>
internal sealed class EmailKeys(byte[] secret)
{
    /// <summary>Key of an address in normal form.</summary>
    public string Of(string address) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(address)).AsSpan(0, 20));
}
