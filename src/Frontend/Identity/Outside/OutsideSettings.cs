using System.Globalization;

namespace Trove.Frontend.Identity.Outside;

/// <summary>An outside OpenID Connect provider that people may sign in with, section <c>Trove:SignIn:NAME</c>.</summary>
/// <param name="Name">Its name in addresses and records.</param>
/// <param name="DisplayName">What people call it. Default: its name.</param>
/// <param name="Authority">Its issuer, without a slash at the end; its discovery document is below.</param>
/// <param name="ClientId">What it calls this Trove.</param>
/// <param name="ClientSecret">What proves to it that this Trove asks; or in a file, <c>ClientSecretFile</c>.</param>
/// <param name="Patience">How long one answer of it may take. Default: 10 s.</param>
internal sealed record OutsideSettings(string Name, string DisplayName, string Authority, string ClientId, string ClientSecret, TimeSpan Patience)
{
    /// <summary>The section of all providers.</summary>
    public const string Section = "Trove:SignIn";

    private const int MaxName = 32;
    private const int MaxDisplayName = 40;

    /// <summary>Its name alone: a record would write its secret, too.</summary>
    public override string ToString() => Name;

    /// <summary>All that are configured, by name.</summary>
    /// <exception cref="StartupException">A setting is missing or wrong. Whether the provider answers is not tried: it may be back before anybody needs it.</exception>
    public static ImmutableArray<OutsideSettings> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(provider => Read(configuration, provider)).OrderBy(provider => provider.Name, StringComparer.Ordinal)];

    /// <summary>Whether what is sent there stays secret on its way: HTTPS, or this machine.</summary>
    public static bool IsSafe(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { UserInfo: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && Listener.IsLocal(uri.Host)));

    private static OutsideSettings Read(IConfiguration configuration, IConfigurationSection section)
    {
        var name = section.Key.ToLowerInvariant();
        if (name.Length > MaxName || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-"))
        {
            throw new StartupException($"The section {section.Path} names a provider '{section.Key}'. Such a name has 1 to {MaxName} of a-z, 0-9 and '-', since it stands in addresses.");
        }

        var authority = Needed(section, "Authority").TrimEnd('/');
        if (!IsSafe(authority) || authority.Contains('?', StringComparison.Ordinal))
        {
            throw new StartupException(
                $"The setting {section.Path}:Authority is '{authority}'. It is the issuer of the provider, such as https://accounts.example.org; plain http is for a provider on this machine only.");
        }

        var display = section["DisplayName"] is { Length: > 0 } given ? given : section.Key;
        if (display.Length > MaxDisplayName || display.Any(char.IsControl))
        {
            throw new StartupException($"The setting {section.Path}:DisplayName has at most {MaxDisplayName} characters.");
        }

        var secret = configuration.Secret($"{section.Path}:ClientSecret") ?? throw Missing(section, "ClientSecret", " (or ClientSecretFile, the path of a file that holds it)");
        return new OutsideSettings(name, display, authority, Needed(section, "ClientId"), secret, TimeSpan.FromSeconds(Seconds(section)));
    }

    private static int Seconds(IConfigurationSection section)
    {
        const string Timeout = "TimeoutSeconds";
        var text = section[Timeout] ?? "10";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 60
            ? seconds
            : throw new StartupException($"The setting {section.Path}:{Timeout} is '{text}'. It is a number from 1 to 60.");
    }

    private static string Needed(IConfigurationSection section, string name) => section[name] is { Length: > 0 } value ? value : throw Missing(section, name);

    private static StartupException Missing(IConfigurationSection section, string name, string hint = "") =>
        new($"The setting {section.Path}:{name}{hint} is missing. A provider to sign in with needs Authority, ClientId and ClientSecret; without the section there is none.");
}
