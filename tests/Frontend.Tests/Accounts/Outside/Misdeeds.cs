using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Trove.Frontend.Tests.Accounts.Outside;

/// <summary>What a provider can do wrong.</summary>
internal static class Misdeeds
{
    private static readonly RSA Stranger = RSA.Create(2048);

    /// <summary>Tokens that are not to be believed, by what is wrong with them, and which of the checks finds it.</summary>
    public static readonly Dictionary<string, (string Because, Action<OpenIdProvider> Make)> Tokens = new(StringComparer.Ordinal)
    {
        ["another issuer"] = ("another issued it", Claim("iss", "https://accounts.example.org")),
        ["no issuer"] = ("another issued it", Claim("iss", null)),
        ["the issuer with a slash"] = ("another issued it", provider => provider.Change = claims => claims["iss"] += "/"),
        ["another audience"] = ("it is for another client", Claim("aud", "another")),
        ["no audience"] = ("it is for another client", Claim("aud", null)),
        ["an audience that is no text"] = ("it is for another client", Claim("aud", 7)),
        ["several audiences and nobody it was given to"] = ("it is for another client", Claim("aud", new[] { OpenIdProvider.ClientId, "another" })),
        ["given to another"] = ("it is for another client", Claim("azp", "another")),
        ["given to a number"] = ("it is for another client", Claim("azp", 7)),
        ["another nonce"] = ("it belongs to another attempt", Claim("nonce", "of somebody else")),
        ["no nonce"] = ("it belongs to another attempt", Claim("nonce", null)),
        ["over"] = ("it is over", Moment("exp", minutes: -2)),
        ["never over"] = ("it says no exp", Claim("exp", null)),
        ["over at a text"] = ("its exp is no moment", Claim("exp", "9999999999")),
        ["over before time began"] = ("its exp is no moment", Claim("exp", -1)),
        ["over after the end of time"] = ("its exp is no moment", Claim("exp", 1e300)),
        ["not valid yet"] = ("it is not valid yet", Moment("nbf", minutes: 2)),
        ["issued in the future"] = ("it was issued in the future", Moment("iat", minutes: 2)),
        ["issued never"] = ("it says no iat", Claim("iat", null)),
        ["of another access token"] = ("it belongs to another access token", Claim("at_hash", OpenIdProvider.HalfHash("another"))),
        ["of an access token that is a number"] = ("it belongs to another access token", Claim("at_hash", 7)),
        ["of nobody"] = ("it says of nobody", Claim("sub", null)),
        ["of an empty somebody"] = ("it says of nobody", Claim("sub", "")),
        ["of a number"] = ("it says of nobody", Claim("sub", 815)),
        ["of somebody with a long name"] = ("it says of nobody", Claim("sub", new string('x', 256))),
        ["of somebody with a line break"] = ("it says of nobody", Claim("sub", "a\nb")),
        ["not signed"] = ("that the provider does not have", Header("none", "rsa", static _ => [])),
        ["not signed, in capitals"] = ("that the provider does not have", Header("NONE", null, static _ => [])),
        ["signed with the public key as a secret"] = ("that the provider does not have", Header("HS256", "rsa", data => HMACSHA256.HashData(Encoding.ASCII.GetBytes(OpenIdProvider.Rsa.ExportSubjectPublicKeyInfoPem()), data))),
        ["signed with the modulus as a secret"] = ("that the provider does not have", Header("HS256", null, data => HMACSHA256.HashData(OpenIdProvider.Rsa.ExportParameters(false).Modulus!, data))),
        ["signed by a stranger under the key's name"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims, Stranger)),
        ["signed by a stranger under an own name"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "mine", claims, Stranger)),
        ["signed by a stranger without a name"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", null, claims, Stranger)),
        ["signed by a stranger whose key comes along"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", jwk = OpenIdProvider.RsaKey("mine", Stranger) }, JsonSerializer.Serialize(claims), data => Stranger.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["signed with RSA under the name of the curve"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "curve", claims)),
        ["signed with the curve under the name of the RSA key"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("ES256", "rsa", claims)),
        ["signed with RSA, said to be of the curve"] = ("its signature is wrong", Header("ES256", "curve", data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["signed in another way than it says"] = ("that the provider does not have", Header("RS512", "rsa", data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))),
        ["signed with nothing of the right length"] = ("its signature is wrong", Header("ES256", "curve", static _ => new byte[64])),
        ["changed after it was signed"] = ("its signature is wrong", provider => provider.Make = claims =>
        {
            var parts = OpenIdProvider.Signed("RS256", "rsa", claims).Split('.');
            claims["sub"] = "admin";
            return $"{parts[0]}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}.{parts[2]}";
        }),
        ["with a subject twice"] = ("the id token is broken", Text(claims => $$"""{"sub":"first",{{claims[1..]}}""")),
        ["with half a sign in the subject"] = ("it says of nobody", Text(claims => claims.Replace("\"sub\":\"", "\"sub\":\"\\ud800", StringComparison.Ordinal))),
        ["very deep"] = ("the id token is broken", Text(claims => $$"""{"deep":{{new string('[', 500)}}{{new string(']', 500)}},{{claims[1..]}}""")),
        ["a list"] = ("the id token is broken", Text(_ => "[]")),
        ["not JSON"] = ("the id token is broken", Text(_ => "hello")),
        ["a JSON text that ends early"] = ("the id token is broken", Text(claims => claims[..^1])),
        ["that wants to be understood"] = ("of another kind", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", kid = "rsa", crit = new[] { "b64" }, b64 = false }, JsonSerializer.Serialize(claims), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["an access token instead"] = ("of another kind", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", kid = "rsa", typ = "at+jwt" }, JsonSerializer.Serialize(claims), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["missing"] = ("there is no id token", provider => provider.Make = _ => null),
        ["a number"] = ("there is no id token", provider => provider.Make = _ => 7),
        ["empty"] = ("there is no id token", provider => provider.Make = _ => ""),
        ["dots"] = ("the id token is broken", provider => provider.Make = _ => ".."),
        ["of two parts"] = ("there is no id token", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims) is var whole ? whole[..whole.LastIndexOf('.')] : null),
        ["of four parts"] = ("there is no id token", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims) + ".x"),
        ["not of base 64"] = ("the id token is broken", provider => provider.Make = _ => "!!.!!.!!"),
        ["longer than tokens are"] = ("there is no id token", Claim("padding", new string('x', 20_000))),
    };

    /// <summary>Providers that cannot be used, by where they fail and how.</summary>
    public static readonly Dictionary<string, Action<OpenIdProvider>> Answers = new(StringComparer.Ordinal)
    {
        ["token: 500"] = At("/token", Answer(500, "oops")),
        ["token: a page"] = At("/token", Answer(200, "<html>")),
        ["token: a list"] = At("/token", Answer(200, "[]")),
        ["token: twice the same"] = At("/token", Answer(200, """{"access_token":"a","access_token":"b"}""")),
        ["token: leads elsewhere"] = At("/token", http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        }),
        ["token: hangs up"] = At("/token", http =>
        {
            http.Abort();
            return Task.CompletedTask;
        }),
        ["token: 10 MB"] = At("/token", http => http.Response.WriteAsJsonAsync(new { access_token = "a", id_token = new string('x', 10_000_000) })),
        ["token: does not know the client"] = At("/token", Answer(401, """{"error":"invalid_client"}""")),
        ["keys: 500"] = At("/keys", Answer(500, "")),
        ["keys: a page"] = At("/keys", Answer(200, "<html>")),
    };

    /// <summary>Discovery documents that are not to be followed.</summary>
    public static readonly Dictionary<string, Action<OpenIdProvider>> Documents = new(StringComparer.Ordinal)
    {
        ["500"] = At("/.well-known/openid-configuration", Answer(500, "")),
        ["page"] = At("/.well-known/openid-configuration", Answer(200, "<html>")),
        ["number"] = At("/.well-known/openid-configuration", Answer(200, "7")),
        ["issuer"] = provider => provider.Discover = document => document["issuer"] = "https://accounts.example.org",
        ["no-keys"] = provider => provider.Discover = document => document.Remove("jwks_uri"),
        ["plain-token"] = provider => provider.Discover = document => document["token_endpoint"] = "http://accounts.example.org/token",
        ["script"] = provider => provider.Discover = document => document["authorization_endpoint"] = "javascript:alert(1)",
        ["file"] = provider => provider.Discover = document => document["jwks_uri"] = "file:///etc/passwd",
    };

    public static Action<OpenIdProvider> Claim(string name, object? value) => provider => provider.Change = claims =>
    {
        claims[name] = value;
        if (value is null)
        {
            claims.Remove(name);
        }
    };

    public static Action<OpenIdProvider> Header(string algorithm, string? kid, Func<byte[], byte[]> sign) => provider => provider.Make = claims =>
        OpenIdProvider.Token(kid is null ? new { alg = algorithm } : new { alg = algorithm, kid }, JsonSerializer.Serialize(claims), sign);

    public static Action<OpenIdProvider> Text(Func<string, string> change) => provider => provider.Make = claims => OpenIdProvider.Token(
        new { alg = "RS256", kid = "rsa" }, change(JsonSerializer.Serialize(claims)), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>From the moment of the token on, which comes long after these lists are made.</summary>
    private static Action<OpenIdProvider> Moment(string name, int minutes) => provider => provider.Change = claims => claims[name] = DateTimeOffset.UtcNow.AddMinutes(minutes).ToUnixTimeSeconds();

    private static Action<OpenIdProvider> At(string path, Func<HttpContext, Task> answer) => provider => provider.Misbehave[path] = answer;

    private static Func<HttpContext, Task> Answer(int status, string text) => http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(text);
    };
}
