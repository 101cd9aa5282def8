using System.Net;
using Microsoft.Extensions.Configuration.Json;
using Trove.Frontend.Identity.Outside;

namespace Trove.Frontend.Hosting;

/// <summary>What a start with these settings on this machine would meet: everything that <see cref="PublicReadiness"/> judges, gathered without changing anything.</summary>
internal sealed record HostFacts
{
    /// <summary>Addresses to listen on.</summary>
    public required ImmutableArray<Listener> Listeners { get; init; }

    /// <summary>The settings of the frontend.</summary>
    public required FrontendOptions Options { get; init; }

    /// <summary>Networks whose proxies are believed.</summary>
    public ImmutableArray<IPNetwork> Proxies { get; init; } = [];

    /// <summary>Names that Trove answers under.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Whether a certificate is configured for HTTPS endpoints.</summary>
    public bool HasCertificate { get; init; }

    /// <summary>Secret files, of keys or with passwords in them, that other users of this machine can read.</summary>
    public ImmutableArray<string> OpenSecrets { get; init; } = [];

    /// <summary>Whether other users of this machine can look into the data folder.</summary>
    public bool IsDataFolderOpen { get; init; }

    /// <summary>Whether Trove would run with all rights on this machine.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>Room on the disk of the data folder, in bytes; null when it can't be told.</summary>
    public long? FreeDisk { get; init; }

    /// <summary>Whether the measuring points of benches are served.</summary>
    public bool HasBench { get; init; }

    /// <summary>Host of the mail server; null while mails stay in a folder.</summary>
    public string? MailHost { get; init; }

    /// <summary>Log categories at a level that writes down what people send.</summary>
    public ImmutableArray<string> ChattyLogs { get; init; } = [];

    /// <summary>Name of the environment, <c>Production</c> unless set.</summary>
    public string Environment { get; init; } = Environments.Production;

    /// <summary>Whether anybody but this machine gets in: directly, through a proxy, or under a name of its own.</summary>
    public bool IsPublic => Listeners.Any(listener => !listener.IsLoopback) || !Proxies.IsEmpty || NamesOthers;

    /// <summary>Whether names other than those of this machine are answered.</summary>
    public bool NamesOthers => Hosts.Any(host => !Listener.IsLocal(host));

    /// <exception cref="StartupException">A setting is wrong, so that Trove would not start at all.</exception>
    public static HostFacts Gather(WebApplicationBuilder builder)
    {
        var options = builder.ReadOptions();
        var configuration = builder.Configuration;
        var data = Path.GetFullPath(options.DataFolder);
        Settings.Origins(options.Origins);
        OutsideSettings.Read(configuration);
        return new HostFacts
        {
            Listeners = Listener.Of(configuration, options),
            Options = options,
            Proxies = Settings.Networks(options.Proxies),
            Hosts = [.. Settings.List(configuration[KnownHosts.Setting])],
            HasCertificate = CertificateFiles(configuration).Any() || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(endpoint => endpoint.GetSection("Certificate").Exists()),
            OpenSecrets = [.. KeyFiles(data).Concat(NamedFiles(configuration)).Concat(CertificateFiles(configuration)).Concat(FilesWithPasswords(configuration)).Where(IsOpen).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            IsDataFolderOpen = Directory.Exists(data) && IsOpen(data),
            IsPrivileged = System.Environment.IsPrivilegedProcess,
            FreeDisk = FreeDiskOf(data),
            HasBench = configuration.GetValue<bool>("Bench:Enabled"),
            MailHost = configuration["Trove:Mail:Host"],
            ChattyLogs =
            [
                .. configuration.GetSection("Logging").AsEnumerable()
                    .Where(entry => entry.Key.Contains("LogLevel:", StringComparison.OrdinalIgnoreCase) && Enum.TryParse<LogLevel>(entry.Value, ignoreCase: true, out var level) && level <= LogLevel.Debug)
                    .Select(entry => entry.Key),
            ],
            Environment = builder.Environment.EnvironmentName,
        };
    }

    private static IEnumerable<string> KeyFiles(string data) =>
        Path.Combine(data, "keys") is var keys && Directory.Exists(keys) ? Directory.EnumerateFiles(keys) : [];

    /// <summary>Files that a setting names because a secret is in them: every setting of Trove that is called so.</summary>
    private static IEnumerable<string> NamedFiles(IConfiguration configuration) => configuration.GetSection(FrontendOptions.Section).AsEnumerable()
        .Where(entry => entry.Value is { Length: > 0 } && IsEnd(entry.Key, "File"))
        .Select(entry => Path.GetFullPath(entry.Value!));

    private static IEnumerable<string> CertificateFiles(IConfiguration configuration) => configuration.GetSection("Kestrel").AsEnumerable()
        .Where(entry => entry.Value is not null && (IsEnd(entry.Key, "Certificate:KeyPath") || IsEnd(entry.Key, "Default:KeyPath") || entry.Value.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase)))
        .Select(entry => Path.GetFullPath(entry.Value!));

    /// <summary>Files of settings in which something stands that is called a password or the like.</summary>
    private static IEnumerable<string> FilesWithPasswords(ConfigurationManager configuration) =>
        from provider in ((IConfigurationRoot)configuration).Providers.OfType<JsonConfigurationProvider>()
        where HasPassword(provider, parent: null)
        let file = provider.Source.FileProvider?.GetFileInfo(provider.Source.Path ?? "").PhysicalPath
        where file is not null
        select file;

    private static bool HasPassword(IConfigurationProvider provider, string? parent) => provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase).Any(key =>
    {
        var path = parent is null ? key : ConfigurationPath.Combine(parent, key);
        return (provider.TryGet(path, out var value) && value is { Length: > 0 } && (IsEnd(key, "Password") || IsEnd(key, "Secret") || IsEnd(key, "Token") || IsEnd(key, "ApiKey")))
            || HasPassword(provider, path);
    });

    private static bool IsEnd(string key, string end) => key.EndsWith(end, StringComparison.OrdinalIgnoreCase);

    private static bool IsOpen(string path) =>
        !OperatingSystem.IsWindows() && Path.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite)) != UnixFileMode.None;

    private static long? FreeDiskOf(string folder)
    {
        try
        {
            // The folder may not be there yet: the room is that of where it would be made.
            var there = folder;
            while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } parent)
            {
                there = parent;
            }

            return new DriveInfo(there).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
