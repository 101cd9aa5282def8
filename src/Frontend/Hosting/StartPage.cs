using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

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
        var policy = $"{SecurityHeaders.Nothing}; style-src '{HashOfStyle(template)}'; img-src data:";
        app.MapGet("/", (HttpRequest request, HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = policy;
            response.Headers.CacheControl = "no-cache";
            return TypedResults.Content(
                template
                    .Replace("{{version}}", WebUtility.HtmlEncode(version), StringComparison.Ordinal)
                    .Replace("{{address}}", WebUtility.HtmlEncode($"{request.Scheme}://{request.Host}"), StringComparison.Ordinal),
                "text/html; charset=utf-8");
        }).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>What a browser computes of the page's one style element, and then lets pass.</summary>
    private static string HashOfStyle(string page)
    {
        var start = page.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length;
        var style = page[start..page.IndexOf("</style>", StringComparison.Ordinal)];
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}";
    }
}
