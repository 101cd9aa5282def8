namespace Trove.Frontend.Hosting;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Good to know before others are let in.</summary>
    Info,

    /// <summary>Makes an accident worse; change it when you can.</summary>
    Medium,

    /// <summary>Must not be so: data, passwords or keys are open to people they are not for.</summary>
    High,
}

/// <summary>Something about settings or machine that is unsafe, or not yet fit for the public internet.</summary>
/// <param name="Severity">How much it matters as Trove is reachable now.</param>
/// <param name="Code">Stable name for programs.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Fix">Precisely what to set or do.</param>
public sealed record Finding(Severity Severity, string Code, string What, string Fix);

/// <summary>Whether Trove as it is set up can face the internet. Each rule looks at the facts and says nothing, or what it found; to add one, add it to the list.</summary>
public static class PublicReadiness
{
    private const long MegaByte = 1024 * 1024;

    private static readonly Func<HostFacts, Finding?>[] Rules =
    [
        Refused, NamelessProxy, Hosts, Trust, Interfaces, Certificate, Secrets, Folder, Bench, Limits, Development, Logs, Privileges, Disk, AdminFactor, Mail, Loopback,
    ];

    /// <summary>Looks at what <see cref="TroveHost.Build"/> would start with the same arguments, and starts nothing.</summary>
    /// <returns>What it found, the gravest first.</returns>
    public static ImmutableArray<Finding> Examine(string[] args)
    {
        try
        {
            return Judge(HostFacts.Gather(WebApplication.CreateBuilder(args)));
        }
        catch (StartupException reason)
        {
            return [new Finding(Severity.High, "refuses-to-start", reason.Message, "Set what the message says; then look again.")];
        }
    }

    internal static ImmutableArray<Finding> Judge(HostFacts facts) => [.. Rules.Select(rule => rule(facts)).OfType<Finding>().OrderByDescending(finding => finding.Severity)];

    /// <summary>Grave where others get in, else a thing to change before they do.</summary>
    private static Severity OncePublic(HostFacts facts) => facts.IsPublic ? Severity.High : Severity.Medium;

    private static Finding? Refused(HostFacts facts) => facts.Listeners.Select(listener => PublicAddress.Refusal(listener, !facts.Proxies.IsEmpty, facts.NamesOthers)).FirstOrDefault(refusal => refusal is not null) is { } refusal
        ? new(Severity.High, "refuses-to-start", refusal, "Set what the message says; then look again.")
        : null;

    private static Finding? NamelessProxy(HostFacts facts) => facts switch
    {
        { Proxies.IsEmpty: true, NamesOthers: true } when facts.Listeners.All(listener => listener.IsLoopback) => new(
            Severity.High,
            "proxy-unknown",
            "Trove answers under a public name, but listens on this machine only and knows no proxy: whoever comes through one counts as this machine, without HTTPS, all of them with one address.",
            "Set Trove:Proxies to the address from which the proxy calls, such as 127.0.0.1."),
        { Proxies.IsEmpty: false, NamesOthers: false } => new(
            Severity.Medium,
            "name-unknown",
            "A proxy is trusted, but Trove answers only under the names of this machine: what comes through the proxy is turned away.",
            "Set AllowedHosts to the names that people use, such as trove.example.org."),
        _ => null,
    };

    private static Finding? Hosts(HostFacts facts) => facts.Hosts.Contains("*", StringComparer.Ordinal)
        ? new(OncePublic(facts), "hosts-any", "Trove answers under any name, so others can choose what stands in addresses and mails that it sends.", "Set AllowedHosts to the names that people use, such as trove.example.org; no star.")
        : null;

    private static Finding? Trust(HostFacts facts) => facts.Proxies.Any(network => network.PrefixLength == 0)
        ? new(Severity.High, "proxies-any", "Everybody is trusted as a proxy, so anyone can claim any address and HTTPS.", "Set Trove:Proxies to the addresses of your proxies alone.")
        : null;

    private static Finding? Interfaces(HostFacts facts) => facts.Listeners.FirstOrDefault(listener => listener is { IsHttps: false, IsEveryInterface: true }) is { } open && !facts.Proxies.IsEmpty
        ? new(
            Severity.Medium,
            "plain-everywhere",
            $"'{open.Address}' takes plain HTTP on every network of this machine. What does not come through the proxy is refused, but only after it was sent in the clear.",
            "Listen on the one address that the proxy reaches (--urls http://10.0.0.5:5080), or close the port to all others.")
        : null;

    private static Finding? Certificate(HostFacts facts) => facts.Listeners.Any(listener => listener.IsHttps) && !facts.HasCertificate
        ? new(
            OncePublic(facts),
            "certificate-missing",
            "HTTPS is to be spoken, but no certificate is named; one for development would be used if there is any.",
            "Set Kestrel:Certificates:Default:Path and :KeyPath (PEM), or :Path and :Password (PFX).")
        : null;

