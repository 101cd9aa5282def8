using System.Net;
using System.Runtime.Versioning;
using Trove.Frontend.Hosting;
using Trove.Testing;

namespace Trove.Frontend.Tests.Hosting;

[UnsupportedOSPlatform("windows")]
public sealed class PublicReadinessTests
{
    private static readonly Listener Here = Listener.Of("http://127.0.0.1:5080");
    private static readonly Listener Https = Listener.Of("https://0.0.0.0:443");
    private static readonly Listener PlainEverywhere = Listener.Of("http://*:80");

    /// <summary>As a fresh start on one's own machine is.</summary>
    private static readonly HostFacts Private = new() { Listeners = [Here], Options = new FrontendOptions(), Hosts = ["localhost", "127.0.0.1", "[::1]"], FreeDisk = 100L << 30 };

    /// <summary>As a server on the internet should be.</summary>
    private static readonly HostFacts Public = Private with { Listeners = [Https], HasCertificate = true, Hosts = ["trove.example"], MailHost = "mail.example", Options = new FrontendOptions { AdminsNeedSecondFactor = true } };

    /// <summary>Behind a proxy on the same machine.</summary>
    private static readonly HostFacts Proxied = Public with { Listeners = [Here], HasCertificate = false, Proxies = [IPNetwork.Parse("127.0.0.1/32")] };

