using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Hubs;

/// <summary>The work hub over real WebSockets, with contributors that a test leads by the hand.</summary>
public sealed class WorkHubTests : IAsyncLifetime
{
    private const string JoinCats = """{"projects":[{"project":"cats"}]}""";
    private readonly FakeTags _tags = new();
    private readonly Dictionary<string, FakeContributor> _contributors = new() { ["ann"] = new(), ["bob"] = new() };
    private TroveServer _server = null!;

    private FakeContributor Ann => _contributors["ann"];

    public async Task InitializeAsync() => _server = await Start();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task What_a_contributor_pushes_arrives_in_order_and_with_signed_pictures()
    {
        await using var hub = await Joined("ann");
        var picture = new string('a', 64);
        await Ann.Push(new([], [new("t0", RetirementReason.Consensus)], new(1, 2, 3, 4), null, null));
        await Ann.Push(new([Offer("t1") with { Image = picture }, Offer("t2")], default, null, null, null));
        await Ann.Push(new(default, default, null, new(WaitingReason.NoSlotFree), null));

        var (target, recalls) = await hub.NextPush();
        Assert.Equal(("Recall", "consensus"), (target, recalls[0].GetProperty("reason").GetString()));
        Assert.Equal("Reward", (await hub.NextPush()).Target);
        (target, var offers) = await hub.NextPush();
        Assert.Equal(("Offer", 2), (target, offers.GetArrayLength()));
        Assert.StartsWith($"/images/cats/{picture}?exp=", offers[0].GetProperty("image").GetString(), StringComparison.Ordinal);
        (target, var waiting) = await hub.NextPush();
        Assert.Equal(("Waiting", "noSlotFree"), (target, waiting.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Resumed_offers_carry_signed_pictures_and_absent_lists_come_empty()
    {
        Ann.Resumed = [Offer("t1") with { Image = new string('b', 64) }];
        await using var hub = await RawHub.Connect(_server, "/hubs/work");
        var joined = (await hub.Invoke("Join", JoinCats)).GetProperty("result");
        Assert.Contains("&sig=", joined.GetProperty("resumed")[0].GetProperty("image").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, joined.GetProperty("lost").GetArrayLength());
    }

    [Fact]
    public async Task A_lost_connection_is_told_with_its_session()
    {
        await using (await Joined("ann"))
        {
        }

        Assert.Equal("Join", await Ann.NextCall());
        Assert.Equal("Disconnected 1", await Ann.NextCall());
    }

    [Fact]
    public async Task A_connection_that_dies_while_it_joins_leaves_no_session_behind()
    {
        Ann.HoldJoin = new TaskCompletionSource();
        var hub = await RawHub.Connect(_server, "/hubs/work");
        await hub.Send("""{"type":1,"invocationId":"1","target":"Join","arguments":[{"projects":[{"project":"cats"}]}]}""");
        Assert.Equal("Join", await Ann.NextCall());
        await hub.DisposeAsync();
        Ann.HoldJoin.SetResult();
        Assert.Equal("Disconnected 1", await Ann.NextCall());
    }

    [Fact]
    public async Task Leaving_ends_the_session_and_not_the_connection()
    {
        await using var hub = await Joined("ann");
        await hub.Invoke("Leave");
        Assert.Equal("Join", await Ann.NextCall());
        Assert.Equal("Leave 1", await Ann.NextCall());
        Assert.Contains("not-joined: ", (await hub.Invoke("Submit", """{"token":"t","values":["yes"]}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, (await hub.Invoke("Join", JoinCats)).GetProperty("result").GetProperty("session").GetInt64());
    }

    [Fact]
    public async Task A_superseded_session_is_told_so_and_disconnected()
    {
        await using var hub = await Joined("ann");
        Ann.OnPresent = _ => PresenceStatus.Superseded;
        var (target, notice) = await hub.NextPush();
        Assert.Equal(("Notice", "superseded"), (target, notice.GetProperty("kind").GetString()));
        await hub.Ended;
    }

    [Fact]
    public async Task A_forgotten_session_is_asked_to_join_again_and_stays_connected()
    {
        await using var hub = await Joined("ann");
        Ann.OnPresent = session => session == 1 ? PresenceStatus.Unknown : PresenceStatus.Current;
        Assert.Equal("rejoin", (await hub.NextPush()).Argument.GetProperty("kind").GetString());
        Assert.Equal(2, (await hub.Invoke("Join", JoinCats)).GetProperty("result").GetProperty("session").GetInt64());
    }

    [Fact]
    public async Task A_connection_that_takes_nothing_delays_nobody_and_is_ended_when_an_offer_would_be_lost()
    {
        await using var slow = await RawHub.Connect(_server, "/hubs/work", "ann", listen: false);
        await slow.Send($$"""{"type":1,"invocationId":"1","target":"Join","arguments":[{{JoinCats}}]}""");
        Assert.Equal("Join", await Ann.NextCall());
        await using var quick = await Joined("bob");

        // Until the sockets and buffers between the two are full and the queue behind them runs over.
        var large = new ContributorPush([Offer("t") with { Text = new string('x', 100_000) }], [], null, null, null);
        var ended = Task.Run(async () =>
        {
            Assert.Equal("Disconnected 1", await Ann.NextCall());
            return true;
        });
        for (var pushed = 0; pushed < 5_000 && !ended.IsCompleted; pushed++)
        {
            for (var i = 0; i < 10; i++)
            {
                await Ann.Push(large);
            }

            await _contributors["bob"].Push(new([], [], new(pushed, 0, 0, pushed), null, null));
            Assert.Equal("Reward", (await quick.NextPush()).Target);
        }

        Assert.True(await ended);
        Assert.Single(_server.Log.AtLeast(LogLevel.Warning), line => line.Contains("too slowly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_fails_for_the_moment_is_repeated()
    {
        var attempts = 0;
        Ann.OnSubmit = _ => ++attempts < 3 ? throw new TimeoutException() : Task.FromResult(new SubmitResult(SubmitStatus.Accepted));
        await using var hub = await Joined("ann");
        Assert.Equal("accepted", (await Submit(hub)).GetProperty("result").GetProperty("status").GetString());
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task After_three_failures_the_client_is_told_to_try_later()
    {
        var attempts = 0;
        Ann.OnSubmit = _ =>
        {
            attempts++;
            throw new TimeoutException("inner detail");
        };
        await using var hub = await Joined("ann");
        var error = (await Submit(hub)).GetProperty("error").GetString()!;
        Assert.Equal(3, attempts);
        Assert.Contains("unavailable: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("inner detail", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_defect_shows_a_number_outside_and_its_details_in_the_log_once()
    {
        Ann.OnSubmit = _ => throw new InvalidOperationException("inner detail");
        await using var hub = await Joined("ann");
        var error = (await Submit(hub)).GetProperty("error").GetString()!;
        Assert.Contains("unexpected: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("inner detail", error, StringComparison.Ordinal);
        var logged = Assert.Single(_server.Log.AtLeast(LogLevel.Warning));
        Assert.Contains("inner detail", logged, StringComparison.Ordinal);
        Assert.Contains(error[^34..^1].TrimEnd('.').Trim(), logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_on_one_connection_is_refused_then_ended_and_does_not_stop_another()
    {
        await using var server = await Start("--Trove:HubMessagesPerSecond=5", "--Trove:HubBurst=10");
        await using var flood = await Joined("ann", server);
        await using var calm = await Joined("bob", server);
        var skip = System.Text.Encoding.UTF8.GetBytes("""{"type":1,"invocationId":"9","target":"Skip","arguments":[{"token":"t"}]}""" + '\u001e');
        for (var i = 0; i < 40 && await flood.TrySend(skip); i++)
        {
        }

        await flood.Ended;
        Assert.Equal("accepted", (await Submit(calm)).GetProperty("result").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("Join", "null")]
    [InlineData("Join", "{}")]
    [InlineData("Join", """{"projects":[]}""")]
    [InlineData("Join", """{"projects":[{"project":"../x"}]}""")]
    [InlineData("Join", """{"projects":[{"project":"cats"},{"project":"cats"}]}""")]
    [InlineData("Join", """{"projects":[{"project":"cats","briefVersion":0}]}""")]
    [InlineData("Join", """{"projects":[{"project":"cats"}],"held":[""]}""")]
    [InlineData("Join", """{"projects":[{"project":"cats"}],"stint":-1}""")]
    [InlineData("Submit", "{}")]
    [InlineData("Submit", """{"token":"","values":["yes"]}""")]
    [InlineData("Submit", """{"token":"t","values":[""]}""")]
    [InlineData("Skip", """{"token":null}""")]
    [InlineData("SaveDraft", """{"token":"t"}""")]
    public async Task A_message_without_sense_is_refused_with_the_rule_it_breaks(string method, string argument)
    {
        await using var hub = await RawHub.Connect(_server, "/hubs/work");
        Assert.Contains("message-invalid: It must hold that", (await hub.Invoke(method, argument)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Submit", """{"token":"t","values":["\ud800"]}""")]
    [InlineData("Submit", """{"token":1,"values":["yes"]}""")]
    [InlineData("Submit", """{"token":"t","values":"yes"}""")]
    [InlineData("Submit", """{"token":"t","values":[null]}""")]
    [InlineData("Submit", "7")]
    [InlineData("Submit", "{},{}")]
    [InlineData("Destroy", "{}")]
    [InlineData("OnConnectedAsync", "")]
    public async Task A_message_of_the_wrong_shape_is_refused_in_plain_words(string method, string arguments)
    {
        await using var hub = await RawHub.Connect(_server, "/hubs/work");
        Assert.Matches("message-invalid|Unknown hub method", (await hub.Invoke(method, arguments)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_message_over_the_limit_ends_its_own_connection_only()
    {
        await using var calm = await Joined("bob");
        await using var large = await Joined("ann");
        await large.Send($$"""{"type":1,"invocationId":"1","target":"SaveDraft","arguments":[{"token":"t","draft":"{{new string('x', 40_000)}}"}]}""");
        await large.Ended;
        Assert.Equal("accepted", (await Submit(calm)).GetProperty("result").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Nobody_enters_without_a_name_or_from_a_foreign_page()
    {
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => RawHub.Connect(_server, "/hubs/work", user: null));
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => RawHub.Connect(_server, "/hubs/work", origin: "https://evil.example"));
        await using var own = await RawHub.Connect(_server, "/hubs/work", origin: $"http://{_server.Address.Authority}");
    }

    [Fact]
    public async Task Tags_are_suggested_to_who_has_joined_the_project()
    {
        await using var hub = await RawHub.Connect(_server, "/hubs/work");
        Assert.Contains("not-joined: ", await Refused(hub, "\"cats\"", "\"ta\""), StringComparison.Ordinal);
        await hub.Invoke("Join", JoinCats);
        var suggested = (await hub.Invoke("SuggestTags", "\"cats\"", "\"ta\"")).GetProperty("result");
        Assert.Equal(["ta of 8"], suggested.EnumerateArray().Select(tag => tag.GetString()));
        Assert.Contains("not-joined: ", await Refused(hub, "\"dogs\"", "\"ta\""), StringComparison.Ordinal);
        Assert.Contains("not-joined: ", await Refused(hub, "null", "\"ta\""), StringComparison.Ordinal);
        await hub.Invoke("Leave");
        Assert.Contains("not-joined: ", await Refused(hub, "\"cats\"", "\"ta\""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "message-invalid: It must hold that prefix")]
    [InlineData("7", "message-invalid")]
    [InlineData("{}", "message-invalid")]
    [InlineData("\"\\ud800\"", "message-invalid")]
    public async Task A_prefix_that_is_no_text_is_refused(string prefix, string refusal)
    {
        await using var hub = await Joined("ann");
        Assert.Contains(refusal, await Refused(hub, "\"cats\"", prefix), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_longer_than_any_tag_is_refused_and_any_other_text_is_passed_on()
    {
        await using var hub = await Joined("ann");
        Assert.Contains("at most 64 characters", await Refused(hub, "\"cats\"", $"\"{new string('t', 65)}\""), StringComparison.Ordinal);
        foreach (var prefix in new[] { "", new string('t', 64), "\u202e\u05e9\u05dc", "\u0000\u0007\u001e", "'; --<b>" })
        {
            var suggested = await hub.Invoke("SuggestTags", "\"cats\"", System.Text.Json.JsonSerializer.Serialize(prefix));
            Assert.Equal(prefix + " of 8", suggested.GetProperty("result")[0].GetString());
        }
    }

    private static async Task<string> Refused(RawHub hub, string project, string prefix) =>
        (await hub.Invoke("SuggestTags", project, prefix)).GetProperty("error").GetString()!;

    private static Offer Offer(string token) => new(token, "cats", 1, "s1", "a cat?", null, 1, DateTimeOffset.UnixEpoch);

    private static Task<System.Text.Json.JsonElement> Submit(RawHub hub) => hub.Invoke("Submit", """{"token":"t","values":["yes"]}""");

    private Task<TroveServer> Start(params string[] args) => TroveServer.Start(
        builder => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains().With<IContributorGrain>(key => _contributors[key]).With<IRefitGrain>(_ => _tags)),
        ["--Trove:RenewSeconds=1", .. args]);

    private async Task<RawHub> Joined(string user, TroveServer? server = null)
    {
        var hub = await RawHub.Connect(server ?? _server, "/hubs/work", user);
        Assert.True((await hub.Invoke("Join", JoinCats)).TryGetProperty("result", out _));
        return hub;
    }

    /// <summary>Suggests what it was asked.</summary>
    private sealed class FakeTags : IRefitGrain
    {
        public Task<ImmutableArray<string>> SuggestTags(string prefix, int most) => Task.FromResult<ImmutableArray<string>>([$"{prefix} of {most}"]);

        public Task<RefitStatus> Consider(long answers, bool isComplete) => throw new NotSupportedException();

        public Task<double?> Reliability(string contributor) => throw new NotSupportedException();
    }
}
