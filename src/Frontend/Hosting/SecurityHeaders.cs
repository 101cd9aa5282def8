using Microsoft.Net.Http.Headers;

namespace Trove.Frontend.Hosting;

/// <summary>What every answer tells a browser. An endpoint that knows better sets the header itself; nothing here overwrites.</summary>
internal static class SecurityHeaders
{
    /// <summary>A content security policy under which nothing loads, runs, is sent or framed; pages add to it what they need.</summary>
    public const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    /// <summary>First in the pipeline, so that refusals of all later steps have them too.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use(next => context =>
    {
        // Not before the answer starts: the handler of exceptions clears what was set earlier, and what the endpoint set is not known earlier.
        context.Response.OnStarting(Add, context);
        return next(context);
    });

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, Nothing);
        headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");

        // Not no-referrer: with it browsers send "Origin: null" along with a form, which is then no longer known as our own.
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), bluetooth=(), display-capture=()");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            headers.TryAdd(HeaderNames.CacheControl, "no-store");
        }

        // A browser keeps this for a year, for all ports of the host: never for names of this machine, where other servers run without HTTPS.
        if (context.Request.IsHttps && !Listener.IsLocal(context.Request.Host.Host))
        {
            headers.TryAdd(HeaderNames.StrictTransportSecurity, OneYear);
        }

        return Task.CompletedTask;
    }
}