    [Fact]
    public void A_fresh_start_on_this_machine_is_safe_and_says_what_the_internet_takes()
    {
        var findings = PublicReadiness.Judge(Private);

        Assert.All(findings, finding => Assert.Equal(Severity.Info, finding.Severity));
        Assert.All(["AllowedHosts", "Kestrel:Certificates:Default:Path", "Trove:Proxies"], setting => Assert.Contains(findings, finding => finding.Fix.Contains(setting, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_set_up_as_told_is_found_free_of_fault()
    {
        Assert.Empty(PublicReadiness.Judge(Public));
        Assert.Empty(PublicReadiness.Judge(Proxied));
    }

    [Fact]
    public void What_opens_Trove_to_others_is_grave_in_public_and_less_so_in_private()
    {
        AssertFound("hosts-any", Severity.High, Public with { Hosts = ["*"] });
        AssertFound("certificate-missing", Severity.High, Public with { HasCertificate = false });
        AssertFound("certificate-missing", Severity.Medium, Private with { Listeners = [Listener.Of("https://localhost:5443")] });
        AssertFound("data-readable", Severity.High, Public with { IsDataFolderOpen = true });
        AssertFound("data-readable", Severity.Medium, Private with { IsDataFolderOpen = true });
        AssertFound("bench-enabled", Severity.High, Public with { HasBench = true });
        AssertFound("bench-enabled", Severity.Medium, Private with { HasBench = true });
        AssertFound("limits-off", Severity.High, Public with { Options = new FrontendOptions { SignInsPerMinute = 0 } });
        AssertFound("limits-off", Severity.Medium, Private with { Options = new FrontendOptions { HubMessagesPerSecond = 0 } });
        AssertFound("development", Severity.High, Public with { Environment = "Development" });
    }

    [Fact]
    public void Secrets_that_others_can_read_are_grave_everywhere_and_named()
    {
        var found = AssertFound("secrets-readable", Severity.High, Private with { OpenSecrets = ["/data/keys/leases"] });

        Assert.Contains("chmod 600 /data/keys/leases", found.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Proxies_and_names_must_fit_each_other()
    {
        AssertFound("refuses-to-start", Severity.High, Private with { Listeners = [PlainEverywhere] });
        AssertFound("refuses-to-start", Severity.High, Public with { Hosts = Private.Hosts });
        AssertFound("proxy-unknown", Severity.High, Proxied with { Proxies = [] });
        AssertFound("name-unknown", Severity.Medium, Proxied with { Hosts = Private.Hosts });
        AssertFound("proxies-any", Severity.High, Proxied with { Proxies = [IPNetwork.Parse("::/0")] });
        AssertFound("plain-everywhere", Severity.Medium, Proxied with { Listeners = [PlainEverywhere] });
    }

    [Fact]
    public void What_makes_an_accident_worse_is_said()
    {
        AssertFound("privileged", Severity.Medium, Public with { IsPrivileged = true });
        AssertFound("log-chatty", Severity.Medium, Public with { ChattyLogs = ["Logging:LogLevel:Default"] });
        AssertFound("disk-low", Severity.Medium, Public with { FreeDisk = 1L << 30 });
        AssertFound("mail-stays", Severity.Medium, Public with { MailHost = null });
        AssertFound("admin-one-factor", Severity.Medium, Public with { Options = new FrontendOptions() });
    }

    [Fact]
    public void The_gravest_comes_first()
    {
        var findings = PublicReadiness.Judge(Public with { IsPrivileged = true, HasBench = true, MailHost = null });

        Assert.Equal([Severity.High, Severity.Medium, Severity.Medium], findings.Select(finding => finding.Severity));
    }

    [Fact]
    public void The_facts_are_those_of_the_settings_and_files_that_a_start_would_use()
    {
        using var folder = new TempFolder();
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data"), Rights("rwx------")).FullName;
        var key = Write(Path.Combine(Directory.CreateDirectory(Path.Combine(data, "keys")).FullName, "leases"), "key", Rights("rw-r--r--"));
        Write(Path.Combine(data, "keys", "images"), "key", Rights("rw-------"));
        var named = Write(Path.Combine(folder.Path, "protection"), "key", Rights("rw-r--r--"));
        var settings = Write(
            Path.Combine(folder.Path, "appsettings.json"),
            """{"Trove": {"Proxies": "10.0.0.0/8", "Mail": {"Host": "mail.example", "Password": "pw"}}, "AllowedHosts": "trove.example", "Logging": {"LogLevel": {"Microsoft": "Debug"}}}""",
            Rights("rw-r--r--"));

        var findings = PublicReadiness.Examine([$"--contentRoot={folder.Path}", $"--Trove:DataFolder={data}", $"--Trove:ProtectionKeyFile={named}", "--urls=http://10.0.0.5:80"]);

        var secrets = Assert.Single(findings, finding => finding.Code == "secrets-readable");
        Assert.Contains($"chmod 600 {settings} {key} {named}.", secrets.Fix, StringComparison.Ordinal);
        Assert.Single(findings, finding => finding.Code == "log-chatty");
        Assert.DoesNotContain(findings, finding => finding.Code is "data-readable" or "mail-stays" or "loopback-only" or "refuses-to-start" or "plain-everywhere");

        File.SetUnixFileMode(settings, Rights("rw-------"));
        File.SetUnixFileMode(key, Rights("rw-------"));
        Assert.DoesNotContain(PublicReadiness.Examine([$"--contentRoot={folder.Path}", $"--Trove:DataFolder={data}"]), finding => finding.Code == "secrets-readable");
    }

    [Fact]
    public void A_setting_that_cannot_be_read_is_a_finding_and_nothing_is_made_by_looking()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "never");

        var finding = Assert.Single(PublicReadiness.Examine([$"--Trove:DataFolder={data}", "--Trove:RenewSeconds=0"]));

        Assert.Equal((Severity.High, "refuses-to-start"), (finding.Severity, finding.Code));
        Assert.Contains("RenewSeconds", finding.What, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_data_folder_that_Trove_makes_is_for_its_owner_alone()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        await using var app = TroveHost.Build([$"--Trove:DataFolder={data}", "--urls=http://127.0.0.1:0"]);

        Assert.Equal(Rights("rwx------"), File.GetUnixFileMode(data));
        Assert.DoesNotContain(PublicReadiness.Examine([$"--Trove:DataFolder={data}"]), finding => finding.Severity == Severity.High);
    }

    private static Finding AssertFound(string code, Severity severity, HostFacts facts)
    {
        var found = Assert.Single(PublicReadiness.Judge(facts), finding => finding.Code == code);
        Assert.Equal(severity, found.Severity);
        return found;
    }

    private static string Write(string path, string text, UnixFileMode rights)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, rights);
        return path;
    }

    private static UnixFileMode Rights(string rights) => rights.Aggregate(UnixFileMode.None, (sum, right) => (UnixFileMode)(((int)sum << 1) | (right == '-' ? 0 : 1)));
}
