using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;

namespace Trove.Frontend.Identity;

/// <summary>
/// Lets no foreign page act for who is signed in. Whatever changes something and brings no key must not come from a page of another site; if a cookie speaks for
/// the caller, it must also carry the token that only a page of ours can have read.
/// </summary>
internal sealed class CrossSite(RequestDelegate next, Origins origins, IAntiforgery antiforgery)
{
    /// <summary>Header of the token.</summary>
    public const string Header = "Trove-Csrf";

    public async Task InvokeAsync(HttpContext context)
    {
        if (await Refusal(context) is { } refusal)
        {
            await Problems.Of(refusal).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private async Task<Problem?> Refusal(HttpContext context)
    {
        var method = context.Request.Method;
        // CONNECT opens a WebSocket over HTTP/2, where no page can add a header; it is judged like the GET of HTTP/1.1, by the door of the hubs.
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsConnect(method))
        {
            return null;
        }

        var bySession = context.User.Identity is { IsAuthenticated: true, AuthenticationType: SessionCookie.Name };
        if (origins.IsForeign(context.Request) && (bySession || context.User.Identity?.IsAuthenticated != true))
        {
            return new Problem("origin-foreign", "A page of another site asks. Whoever runs this Trove lists those that may in Trove:Origins.");
        }

        // Signing in and the like takes a secret of its own, which a foreign page does not have.
        var open = context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        return !bySession || open || await antiforgery.IsRequestValidAsync(context)
            ? null
            : new Problem("csrf-missing", $"Send the header {Header} with the token from GET /api/v1/account/antiforgery, asked for in this session.");
    }
}
