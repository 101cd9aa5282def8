using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Trove.Contracts.Guests;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Guests;

/// <summary>
/// The cookie that names a guest and does nothing else: it is no way in, and nobody is a principal by it. Sealed, so that nobody can make one up or use one of
/// another purpose; dated, so that one that was kept somewhere is worth nothing after the guest is forgotten.
/// </summary>
internal sealed class GuestCookie(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Name = "trove-guest";

    private const int MaxLength = 512;
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(IGuestGrain.Days);

    private readonly IDataProtector _seal = protection.CreateProtector("Trove.Guest");

    /// <summary>An id that nobody can guess.</summary>
    public static string NewGuest() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Which guest calls; null when none does, or the cookie is not good, whatever is wrong with it.</summary>
    public string? Read(HttpContext http)
    {
        if (http.Request.Cookies[SessionCookie.NameOf(http, Name)] is not { Length: > 0 and <= MaxLength } cookie)
        {
            return null;
        }

        try
        {
            return _seal.Unprotect(cookie).Split('.') is [var guest, var expires]
                && DateTimeOffset.FromUnixTimeSeconds(long.Parse(expires, CultureInfo.InvariantCulture)) > clock.GetUtcNow()
                ? guest
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Write(HttpContext http, string guest)
    {
        var expires = clock.GetUtcNow() + Lasts;
        var options = Options(http);
        options.MaxAge = Lasts;
        http.Response.Cookies.Append(
            SessionCookie.NameOf(http, Name), _seal.Protect(string.Create(CultureInfo.InvariantCulture, $"{guest}.{expires.ToUnixTimeSeconds()}")), options);
    }

    public void Delete(HttpContext http) => http.Response.Cookies.Delete(SessionCookie.NameOf(http, Name), Options(http));

    private static CookieOptions Options(HttpContext http) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/", IsEssential = true };
}
