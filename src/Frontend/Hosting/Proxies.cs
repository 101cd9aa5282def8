using System.Net;
using ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders;

namespace Trove.Frontend.Hosting;

/// <summary>What proxies say of a request: believed from those that are named, and from nobody else.</summary>
internal static class Proxies
{
    /// <summary>Before everything that asks who calls, how, and under which name.</summary>
    public static void UseProxies(this WebApplication app, FrontendOptions options)
    {
        var proxies = Settings.Networks(options.Proxies);
        if (proxies.IsEmpty)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = options.ProxyHops,
        };

        // It comes with loopback as a known proxy; only what the operator named counts.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            forwarded.KnownIPNetworks.Add(proxy);
        }

        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>
    /// A request that crossed a network in the clear, past the proxy or in front of it, is not served, but for health checks, which balancers make so. A page is sent to HTTPS; a program is refused, since being redirected it would go on
    /// sending its key in the clear each time.
    /// </summary>
    public static void UseHttpsOutside(this WebApplication app) => app.Use(next => context =>
    {
        if (context.Request.IsHttps || context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || (context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)))
        {
            return next(context);
        }

        if (HttpMethods.IsGet(context.Request.Method) && !IsForPrograms(context.Request.Path))
        {
            context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = $"https://{context.Request.Host.Host}{context.Request.Path}{context.Request.QueryString}";
            return Task.CompletedTask;
        }

        return Problems.Of(new Problem("https-required", "This request came over plain HTTP. Use https://; a proxy in front of Trove says so with X-Forwarded-Proto.")).ExecuteAsync(context);
    });

    private static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase);
}
