using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using Trove.Contracts.Accounts;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Identity;

/// <summary>
/// The cookie of who is signed in. It says which account and which stamp, and nothing that is believed: every request asks the account itself, so a role taken, a
/// password changed or a session ended elsewhere counts from the next request on.
/// </summary>
internal static class SessionCookie
{
    /// <summary>Name of the scheme and of the cookie.</summary>
    public const string Name = "trove";

    /// <summary>A session that nobody uses ends after this.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromDays(14);

    /// <summary>A session ends after this, however much it is used.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private const string StampItem = "stamp";
    private const string SessionItem = "session";
    private const string SinceItem = "since";

    public static AuthenticationBuilder AddSessionCookie(this AuthenticationBuilder schemes) => schemes.AddCookie(Name, cookie =>
    {
        cookie.Cookie.Name = Name;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.Cookie.Path = "/";
        cookie.CookieManager = new HostCookies();
        cookie.ExpireTimeSpan = Idle;
        cookie.SlidingExpiration = true;
        cookie.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = Validate,
            OnRedirectToLogin = static context => Problems.Of(Unauthenticated).ExecuteAsync(context.HttpContext),
            OnRedirectToAccessDenied = static context => Problems.Of(new Problem("not-allowed", "Your account may not do this.")).ExecuteAsync(context.HttpContext),
        };
    });

    private static readonly Problem Unauthenticated = new("unauthenticated", "Sign in first: this needs a session.");

    /// <summary>Signs in as this account from now on.</summary>
    public static Task SignInSession(this HttpContext http, AccountUser user, DateTimeOffset now)
    {
        var properties = new AuthenticationProperties { IsPersistent = true };
        properties.SetString(StampItem, user.Account.Stamp);
        properties.SetString(SessionItem, Guid.NewGuid().ToString("N"));
        properties.SetString(SinceItem, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Account.Id)], Name);
        return http.SignInAsync(Name, new ClaimsPrincipal(identity), properties);
    }

    private static async Task Validate(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } account
            && context.Properties.GetString(SessionItem) is { } session
            && long.TryParse(context.Properties.GetString(SinceItem), CultureInfo.InvariantCulture, out var seconds)
            && DateTimeOffset.FromUnixTimeSeconds(seconds) is var since
            && since + Longest > now)
        {
            var standing = await services.GetRequiredService<GrainCalls>().Run(
                services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(account), static grain => grain.Standing());
            if (standing.MayAct && standing.Stamp == context.Properties.GetString(StampItem) && !standing.Ended.OrEmpty().Contains(session, StringComparer.Ordinal))
            {
                context.ReplacePrincipal(new ClaimsPrincipal(new ClaimsIdentity([.. Callers.Of(account, standing), .. Callers.OfSession(session, since, since + Longest)], Name)));
                return;
            }
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Name);
    }

    /// <summary>
    /// Over HTTPS the cookie's name has the prefix by which browsers take it only from this very host, whole and secure (RFC 6265bis), so that no neighbouring
    /// site can plant one. Plain HTTP, which is for this machine, cannot have it.
    /// </summary>
    private sealed class HostCookies : ICookieManager
    {
        private readonly ChunkingCookieManager _chunks = new();

        public string? GetRequestCookie(HttpContext context, string key) => _chunks.GetRequestCookie(context, NameOf(context, key));

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
            _chunks.AppendResponseCookie(context, NameOf(context, key), value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _chunks.DeleteCookie(context, NameOf(context, key), options);
    }

    /// <summary>Name of a cookie of ours as browsers get it.</summary>
    public static string NameOf(HttpContext context, string key) => context.Request.IsHttps ? $"__Host-{key}" : key;
}
