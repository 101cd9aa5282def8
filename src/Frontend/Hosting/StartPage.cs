using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Trove.Frontend.Hosting;

/// <summary>The page at <c>/</c>: what runs here and how to go on. One file, no script, nothing loaded from elsewhere.</summary>
internal static class StartPage
{
    public static void MapStartPage(this WebApplication app)
    {
        var assembly = typeof(StartPage).Assembly;
        using var resource = new StreamReader(assembly.GetManifestResourceStream("start.html") ?? throw new InvalidOperationException("The start page is not built in."));
        var template = resource.ReadToEnd();
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        app.MapGet("/", (HttpResponse response, IServer server) =>
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
            response.Headers.CacheControl = "no-cache";
            return TypedResults.Content(
                template
                    .Replace("{{version}}", WebUtility.HtmlEncode(version), StringComparison.Ordinal)
                    .Replace("{{address}}", WebUtility.HtmlEncode(addresses.FirstOrDefault() ?? "http://127.0.0.1:5080"), StringComparison.Ordinal)
                    .Replace("{{addresses}}", WebUtility.HtmlEncode(string.Join(", ", addresses)), StringComparison.Ordinal),
                "text/html; charset=utf-8");
        }).ExcludeFromDescription();
    }
}
