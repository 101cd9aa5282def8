using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Hosting;

/// <summary>Requests that no honest client sends: refused in few words, never a surprise to the server.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private const string Projects = "POST /api/v1/projects HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\nConnection: close\r\n";
    private TroveServer _server = null!;

    public async Task InitializeAsync() => _server = await TroveServer.Start(builder => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains()));

    public async Task DisposeAsync()
    {
        // It serves on, and nobody is woken up.
        using var client = _server.Client(user: null);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Empty(_server.Log.AtLeast(LogLevel.Warning));
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("two hosts", "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n")]
    [InlineData("no host", "GET / HTTP/1.1\r\n\r\n")]
    [InlineData("an old version without a host", "GET / HTTP/1.0\r\n\r\n")]
    [InlineData("a host that is none", "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n")]
    [InlineData("a foreign host", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("a foreign host in the address", "GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")]
    [InlineData("a foreign host in both", "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("a folded header", "GET / HTTP/1.1\r\nHost: HOST\r\nX-Long: a\r\n b\r\n\r\n")]
    [InlineData("a space before the colon", "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length : 5\r\n\r\nhello")]
    [InlineData("a header without a name", "GET / HTTP/1.1\r\nHost: HOST\r\n: a\r\n\r\n")]
    [InlineData("a NUL in a header", "GET / HTTP/1.1\r\nHost: HOST\r\nX-Nul: a\0b\r\n\r\n")]
    [InlineData("a carriage return in a header", "GET / HTTP/1.1\r\nHost: HOST\r\nX-Cr: a\rTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("a NUL in the path", "GET /\0 HTTP/1.1\r\nHost: HOST\r\n\r\n")]
    [InlineData("an escaped NUL in the path", "GET /images/p/%00 HTTP/1.1\r\nHost: HOST\r\n\r\n")]
    [InlineData("no path", "GET  HTTP/1.1\r\nHost: HOST\r\n\r\n")]
    [InlineData("two lengths", Projects + "Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}")]
    [InlineData("a negative length", Projects + "Content-Length: -1\r\n\r\n{}")]
    [InlineData("an endless length", Projects + "Content-Length: 99999999999999999999\r\n\r\n{}")]
    [InlineData("a list of lengths", Projects + "Content-Length: 2, 2\r\n\r\n{}")]
    [InlineData("a coding that ends in something else", Projects + "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("a coding that looks like chunked", Projects + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("a chunk without a size", Projects + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("a negative chunk", Projects + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("an endless chunk", Projects + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("a chunk longer than it says", Projects + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n")]
    public async Task A_request_that_is_none_is_refused(string what, string request)
    {
        var said = await RawHttp.Exchange(_server.Address, await WithKey(request));

        AssertRefused(what, said, "400");

        // Not taken for a request after all, whose body is then found wanting.
        Assert.DoesNotContain("brief-invalid", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: HOST\r\nX: ", 100_000, "431")]
    [InlineData("GET /?", 100_000, "414")]
    [InlineData("", 100_000, "414")]
    public async Task A_request_longer_than_any_honest_one_is_refused(string begin, int length, string status)
    {
        var said = await RawHttp.Exchange(_server.Address, begin + new string('x', length));

        AssertRefused(begin, said, status);
    }

    [Theory]
    [InlineData(65)]
    [InlineData(10_000)]
    public async Task More_headers_than_any_honest_request_has_are_refused(int headers)
    {
        var lines = string.Concat(Enumerable.Range(0, headers).Select(n => string.Create(CultureInfo.InvariantCulture, $"X-{n}: a\r\n")));

        AssertRefused("headers", await RawHttp.Exchange(_server.Address, $"GET / HTTP/1.1\r\nHost: HOST\r\n{lines}\r\n"), "431");
    }

    [Fact]
    public async Task A_request_hidden_behind_two_lengths_is_never_answered()
    {
        var said = await RawHttp.Exchange(
            _server.Address,
            "POST /health/live HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /openapi/v1.json HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n");

        AssertRefused("the first", said, "405");
        Assert.Equal(0, said.IndexOf("HTTP/1.1 ", StringComparison.Ordinal));
        Assert.Equal(0, said.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_never_comes_is_not_waited_for()
    {
        var said = await RawHttp.Exchange(_server.Address, await WithKey(Projects + "Content-Length: 1000\r\n\r\n{"));

        AssertRefused("a slow body", said, "408");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/v1/projects HTTP/1.1\r\nHost: evil.example:80\r\nAuthorization: Bearer KEY\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/v1/projects HTTP/1.1\r\nHost: localhost.evil.example\r\nAuthorization: Bearer KEY\r\nConnection: close\r\n\r\n")]
    public async Task A_foreign_host_is_told_what_is_wrong(string request)
    {
        var said = await RawHttp.Exchange(_server.Address, await WithKey(request));

        Assert.Contains("application/problem+json", said, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"host-unknown\"", said, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", said, StringComparison.Ordinal);
    }

    private static void AssertRefused(string what, string said, string status)
    {
        Assert.True(said.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{what}: {said}");
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", said, StringComparison.Ordinal);
    }

    private async Task<string> WithKey(string request) => request.Replace("KEY", await _server.KeyOf("mallory"), StringComparison.Ordinal);
}
