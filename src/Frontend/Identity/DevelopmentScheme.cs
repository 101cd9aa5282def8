using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Trove.Frontend.Identity;

/// <summary>
/// Who calls, as long as there are no accounts: the name in the header <c>Trove-User</c>, or for hubs, where a browser can set no header, in the query <c>user</c>.
/// Believed without proof, so only of this machine.
/// </summary>
internal sealed class DevelopmentScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Development";
    public const string Header = "Trove-User";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var user = Request.Headers[Header].ToString();
        if (user.Length == 0 && Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase))
        {
            user = Request.Query["user"].ToString();
        }

        if (user.Length == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (Context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
        {
            return Task.FromResult(AuthenticateResult.Fail("not this machine"));
        }

        if (!Keys.IsValid(user))
        {
            return Task.FromResult(AuthenticateResult.Fail("not a valid user id"));
        }

        // A browser names the site whose page sends a request. A foreign page must not act for a local user.
        if (Request.Headers.Origin is [{ } origin, ..] && !(Uri.TryCreate(origin, UriKind.Absolute, out var site) && Listener.IsLocal(site.Host)))
        {
            return Task.FromResult(AuthenticateResult.Fail("a foreign origin"));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Problems.Of(new Problem(
        "unauthenticated",
        $"Say who calls: the header {Header} with 1 to {Keys.MaxLength} of the characters A-Z a-z 0-9 . _ - (hubs also take the query 'user'), from a page of this machine.")).ExecuteAsync(Context);
}

internal static class Identity
{
    public static void AddDevelopmentIdentity(this WebApplicationBuilder builder)
    {
        const string Either = "either";
        builder.Services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, either => either.ForwardDefaultSelector = static context =>
                context.Request.Headers.ContainsKey(DevelopmentScheme.Header) || context.Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase)
                    ? DevelopmentScheme.Name
                    : SessionCookie.Name)
            .AddScheme<AuthenticationSchemeOptions, DevelopmentScheme>(DevelopmentScheme.Name, null)
            .AddSessionCookie();
        builder.Services.AddAuthorization();
    }
}
