using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Trove.Contracts.Accounts;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Identity;

/// <summary>Whoever sends <c>Authorization: Bearer</c>: an account's API key, or the key of a simulated contributor. A key in an address is never read: addresses end up in logs.</summary>
internal sealed class KeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeys keys,
    SimulatedKeys simulated,
    IGrainFactory grains,
    GrainCalls calls) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "key";

    private const string Bearer = "Bearer ";
    private const int MaxLength = 512;

    /// <summary>Whether the request brings a key: then nothing else that it brings counts.</summary>
    public static bool IsBrought(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsBrought(Request))
        {
            return AuthenticateResult.NoResult();
        }

        var text = Request.Headers.Authorization.ToString()[Bearer.Length..].Trim();
        var claims = text.Length > MaxLength ? null
            : text.StartsWith(SimulatedKeys.Prefix, StringComparison.Ordinal) ? Simulated(text)
            : text.StartsWith(ApiKeys.Prefix, StringComparison.Ordinal) ? await Account(text)
            : null;
        return claims is null
            ? AuthenticateResult.Fail("not a good key")
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), Name));
    }

    private IEnumerable<Claim>? Simulated(string text) =>
        simulated.Read(text) is var (project, contributor, expires) ? Callers.OfSimulated(project, contributor, expires) : null;

    private async Task<IEnumerable<Claim>?> Account(string text)
    {
        if (await keys.Find(text) is not var (id, key))
        {
            return null;
        }

        var standing = await calls.Run(grains.GetGrain<IAccountGrain>(key.Account), static account => account.Standing());
        return standing.MayAct ? [.. Callers.Of(key.Account, standing), .. Callers.OfKey(id, key)] : null;
    }
}
