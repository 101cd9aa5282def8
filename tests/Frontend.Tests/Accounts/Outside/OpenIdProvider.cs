using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Trove.Frontend.Tests.Accounts.Outside;

/// <summary>
/// A small OpenID Connect provider on a real port. It keeps to the standard (codes good once, PKCE, the client's secret, signed tokens) wherever a test does not make it misbehave.
/// Written from the standards, not from the product.
/// </summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "trove";
    public const string ClientSecret = "s3cret: of & the client";

    public static readonly RSA Rsa = RSA.Create(2048);
    public static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Asked> _codes = new(StringComparer.Ordinal);

    private OpenIdProvider(WebApplication app) => _app = app;

    public string Issuer { get; private set; } = "";

    /// <summary>Who sits at the keyboard.</summary>
    public Dictionary<string, object?> Who { get; } = new(StringComparer.Ordinal)
    {
        ["sub"] = "subject-0815", ["email"] = "Ann.Quill@example.org", ["email_verified"] = true, ["name"] = "Annabel Quillfeather",
    };

    /// <summary>Changes the claims of tokens before they are signed.</summary>
    public Action<Dictionary<string, object?>> Change { get; set; } = static _ => { };

    /// <summary>Makes a token of claims; by default RS256 with the key <c>rsa</c>.</summary>
    public Func<Dictionary<string, object?>, object?> Make { get; set; } = claims => Signed("RS256", "rsa", claims);

    /// <summary>Keys in the set.</summary>
    public List<object> Keys { get; } = [RsaKey("rsa"), CurveKey("curve"), new { kty = "OKP", kid = "unknown kind", crv = "Ed25519", x = "AA" }, "not even a key"];

    /// <summary>Answers differently under a path.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Misbehave { get; } = new(StringComparer.Ordinal);

    /// <summary>Changes the discovery document.</summary>
    public Action<Dictionary<string, object>> Discover { get; set; } = static _ => { };

    /// <summary>Changes what is sent back with the browser.</summary>
    public Action<Dictionary<string, string?>> Return { get; set; } = static _ => { };

    /// <summary>How often each path was asked.</summary>
    public ConcurrentDictionary<string, int> Visits { get; } = new(StringComparer.Ordinal);

    /// <summary>How the client last proved to be itself.</summary>
    public string ProvedBy { get; private set; } = "";

    public static async Task<OpenIdProvider> Start(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", $"http://127.0.0.1:{port}"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new OpenIdProvider(app);
        app.Use(async (http, next) =>
        {
            provider.Visits.AddOrUpdate(http.Request.Path, 1, static (_, count) => count + 1);
            await (provider.Misbehave.TryGetValue(http.Request.Path, out var answer) ? answer(http) : next(http));
        });
        app.MapGet("/.well-known/openid-configuration", provider.Discovery);
        app.MapGet("/keys", () => Results.Json(new { keys = provider.Keys }));
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.Token);
        await app.StartAsync();
        provider.Issuer = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return provider;
    }

    /// <summary>Settings by which Trove knows this provider.</summary>
    public string[] Settings(string name = "acme", int seconds = 10) =>
    [
        $"--Trove:SignIn:{name}:Authority={Issuer}", $"--Trove:SignIn:{name}:ClientId={ClientId}", $"--Trove:SignIn:{name}:ClientSecret={ClientSecret}",
        $"--Trove:SignIn:{name}:DisplayName=Acme & Co", $"--Trove:SignIn:{name}:TimeoutSeconds={seconds}",
    ];

    public static object RsaKey(string id) => RsaKey(id, Rsa);

    public static object RsaKey(string id, RSA rsa)
    {
        var key = rsa.ExportParameters(false);
        return new { kty = "RSA", kid = id, use = "sig", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) };
    }

    public static object CurveKey(string id)
    {
        var point = Curve.ExportParameters(false).Q;
        return new { kty = "EC", kid = id, crv = "P-256", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
    }

    /// <summary>A token signed properly by the algorithm, with any header.</summary>
    public static string Signed(string algorithm, string? kid, object claims, RSA? rsa = null) => Token(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["alg"] = algorithm, ["kid"] = kid, ["typ"] = "JWT" }.Where(pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal),
        JsonSerializer.Serialize(claims),
        data => algorithm == "ES256"
            ? Curve.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : (rsa ?? Rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A token of any parts.</summary>
    public static string Token(object header, string claims, Func<byte[], byte[]> sign)
    {
        var head = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{head}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(head)))}";
    }

    public static string HalfHash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));

    /// <summary>Keeps to the standard again, with somebody new at the keyboard.</summary>
    public void Behave()
    {
        Change = static _ => { };
        Discover = static _ => { };
        Return = static _ => { };
        Make = static claims => Signed("RS256", "rsa", claims);
        Misbehave.Clear();
        var somebody = Guid.NewGuid().ToString("N");
        (Who["sub"], Who["email"], Who["email_verified"]) = (somebody, $"{somebody}@example.org", true);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private IResult Discovery()
    {
        var document = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["issuer"] = Issuer, ["authorization_endpoint"] = $"{Issuer}/authorize?tenant=1", ["token_endpoint"] = $"{Issuer}/token", ["jwks_uri"] = $"{Issuer}/keys",
        };
        Discover(document);
        return Results.Json(document);
    }

    private IResult Authorize(HttpRequest request)
    {
        string Value(string name) => request.Query[name].Single()!;
        Assert.Equal((ClientId, "code", "S256", "1"), (Value("client_id"), Value("response_type"), Value("code_challenge_method"), Value("tenant")));
        Assert.Equal(["email", "openid", "profile"], Value("scope").Split(' ').Order(StringComparer.Ordinal));
        var code = RandomNumberGenerator.GetHexString(32);
        _codes[code] = new Asked(Value("nonce"), Value("code_challenge"), Value("redirect_uri"));
        var back = new Dictionary<string, string?>(StringComparer.Ordinal) { ["code"] = code, ["state"] = Value("state"), ["iss"] = Issuer };
        Return(back);
        return Results.Redirect(QueryHelpers.AddQueryString(Value("redirect_uri"), back));
    }

    private async Task<IResult> Token(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var header = request.Headers.Authorization.ToString();
        var pair = header.StartsWith("Basic ", StringComparison.Ordinal)
            ? Encoding.ASCII.GetString(Convert.FromBase64String(header[6..])).Split(':').Select(WebUtility.UrlDecode).ToArray()
            : [form["client_id"].ToString(), form["client_secret"].ToString()];
        ProvedBy = header.Length > 0 ? "header" : "form";
        if (pair is not [ClientId, ClientSecret])
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized);
        }

        if (form["grant_type"] != "authorization_code"
            || !_codes.TryRemove(form["code"].ToString(), out var asked)
            || form["redirect_uri"] != asked.RedirectUri
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge)
        {
            return Results.Json(new { error = "invalid_grant", error_description = "for ann.quill@example.org" }, statusCode: StatusCodes.Status400BadRequest);
        }

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var accessToken = RandomNumberGenerator.GetHexString(40);
        var claims = new Dictionary<string, object?>(Who, StringComparer.Ordinal)
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["nonce"] = asked.Nonce, ["iat"] = now, ["exp"] = now + 300, ["at_hash"] = HalfHash(accessToken),
        };
        Change(claims);
        return Results.Json(new { access_token = accessToken, token_type = "Bearer", expires_in = 300, id_token = Make(claims) });
    }

    private sealed record Asked(string Nonce, string Challenge, string RedirectUri);
}
