using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Accounts;

namespace Trove.Frontend.Identity;

/// <summary>How somebody got in.</summary>
[Flags]
internal enum Ways
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Signed in: a cookie.</summary>
    Session = 1,

    /// <summary>An API key.</summary>
    Key = 2,

    /// <summary>The key of a simulated contributor.</summary>
    Simulated = 4,
}

/// <summary>Who calls, as claims say it. Every way in makes its principal here, and nothing else knows the claims' names.</summary>
internal static class Callers
{
    private const string ContributorClaim = "trove:contributor";
    private const string KeyClaim = "trove:key";
    private const string ScopesClaim = "trove:scopes";
    private const string SimulatedClaim = "trove:simulated";
    private const string StampClaim = "trove:stamp";
    private const string TwoFactorClaim = "trove:two-factor";
    private const string SessionClaim = "trove:session";
    private const string ExpiresClaim = "trove:expires";

    /// <summary>Claims of an account that may act.</summary>
    public static IEnumerable<Claim> Of(string account, AccountStanding standing) =>
    [
        new(ClaimTypes.NameIdentifier, account),
        new(ContributorClaim, standing.Contributor),
        new(StampClaim, standing.Stamp),
        .. standing.Roles.OrEmpty().Select(role => new Claim(ClaimTypes.Role, role.ToString())),
        .. standing.TwoFactor ? [new Claim(TwoFactorClaim, "on")] : Array.Empty<Claim>(),
    ];

    /// <summary>Claims of a session beyond those of its account.</summary>
    public static IEnumerable<Claim> OfSession(string session, DateTimeOffset since, DateTimeOffset ends) =>
        [new(SessionClaim, session), new(ClaimTypes.AuthenticationInstant, since.ToString("O", CultureInfo.InvariantCulture)), Expiry(ends)];

    /// <summary>Claims of an API key beyond those of its account.</summary>
    public static IEnumerable<Claim> OfKey(string id, ApiKey key) =>
        [new(KeyClaim, id), new(ScopesClaim, key.Scopes.ToString("D")), Expiry(key.Expires)];

    /// <summary>Claims of a simulated contributor: no account, one project, the work of a contributor and nothing else.</summary>
    public static IEnumerable<Claim> OfSimulated(string project, string contributor, DateTimeOffset expires) =>
        [new(ClaimTypes.NameIdentifier, contributor), new(ContributorClaim, contributor), new(SimulatedClaim, project), Expiry(expires)];

    /// <summary>Id of the calling account (of a simulated contributor: its own). Only behind a policy.</summary>
    public static string Caller(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("The route is not behind a policy.");

    /// <summary>The contributor that the caller works as. Only behind a policy.</summary>
    public static string Contributor(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ContributorClaim) ?? throw new InvalidOperationException("The route is not behind a policy.");

    /// <inheritdoc cref="Caller(ClaimsPrincipal)"/>
    public static string Caller(this HubCallerContext context) => context.User!.Caller();

    /// <summary>The API key used, if one was.</summary>
    public static string? Key(this ClaimsPrincipal principal) => principal.FindFirstValue(KeyClaim);

    /// <summary>The project of a simulated contributor; null for people.</summary>
    public static string? SimulatedProject(this ClaimsPrincipal principal) => principal.FindFirstValue(SimulatedClaim);

    /// <summary>What sessions of the account must carry; null for a simulated contributor.</summary>
    public static string? Stamp(this ClaimsPrincipal principal) => principal.FindFirstValue(StampClaim);

    /// <summary>Id of the session; null for who has none.</summary>
    public static string? Session(this ClaimsPrincipal principal) => principal.FindFirstValue(SessionClaim);

    /// <summary>When the right ends by itself, however much it is used.</summary>
    public static DateTimeOffset Expires(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ExpiresClaim) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)) : DateTimeOffset.MaxValue;

    /// <summary>When the session began; long ago for who has none.</summary>
    public static DateTimeOffset SignedIn(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ClaimTypes.AuthenticationInstant) is { } moment ? DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;

    /// <summary>How the caller got in.</summary>
    public static Ways Way(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated != true ? Ways.None
        : principal.SimulatedProject() is not null ? Ways.Simulated
        : principal.Key() is not null ? Ways.Key
        : Ways.Session;

    /// <summary>What the caller may do with what it got in by: everything its account may, unless it is a key.</summary>
    public static Scopes Scopes(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ScopesClaim) is { } scopes ? Enum.Parse<Scopes>(scopes) : (Scopes)~0;

    /// <summary>Whether the account asks for a second factor at sign-in.</summary>
    public static bool HasTwoFactor(this ClaimsPrincipal principal) => principal.HasClaim(claim => claim.Type == TwoFactorClaim);

    /// <summary>Whether the account has a role.</summary>
    public static bool Has(this ClaimsPrincipal principal, Role role) => principal.IsInRole(role.ToString());

    private static Claim Expiry(DateTimeOffset expires) => new(ExpiresClaim, expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
