using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Trove.Frontend.Identity.Outside;

/// <summary>
/// A key by which a provider signs, from its JSON Web Key Set (RFC 7517). The kind of key says which algorithm is checked, RS256 or ES256; what a token says of itself only
/// chooses among keys. So neither <c>none</c> nor a public key used as a shared secret is ever computed.
/// </summary>
internal sealed class SigningKey
{
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    private const int MaxKeys = 100;
    private const int CoordinateBytes = 32;

    private readonly RSAParameters _rsa;
    private readonly ECParameters _curve;

    private SigningKey(string? id, RSAParameters rsa) => (Id, Algorithm, _rsa) = (id, Rs256, rsa);

    private SigningKey(string? id, ECParameters curve) => (Id, Algorithm, _curve) = (id, Es256, curve);

    public string? Id { get; }

    public string Algorithm { get; }

    /// <summary>The keys of a set that can be used here; others are passed over, as the standard wants.</summary>
    public static ImmutableArray<SigningKey> Read(JsonElement set) =>
        set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(MaxKeys).Select(ReadOne).OfType<SigningKey>()]
            : [];

    public bool HasSigned(byte[] data, byte[] signature)
    {
        try
        {
            if (Algorithm == Rs256)
            {
                using var rsa = RSA.Create(_rsa);
                return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }

            using var curve = ECDsa.Create(_curve);
            return curve.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false; // a point that is not on the curve, or a modulus that is none
        }
    }

    private static SigningKey? ReadOne(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || key.Text("use") is not (null or "sig"))
        {
            return null;
        }

        var (id, algorithm) = (key.Text("kid"), key.Text("alg"));
        return key.Text("kty") switch
        {
            // Shorter ones can be broken; longer ones, or ones with a huge exponent, keep a core busy.
            "RSA" when (algorithm is null or Rs256) && Bytes(key, "n") is { Length: >= 256 and <= 1024 } n && Bytes(key, "e") is { Length: >= 1 and <= 4 } e =>
                new SigningKey(id, new RSAParameters { Modulus = n, Exponent = e }),
            "EC" when (algorithm is null or Es256) && key.Text("crv") == "P-256"
                && Bytes(key, "x") is { Length: CoordinateBytes } x && Bytes(key, "y") is { Length: CoordinateBytes } y =>
                new SigningKey(id, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }),
            _ => null,
        };
    }

    private static byte[]? Bytes(JsonElement key, string name) => key.Text(name) is { } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
