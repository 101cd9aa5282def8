using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Trove.Frontend.Identity.Outside;

/// <summary>Who a provider says that somebody is.</summary>
/// <param name="Subject">Its own name for them, never given to another.</param>
/// <param name="Email">Address in normal form, only if it says that the address is theirs.</param>
/// <param name="Name">What they are called there, if that can be used here.</param>
internal sealed record OutsideIdentity(string Subject, string? Email, string? Name);

/// <summary>What an id token must say to be for this attempt.</summary>
/// <param name="Issuer">Who issues.</param>
/// <param name="ClientId">For whom.</param>
/// <param name="Nonce">For which attempt.</param>
/// <param name="AccessToken">What came along with it.</param>
internal sealed record Expected(string Issuer, string ClientId, string Nonce, string AccessToken);

/// <summary>
/// An id token (OpenID Connect Core 1.0, sections 2 and 3.1.3.7), taken apart. Nothing in it is to be believed before <see cref="IsSignedBy"/> held for a key of its
/// provider and <see cref="Judge"/> found it made for this very attempt.
/// </summary>
internal sealed class IdToken
{
    /// <summary>Clocks differ by so much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private const int MaxLength = 16 * 1024;
    private const int MaxSubject = 255;
    private const double LastMoment = 253_370_764_800; // the year 9999; a calculation with a later one would fail

    private readonly JsonElement _claims;
    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private IdToken(JsonElement header, JsonElement claims, byte[] signed, byte[] signature)
    {
        (Algorithm, KeyId) = (header.Text("alg"), header.Text("kid"));
        (_claims, _signed, _signature) = (claims, signed, signature);
    }

    /// <summary>By what it claims to be signed.</summary>
    public string? Algorithm { get; }

    /// <summary>The key by which it claims to be signed.</summary>
    public string? KeyId { get; }

    /// <exception cref="ProviderException">It is no signed token.</exception>
    public static IdToken Parse(string? text)
    {
        if (text is not { Length: <= MaxLength } || text.Split('.') is not [var header, var claims, var signature])
        {
            throw ProviderException.Refused("there is no id token of a length that is usual");
        }

        try
        {
            var head = Json(header);
            if (head.TryGetProperty("crit", out _) || (head.TryGetProperty("typ", out _) && !string.Equals(head.Text("typ"), "JWT", StringComparison.OrdinalIgnoreCase)))
            {
                throw ProviderException.Refused("the token is of another kind, or wants to be understood in a way that is not known here");
            }

            return new IdToken(head, Json(claims), Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException)
        {
            throw ProviderException.Refused("the id token is broken");
        }
    }

    /// <summary>Whether one of the keys can be meant: of its algorithm, and of its name if it names one.</summary>
    public bool Means(SigningKey key) => key.Algorithm == Algorithm && (KeyId is null || key.Id == KeyId);

    public bool IsSignedBy(SigningKey key) => Means(key) && key.HasSigned(_signed, _signature);

    /// <summary>Who it speaks of.</summary>
    /// <exception cref="ProviderException">It is not for this attempt, or not for this moment.</exception>
    public OutsideIdentity Judge(Expected expected, DateTimeOffset now)
    {
        Demand(_claims.Text("iss") == expected.Issuer, "another issued it");
        Demand(IsFor(expected.ClientId), "it is for another client");
        Demand(IsSame(_claims.Text("nonce"), expected.Nonce), "it belongs to another attempt");
        Demand(Moment("exp", needed: true) is { } expires && expires + Skew > now, "it is over");
        Demand(Moment("iat", needed: true) is { } issued && issued <= now + Skew, "it was issued in the future");
        Demand(Moment("nbf", needed: false) is not { } begins || begins <= now + Skew, "it is not valid yet");
        Demand(!_claims.TryGetProperty("at_hash", out _) || IsSame(_claims.Text("at_hash"), HalfHash(expected.AccessToken)), "it belongs to another access token");
        var subject = _claims.Text("sub");
        Demand(subject is { Length: >= 1 and <= MaxSubject } && !subject.AsSpan().ContainsAnyExceptInRange(' ', '~'), "it says of nobody");
        return new OutsideIdentity(
            subject!,
            IsVerified() && EmailAddress.TryRead(_claims.Text("email"), out var address) ? address : null,
            Accounts.PersonNames.TryRead(_claims.Text("name"), out var name) ? name : null);
    }

    private static void Demand(bool holds, string orElse)
    {
        if (!holds)
        {
            throw ProviderException.Refused(orElse);
        }
    }

    private static JsonElement Json(string part)
    {
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part), JsonTexts.Strict);
        return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : throw new JsonException();
    }

    /// <summary>For this client; if for others too, given to this one.</summary>
    private bool IsFor(string client)
    {
        if (!_claims.TryGetProperty("aud", out var audience))
        {
            return false;
        }

        var party = _claims.TryGetProperty("azp", out _) ? _claims.Text("azp") ?? "" : null;
        return (party is null || party == client) && audience.ValueKind switch
        {
            JsonValueKind.String => _claims.Text("aud") == client,
            JsonValueKind.Array => audience.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(client)) && (party is not null || audience.GetArrayLength() == 1),
            _ => false,
        };
    }

    /// <summary>Some providers write the word true where the standard wants the value.</summary>
    private bool IsVerified() => _claims.TryGetProperty("email_verified", out var verified) && (verified.ValueKind == JsonValueKind.True || _claims.Text("email_verified") == "true");

    private DateTimeOffset? Moment(string name, bool needed)
    {
        if (!_claims.TryGetProperty(name, out var value))
        {
            Demand(!needed, $"it says no {name}");
            return null;
        }

        var seconds = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
        Demand(seconds is >= 0 and <= LastMoment, $"its {name} is no moment");
        return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
    }

    private static bool IsSame(string? text, string expected) =>
        text is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(expected));

    /// <summary>The left half of the SHA-256, as RS256 and ES256 want it.</summary>
    private static string HalfHash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, SHA256.HashSizeInBytes / 2));
}
