using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Frontend.Tests.Host;
using Trove.Testing;

namespace Trove.Frontend.Tests.Hosting;

public sealed class SecurityHeadersTests
{
    private static readonly string[] Always =
        ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"];

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/projects", HttpStatusCode.Unauthorized)]
    [InlineData("/images/p/0?exp=1&sig=x", HttpStatusCode.Forbidden)]
    [InlineData("/hubs/work", HttpStatusCode.Unauthorized)]
    public async Task Every_answer_has_them(string path, HttpStatusCode status)
    {
        await using var server = await Start();
        using var client = server.Client(user: null);

        var answer = await client.GetAsync(path);

        Assert.Equal(status, answer.StatusCode);
        Assert.All(Always, name => Assert.Single(answer.Headers.GetValues(name)));
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_refused_host_and_a_failed_request_have_them_too()
    {
        // No grains behind: the request fails as a defect would.
        await using var server = await Start();
        using var client = server.Client();
        var failed = await client.GetAsync("/api/v1/projects/p");
        client.DefaultRequestHeaders.Host = "evil.example";
        var foreign = await client.GetAsync("/");

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.BadRequest), (failed.StatusCode, foreign.StatusCode));
        Assert.All(Always, name => Assert.Single(failed.Headers.GetValues(name)));
        Assert.All(Always, name => Assert.Single(foreign.Headers.GetValues(name)));
    }

    [Fact]
    public async Task Answers_of_the_API_are_kept_by_no_cache()
    {
        await using var server = await Start();
        using var client = server.Client(user: null);

        Assert.True((await client.GetAsync("/api/v1/me/statement")).Headers.CacheControl?.NoStore);
        Assert.True((await client.GetAsync("/")).Headers.CacheControl is { NoStore: false, NoCache: true });
    }

    [Fact]
    public async Task The_start_page_is_styled_by_exactly_what_its_policy_allows()
    {
        await using var server = await Start();
        using var client = server.Client(user: null);

        var answer = await client.GetAsync("/");
        var page = await answer.Content.ReadAsStringAsync();
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        var style = page.Split("<style>")[1].Split("</style>")[0];
        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", policy, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("<style").Length);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTPS_a_browser_is_told_to_stay_there_but_not_for_names_of_this_machine()
    {
        using var folder = new TempFolder();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=trove.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("trove.example");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(folder.Path, "trove.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, "secret"));
        await using var server = await Start(
            "--Kestrel:Endpoints:Public:Url=https://127.0.0.1:0", $"--Kestrel:Endpoints:Public:Certificate:Path={file}", "--Kestrel:Endpoints:Public:Certificate:Password=secret",
            "--AllowedHosts=trove.example;127.0.0.1");
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { certificate } };
        using var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trusted } };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };

        Assert.Equal("https", server.Address.Scheme);
        Assert.False((await client.GetAsync("/")).Headers.Contains("Strict-Transport-Security"));
        client.DefaultRequestHeaders.Host = "trove.example";
        Assert.Equal("max-age=31536000", (await client.GetAsync("/")).Headers.GetValues("Strict-Transport-Security").Single());
    }

    private static Task<TroveServer> Start(params string[] args) => TroveServer.Start(builder => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains()), args);
}
