using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Frontend.Hosting;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;
using Trove.Testing;

namespace Trove.Frontend.Tests.Hosting;

/// <summary>Pages of other sites, as a browser asks for them.</summary>
public sealed class OriginTests
{
    [Fact]
    public async Task No_page_of_another_site_may_read_an_answer_unless_it_is_listed()
    {
        await using var closed = await Start();
        await using var open = await Start("--Trove:Origins=https://app.example;http://localhost:3000");

        Assert.Equal((null, null), await Preflight(closed, "https://app.example"));
        Assert.Equal(("https://app.example", "true"), await Preflight(open, "https://app.example"));
        Assert.Equal(("http://localhost:3000", "true"), await Preflight(open, "http://localhost:3000"));
        Assert.Equal((null, null), await Preflight(open, "https://evil.example"));
        Assert.Equal((null, null), await Preflight(open, "http://app.example"));
        Assert.Equal((null, null), await Preflight(open, "https://app.example.evil.example"));
        Assert.Equal((null, null), await Preflight(open, "null"));
    }

    [Fact]
    public async Task A_hub_is_open_to_programs_and_own_pages_and_to_those_that_are_listed()
    {
        await using var server = await Start("--Trove:Origins=http://localhost:3000");

        await using var program = await RawHub.Connect(server, "/hubs/board", origin: null);
        await using var own = await RawHub.Connect(server, "/hubs/board", origin: $"http://{server.Address.Authority}");
        await using var listed = await RawHub.Connect(server, "/hubs/board", origin: "http://localhost:3000");
        await Assert.ThrowsAsync<WebSocketException>(() => RawHub.Connect(server, "/hubs/board", origin: "http://localhost:3001"));
        await Assert.ThrowsAsync<WebSocketException>(() => RawHub.Connect(server, "/hubs/board", origin: $"https://{server.Address.Authority}"));
        await Assert.ThrowsAsync<WebSocketException>(() => RawHub.Connect(server, "/hubs/board", origin: "null"));
    }

    [Fact]
    public async Task A_page_of_another_site_is_told_why_it_gets_no_connection()
    {
        await using var server = await Start();
        using var client = server.Client();
        client.DefaultRequestHeaders.Add("Origin", "http://localhost:3000");

        var refused = await client.PostAsync("/hubs/work/negotiate?negotiateVersion=1", content: null);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("origin-foreign", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example.org")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example/")]
    [InlineData("https://app.example/path")]
    [InlineData("https://user@app.example")]
    [InlineData("app.example")]
    [InlineData("null")]
    public void An_origin_that_may_not_be_trusted_refuses_the_start(string origin)
    {
        using var folder = new TempFolder();

        var refused = Assert.Throws<StartupException>(() => TroveHost.Build([$"--Trove:DataFolder={folder.Path}", $"--Trove:Origins={origin}"], Fakes));

        Assert.Contains("Trove:Origins", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(string? Origin, string? Credentials)> Preflight(TroveServer server, string origin)
    {
        using var client = server.Client(user: null);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/projects");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var answer = await client.SendAsync(request);
        return (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Credentials"));
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static void Fakes(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains());

    private static Task<TroveServer> Start(params string[] args) => TroveServer.Start(Fakes, args);
}
