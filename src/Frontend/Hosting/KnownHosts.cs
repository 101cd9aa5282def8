using Microsoft.Extensions.Primitives;

namespace Trove.Frontend.Hosting;

/// <summary>
/// Turns requests away that were sent to another name: a page of a foreign site that made its own name point here would otherwise act inside a user's network, and addresses in mails and
/// redirects would carry a name that somebody else chose. The names stand in ASP.NET Core's own setting <c>AllowedHosts</c>.
/// </summary>
internal static class KnownHosts
{
    /// <summary>The names by which this machine calls itself; holds while nothing else is set.</summary>
    public const string Default = "localhost;127.0.0.1;[::1]";

    public const string Setting = "AllowedHosts";

    /// <summary>Whether the settings name anything but this machine.</summary>
    public static bool NamesOthers(IConfiguration configuration) => Settings.List(configuration[Setting]).Any(host => !Listener.IsLocal(host));

    public static void UseKnownHosts(this WebApplication app)
    {
        var hosts = Settings.List(app.Configuration[Setting]);
        if (hosts.Contains("*", StringComparer.Ordinal))
        {
            return;
        }

        StringSegment[] known = [.. hosts.Select(host => new StringSegment(new HostString(host).ToUriComponent()))];
        app.Use(next => context => HostString.MatchesAny(context.Request.Host.Value, known) ? next(context) : Refuse(context));
    }

    private static Task Refuse(HttpContext context) => Problems.Of(new Problem(
        "host-unknown", $"Trove does not answer under this name. Whoever runs it lists its names in the setting {Setting}.")).ExecuteAsync(context);
}
