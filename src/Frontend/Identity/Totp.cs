using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Trove.Frontend.Identity;

/// <summary>Codes of authenticator apps, RFC 6238 as all of them do it: SHA-1, 30 seconds, six digits. One step before and after is taken, since clocks differ.</summary>
internal static class Totp
{
    private const int StepSeconds = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new secret: 160 bits, as RFC 4226 wants, in the base 32 that apps read.</summary>
    public static string NewSecret() => new(RandomNumberGenerator.GetItems<char>(Base32, 32));

    /// <summary>What an app reads from a QR code.</summary>
    public static string Uri(string secret, string issuer, string account) =>
        $"otpauth://totp/{System.Uri.EscapeDataString(issuer)}:{System.Uri.EscapeDataString(account)}?secret={secret}&issuer={System.Uri.EscapeDataString(issuer)}&digits=6&period={StepSeconds}";

    /// <summary>The time step that the code is of, if it is one after <paramref name="after"/>; null when it is of none, or was taken before.</summary>
    public static long? Step(string secret, string? code, long after, DateTimeOffset now)
    {
        if (code is not { Length: 6 } || code.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var current = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        for (var step = current - 1; step <= current + 1; step++)
        {
            if (step > after && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(secret, step)), System.Text.Encoding.ASCII.GetBytes(code)))
            {
                found ??= step;
            }
        }

        return found;
    }

    /// <summary>The code of a time step.</summary>
    public static string Code(string secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // authenticator apps know no other hash; HMAC does not need it to be free of collisions
        HMACSHA1.HashData(Bytes(secret), counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string secret)
    {
        var bytes = new byte[secret.Length * 5 / 8];
        var (bits, held, next) = (0, 0, 0);
        foreach (var c in secret)
        {
            bits = (bits << 5) | Base32.IndexOf(c, StringComparison.Ordinal);
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                bytes[next++] = (byte)(bits >> held);
                bits &= (1 << held) - 1;
            }
        }

        return bytes;
    }
}
