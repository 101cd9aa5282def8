using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Options;

namespace Trove.Frontend.Identity.Outside;

/// <summary>What came of an attempt.</summary>
/// <param name="Attempt">The attempt; null when the request belongs to none of this browser.</param>
/// <param name="Identity">Who it is, when the provider said so.</param>
/// <param name="Problem">Why nobody is known, otherwise.</param>
internal sealed record OutsideOutcome(OutsideAttempt? Attempt, OutsideIdentity? Identity, Problem? Problem);

/// <summary>
/// OpenID Connect's code flow on the framework's OAuth handler, which brings state and PKCE. Where the framework answers the callback in a hidden step before routing,
/// here routes call <see cref="Begin"/> and <see cref="Complete"/>: so rate limits and policies hold for them as for any other.
/// <para>
/// One secret in a cookie binds an attempt to its browser. Its hash is the nonce, which is in the state and comes back in the id token: so neither of them is
/// good in another browser, and what a log or an address gives away lets nobody make the cookie.
/// </para>
/// </summary>
internal sealed partial class OutsideHandler(IOptionsMonitor<OutsideOptions> options, ILoggerFactory logger, UrlEncoder encoder, OutsideProviders providers)
    : OAuthHandler<OutsideOptions>(options, logger, encoder)
{
    private const string SchemePrefix = "outside-";
    private const string CookiePrefix = "trove-outside-";

    private static readonly Problem NotBegunHere = new(
        "outside-state-invalid", "This sign-in was not begun in this browser, was finished already, or took too long. Begin again.");

    private static readonly Problem Denied = new("outside-denied", "You did not let the provider tell who you are. Sign in another way, or begin again.");

    private OutsideAttempt? _attempt;
    private OutsideIdentity? _identity;
    private string _nonce = "";

    private OutsideProvider Provider => providers.Find(Scheme.Name[SchemePrefix.Length..])!;

    /// <summary>Name of the scheme of a provider.</summary>
    public static string SchemeOf(string provider) => SchemePrefix + provider;

    /// <summary>The handler of a provider for this request; null when there is no such provider.</summary>
    public static async Task<OutsideHandler?> Of(HttpContext http, string provider) =>
        await http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>().GetHandlerAsync(http, SchemeOf(provider)) as OutsideHandler;

    /// <summary>The callback is a route.</summary>
    public override Task<bool> ShouldHandleRequestAsync() => Task.FromResult(false);

    /// <summary>Begins an attempt in this browser and returns the address to go to.</summary>
    public async Task<Result<string>> Begin(OutsideAttempt attempt)
    {
        try
        {
            var metadata = await Provider.Metadata();
            var properties = attempt.ToProperties();
            GenerateCorrelationId(properties);
            var query = BuildChallengeUrl(properties, BuildRedirectUri(Options.CallbackPath))[1..];
            return $"{metadata.Authorization}{(metadata.Authorization.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}&nonce={_nonce}";
        }
        catch (ProviderException reason)
        {
            LogUnusable(Logger, Provider.Settings.Name, reason.Message);
            return reason.Problem;
        }
    }

    /// <summary>Takes what the provider sent back with the browser.</summary>
    public async Task<OutsideOutcome> Complete()
    {
        try
        {
            await HandleRemoteAuthenticateAsync();
            if (_attempt is not null && _identity is null && Request.Query["error"] != "access_denied")
            {
                throw ProviderException.Refused("it sent the browser back without a code");
            }

            return new OutsideOutcome(_attempt, _identity, _attempt is null ? NotBegunHere : _identity is null ? Denied : null);
        }
        catch (ProviderException reason)
        {
            LogUnusable(Logger, Provider.Settings.Name, reason.Message);
            return new OutsideOutcome(_attempt, null, reason.Problem);
        }
    }

    protected override void GenerateCorrelationId(AuthenticationProperties properties)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _nonce = NonceOf(secret);
        OutsideAttempt.Begin(properties, _nonce, TimeProvider.GetUtcNow());
        Response.Cookies.Append(CookieOf(_nonce), secret, CookieOptions());
    }

    protected override bool ValidateCorrelationId(AuthenticationProperties properties)
    {
        if (OutsideAttempt.Nonce(properties, TimeProvider.GetUtcNow()) is not { } nonce || Request.Cookies[CookieOf(nonce)] is not { } secret || NonceOf(secret) != nonce)
        {
            return false;
        }

        Response.Cookies.Delete(CookieOf(nonce), CookieOptions());
        (_nonce, _attempt) = (nonce, OutsideAttempt.Of(properties));
        return true;
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        // RFC 9207: who says who they are must be who was asked.
        var metadata = await Provider.Metadata();
        if (Request.Query["iss"] is [{ } issuer, ..] && issuer != metadata.Issuer)
        {
            throw ProviderException.Refused("the answer comes from another issuer");
        }

        var tokens = await Provider.Redeem(context.Code, context.Properties.Items[OAuthConstants.CodeVerifierKey]!, context.RedirectUri);
        return tokens.RootElement.Text("access_token") is { Length: > 0 } ? OAuthTokenResponse.Success(tokens) : throw ProviderException.Refused("it sent no access token");
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var token = IdToken.Parse(tokens.Response!.RootElement.Text("id_token"));
        await Provider.Verify(token);
        var metadata = await Provider.Metadata();
        _identity = token.Judge(new Expected(metadata.Issuer, Provider.Settings.ClientId, _nonce, tokens.AccessToken!), TimeProvider.GetUtcNow());
        return new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    private static string NonceOf(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>A name of its own for each attempt, since people have several tabs; the prefix as with the session.</summary>
    private string CookieOf(string nonce) => $"{(Request.IsHttps ? "__Host-" : "")}{CookiePrefix}{nonce[..16]}";

    /// <summary>Lax: it comes along when the provider sends the browser back, and with nothing that a foreign page sends by itself.</summary>
    private CookieOptions CookieOptions() => new()
    {
        HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, Path = "/", MaxAge = OutsideAttempt.Patience,
    };

    [LoggerMessage(EventId = 2415, Level = LogLevel.Warning, Message = "Nobody could sign in with {Provider}: {Reason}")]
    private static partial void LogUnusable(ILogger logger, string provider, string reason);
}

/// <summary>Settings of the handler. The endpoints are not among them: the provider's document names them.</summary>
internal sealed class OutsideOptions : OAuthOptions
{
    /// <summary>What is missing in the settings was found before, and in words.</summary>
    public override void Validate()
    {
    }
}
