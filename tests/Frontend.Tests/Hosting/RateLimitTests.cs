using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Frontend.Hosting;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;

namespace Trove.Frontend.Tests.Hosting;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back()
    {
        await using var server = await Start("--Trove:AddressRequestsPerMinute=3");
        using var client = server.Client(user: null);
        Assert.Equal("200 200 200 429", await Ask(client, "/health/live", times: 4));

        var refused = await client.GetAsync("/nothing");
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());

        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal("too-many-requests", problem.RootElement.GetProperty("code").GetString());
        Assert.InRange(refused.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.True(refused.Headers.Contains("Content-Security-Policy"));
    }

    [Fact]
    public async Task Who_has_shown_a_name_does_not_pay_for_strangers_at_the_same_address()
    {
        await using var server = await Start("--Trove:AddressRequestsPerMinute=2");
        using var stranger = server.Client(user: null);
        using var ann = server.Client("ann");

        Assert.Equal("404 404 429", await Ask(stranger, "/api/v1/nothing", times: 3));
        Assert.Equal(Repeated("404", 20), await Ask(ann, "/api/v1/nothing", times: 20));
    }

    [Fact]
    public async Task Each_caller_has_a_limit_of_their_own()
    {
        await using var server = await Start("--Trove:CallerRequestsPerMinute=2");
        using var ann = server.Client("ann");
        using var bob = server.Client("bob");

        Assert.Equal("404 404 429", await Ask(ann, "/api/v1/nothing", times: 3));
        Assert.Equal("404 404 429", await Ask(bob, "/api/v1/nothing", times: 3));
    }

    [Fact]
    public async Task Nought_means_no_limit()
    {
        await using var server = await Start("--Trove:AddressRequestsPerMinute=0");
        using var client = server.Client(user: null);

        Assert.Equal(Repeated("200", 700), await Ask(client, "/health/live", times: 700));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_where_a_route_says_so_and_nowhere_else()
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.AddRateLimits(new FrontendOptions { SignInsPerMinute = 2 });
        await using var app = builder.Build();
        app.UseRateLimiter();
        app.MapGet("/guess", () => "wrong").RequireRateLimiting(RateLimits.SignIn);
        app.MapGet("/other", () => "fine");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Equal("200 200 429", await Ask(client, "/guess", times: 3));
        Assert.Equal("200 200 200", await Ask(client, "/other", times: 3));
    }

    [Theory]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    public void One_network_is_an_IPv4_address_or_the_first_half_of_an_IPv6_one(string one, string other, bool same) =>
        Assert.Equal(same, RateLimits.NetworkOf(IPAddress.Parse(one)) == RateLimits.NetworkOf(IPAddress.Parse(other)));

    [Fact]
    public async Task One_caller_holds_only_so_many_hub_connections_and_leaves_the_others_theirs()
    {
        await using var server = await Start("--Trove:HubConnectionsPerCaller=2");
        var first = await RawHub.Connect(server, "/hubs/board", "ann");
        await using var second = await RawHub.Connect(server, "/hubs/work", "ann");
        await Assert.ThrowsAsync<WebSocketException>(() => RawHub.Connect(server, "/hubs/work", "ann"));
        using (var client = server.Client("ann"))
        {
            var refused = await client.PostAsync("/hubs/work/negotiate?negotiateVersion=1", content: null);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Contains("too-many-connections", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await using var bob = await RawHub.Connect(server, "/hubs/work", "bob");

        // A connection that ends makes room, as soon as the server has noticed.
        await first.DisposeAsync();
        await using var third = await FirstThatStands(() => RawHub.Connect(server, "/hubs/work", "ann"));
        Assert.Empty(server.Log.AtLeast(LogLevel.Error));
    }

    [Fact]
    public async Task When_all_together_hold_as_many_hub_connections_as_there_may_be_the_next_is_asked_to_come_again()
    {
        await using var server = await Start("--Trove:Connections=2");
        await using var ann = await RawHub.Connect(server, "/hubs/work", "ann");
        await using var bob = await RawHub.Connect(server, "/hubs/work", "bob");
        using var carol = server.Client("carol");

        var refused = await carol.PostAsync("/hubs/work/negotiate?negotiateVersion=1", content: null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("unavailable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Log.AtLeast(LogLevel.Error));
    }

    private static async Task<RawHub> FirstThatStands(Func<Task<RawHub>> connect)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await connect();
            }
            catch (WebSocketException) when (!patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }

    private static string Repeated(string status, int times) => string.Join(' ', Enumerable.Repeat(status, times));

    /// <summary>Asks one after the other.</summary>
    /// <returns>The statuses of the answers.</returns>
    private static async Task<string> Ask(HttpClient client, string path, int times)
    {
        var statuses = new int[times];
        for (var n = 0; n < times; n++)
        {
            using var answer = await client.GetAsync(path);
            statuses[n] = (int)answer.StatusCode;
        }

        return string.Join(' ', statuses);
    }

    private static Task<TroveServer> Start(params string[] args) =>
        TroveServer.Start(builder => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains().With<Trove.Contracts.Contributors.IContributorGrain>(_ => new FakeContributor())), args);
}
