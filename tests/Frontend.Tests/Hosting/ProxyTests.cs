using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Frontend.Hosting;
using Trove.Frontend.Tests.Host;
using Trove.Testing;

namespace Trove.Frontend.Tests.Hosting;

/// <summary>What stands in front of Trove, and what is believed of it. The test is the proxy.</summary>
public sealed class ProxyTests
{
    private static readonly string[] BehindProxy = ["--Trove:Proxies=127.0.0.1", "--AllowedHosts=trove.example"];

    [Fact]
    public async Task What_a_stranger_claims_about_its_address_is_ignored()
    {
        await using var server = await Start("--Trove:Proxies=10.0.0.0/8", "--AllowedHosts=trove.example;127.0.0.1", "--Trove:AddressRequestsPerMinute=2");

        // Were it believed, each would be another network, and the last ones would be told to use HTTPS.
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/", ("X-Forwarded-For", "9.0.0.1"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/", ("X-Forwarded-For", "9.0.0.2"), ("X-Forwarded-Proto", "http"))).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Get(server, "/", ("X-Forwarded-For", "9.0.0.3"))).StatusCode);
    }

    [Fact]
    public async Task Without_a_named_proxy_nobody_is_believed_whatever_the_environment_says()
    {
        // What the variable ASPNETCORE_FORWARDEDHEADERS_ENABLED sets.
        await using var server = await Start("--FORWARDEDHEADERS_ENABLED=true");

        var page = await (await Get(server, "/", ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "9.0.0.1"))).Content.ReadAsStringAsync();

        Assert.Contains($"http://{server.Address.Authority}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_proxy_says_who_calls_how_and_under_which_name()
    {
        await using var server = await Start([.. BehindProxy, "--Trove:AddressRequestsPerMinute=1"]);

        var answer = await Get(server, "/", Outside("9.0.0.1"));

        Assert.Contains("https://trove.example", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Get(server, "/", Outside("9.0.0.1"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/", Outside("9.0.0.2"))).StatusCode);
    }

    [Fact]
    public async Task Only_the_word_of_the_proxy_itself_counts_not_what_its_caller_wrote_before()
    {
        await using var server = await Start([.. BehindProxy, "--Trove:AddressRequestsPerMinute=1"]);

        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/", Outside("127.0.0.1, 9.0.0.1"))).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Get(server, "/", Outside("8.8.8.8, 9.0.0.1"))).StatusCode);
    }

    [Fact]
    public async Task A_name_that_the_proxy_passes_on_is_checked_like_any_other()
    {
        await using var server = await Start(BehindProxy);

        var answer = await Get(server, "/", ("X-Forwarded-For", "9.0.0.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("host-unknown", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/welcome?a=b", HttpStatusCode.PermanentRedirect)]
    [InlineData("POST", "/welcome", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/v1/projects", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/hubs/work", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/health/live", HttpStatusCode.OK)]
    public async Task What_came_to_the_proxy_in_the_clear_is_sent_to_HTTPS_or_refused(string method, string path, HttpStatusCode status)
    {
        await using var server = await Start(BehindProxy);

        var answer = await Send(server, new HttpMethod(method), path, ("X-Forwarded-For", "9.0.0.1"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "trove.example"));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.PermanentRedirect ? "https://trove.example/welcome?a=b" : null, answer.Headers.Location?.OriginalString);
        if (status == HttpStatusCode.Forbidden)
        {
            Assert.Contains("https-required", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_proxy_that_does_not_say_how_it_was_asked_is_taken_to_be_asked_in_the_clear()
    {
        await using var server = await Start(BehindProxy);

        var answer = await Get(server, "/api/v1/projects", ("X-Forwarded-For", "9.0.0.1"), ("X-Forwarded-Host", "trove.example"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("refuses to listen", "--urls=http://0.0.0.0:0")]
    [InlineData("Trove:Proxies", "--urls=http://10.1.2.3:80", "--AllowedHosts=trove.example")]
    [InlineData("set AllowedHosts", "--urls=http://0.0.0.0:0", "--Trove:Proxies=10.0.0.1")]
    [InlineData("set AllowedHosts", "--urls=https://0.0.0.0:0")]
    [InlineData("set AllowedHosts", "--urls=https://0.0.0.0:0", "--AllowedHosts=localhost")]
    [InlineData("no address", "--urls=nonsense")]
    [InlineData("'10.0.0.0/33'", "--Trove:Proxies=10.0.0.0/33")]
    [InlineData("'proxy.example'", "--Trove:Proxies=127.0.0.1;proxy.example")]
    [InlineData("ProxyHops", "--Trove:ProxyHops=0")]
    public void A_start_that_would_be_unsafe_is_refused_and_says_what_to_set(string words, params string[] args)
    {
        using var folder = new TempFolder();

        var refused = Assert.Throws<StartupException>(() => TroveHost.Build([$"--Trove:DataFolder={folder.Path}", .. args], Fakes));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_and_with_a_name_any_address_may_be_listened_on_and_passers_by_are_turned_away()
    {
        await using var server = await Start("--urls=http://0.0.0.0:0", "--Trove:Proxies=10.0.0.1", "--AllowedHosts=trove.example");
        var byLoopback = new Uri($"http://127.0.0.1:{server.Address.Port}");

        using var client = new HttpClient { BaseAddress = byLoopback };
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/")).StatusCode);
        client.DefaultRequestHeaders.Host = "trove.example";
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    private static (string, string)[] Outside(string address) => [("X-Forwarded-For", address), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "trove.example")];

    private static Task<HttpResponseMessage> Get(TroveServer server, string path, params (string Name, string Value)[] headers) => Send(server, HttpMethod.Get, path, headers);

    private static async Task<HttpResponseMessage> Send(TroveServer server, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    private static void Fakes(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains());

    private static Task<TroveServer> Start(params string[] args) => TroveServer.Start(Fakes, args);
}