    private static Finding? Secrets(HostFacts facts) => facts.OpenSecrets.IsEmpty
        ? null
        : new(
            Severity.High,
            "secrets-readable",
            $"Other users of this machine can read secrets: {string.Join(", ", facts.OpenSecrets)}.",
            $"chmod 600 {string.Join(' ', facts.OpenSecrets)}. Who may have read them already knows them: replace them.");

    private static Finding? Folder(HostFacts facts) => facts.IsDataFolderOpen
        ? new(OncePublic(facts), "data-readable", "Other users of this machine can look into the data folder, where everybody's records are.", $"chmod 700 {facts.Options.DataFolder}")
        : null;

    private static Finding? Bench(HostFacts facts) => facts.HasBench
        ? new(OncePublic(facts), "bench-enabled", "The measuring points of benches are served: whoever calls them stops Trove for a collection of its memory.", "Remove Bench:Enabled.")
        : null;

    private static Finding? Limits(HostFacts facts)
    {
        (string Name, int Value)[] limits =
        [
            (nameof(FrontendOptions.AddressRequestsPerMinute), facts.Options.AddressRequestsPerMinute),
            (nameof(FrontendOptions.CallerRequestsPerMinute), facts.Options.CallerRequestsPerMinute),
            (nameof(FrontendOptions.SignInsPerMinute), facts.Options.SignInsPerMinute),
            (nameof(FrontendOptions.GuestsPerMinute), facts.Options.GuestsPerMinute),
            (nameof(FrontendOptions.HubConnectionsPerCaller), facts.Options.HubConnectionsPerCaller),
            (nameof(FrontendOptions.HubMessagesPerSecond), facts.Options.HubMessagesPerSecond),
        ];
        var off = string.Join(", ", limits.Where(limit => limit.Value == 0).Select(limit => $"{FrontendOptions.Section}:{limit.Name}"));
        return off.Length == 0 ? null : new(OncePublic(facts), "limits-off", $"No limit holds for: {off}. One client can take the whole machine, or guess passwords as fast as it likes.", "Remove these settings, or set them above 0.");
    }

    private static Finding? Development(HostFacts facts) => string.Equals(facts.Environment, Environments.Development, StringComparison.OrdinalIgnoreCase)
        ? new(OncePublic(facts), "development", "The environment is Development, in which the framework shows callers where an error came from.", "Remove ASPNETCORE_ENVIRONMENT and DOTNET_ENVIRONMENT, or set Production.")
        : null;

    private static Finding? Logs(HostFacts facts) => facts.ChattyLogs.IsEmpty
        ? null
        : new(Severity.Medium, "log-chatty", $"The log writes down what people send: {string.Join(", ", facts.ChattyLogs)}.", "Set these to Information or Warning.");

    private static Finding? Privileges(HostFacts facts) => facts.IsPrivileged
        ? new(Severity.Medium, "privileged", "Trove would run as root: a fault in it, or in a decoder of pictures, would be one of the whole machine.", "Start it as a user of its own that owns the data folder and nothing else.")
        : null;

    private static Finding? Disk(HostFacts facts) => facts.FreeDisk is { } free && free / MegaByte < facts.Options.SpareDiskMegabytes + 1024
        ? new(Severity.Medium, "disk-low", $"Only {free / MegaByte} MB are free where the data folder is; writing stops when none are.", $"Make room, or name a folder on a larger disk: {FrontendOptions.Section}:DataFolder.")
        : null;

    private static Finding? AdminFactor(HostFacts facts) => facts.Options.AdminsNeedSecondFactor
        ? null
        : new(
            facts.IsPublic ? Severity.Medium : Severity.Info,
            "admin-one-factor",
            "Admins get in with a password alone: whoever guesses or steals one runs this Trove.",
            "Turn on a second factor for every admin, then set Trove:AdminsNeedSecondFactor=true.");

    private static Finding? Mail(HostFacts facts) => facts.MailHost is { Length: > 0 }
        ? null
        : new(
            facts.IsPublic ? Severity.Medium : Severity.Info,
            "mail-stays",
            "Mails are written to a folder and not sent: nobody can confirm an address or get a new password alone.",
            "Set Trove:Mail:Host, and what your mail server asks for besides.");

    private static Finding? Loopback(HostFacts facts) => facts.IsPublic
        ? null
        : new(
            Severity.Info,
            "loopback-only",
            "Only this machine reaches Trove.",
            "Set AllowedHosts=trove.example.org; then either Kestrel:Endpoints:Public:Url=https://0.0.0.0:443 with Kestrel:Certificates:Default:Path and :KeyPath, "
            + "or a proxy that speaks HTTPS in front and Trove:Proxies=127.0.0.1 (its address).");
}
