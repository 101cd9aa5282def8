using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>A Trove that Ann has really used, in every way that leaves something behind: so what is kept of her can be looked for.</summary>
internal sealed class FilledTrove : IAsyncDisposable
{
    /// <summary>So many answers of hers are settled that a page of her ledger was cut off.</summary>
    public const int Settled = 140;

    public const string Draft = "half an answer of Ann's";

    public const string OtherAddress = "quill.elsewhere@example.net";

    private FilledTrove(TroveServer server, Person ann, string account, string contributor)
    {
        (Server, Ann, Account, Contributor) = (server, ann, account, contributor);
    }

    public TroveServer Server { get; }

    public Person Ann { get; }

    public string Account { get; }

    public string Contributor { get; }

    /// <summary>An API key of hers.</summary>
    public string Key { get; private set; } = "";

    /// <summary>A connection of hers that is at work.</summary>
    public RawHub AtWork { get; private set; } = null!;

    public IGrainFactory Grains => Server.Services.GetRequiredService<IGrainFactory>();

    public static async Task<FilledTrove> Start()
    {
        var server = await TroveServer.Start(null, "--Trove:SignInsPerMinute=0");
        var ann = await Person.SignedIn(server);
        var account = (await ann.Me()).GetProperty("account").GetString()!;
        var standing = await server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(account).Standing();
        var filled = new FilledTrove(server, ann, account, standing.Contributor);
        await filled.Fill();
        return filled;
    }

    /// <summary>Somebody answers all that is offered, until so many answers are counted.</summary>
    public static async Task Answer(RawHub worker, int count)
    {
        while (count > 0)
        {
            count -= await Answer(worker, await Offers(worker), count);
        }
    }

    /// <summary>Somebody answers all that is offered, for as long as the connection lasts.</summary>
    public static Task AnswerAll(RawHub worker) => Answer(worker, int.MaxValue);

    public async Task<RawHub> Worker(string project, string? key = null, string user = "bob")
    {
        var hub = await RawHub.Connect(Server, "/hubs/work", user, key: key);
        var joined = await hub.Invoke("Join", $$"""{"projects":[{"project":"{{project}}"}],"stint":0}""");
        Assert.True(joined.TryGetProperty("result", out _), joined.ToString());
        return hub;
    }

    /// <summary>Waits until so many tasks of a project are closed, which is after their verdicts are settled.</summary>
    public async Task Closed(string project, int tasks)
    {
        await using var board = await RawHub.Connect(Server, "/hubs/board", "developer");
        var seen = (await board.Invoke("Watch", $"\"{project}\"", "0")).GetProperty("result");
        while (seen.GetProperty("closed").GetInt64() < tasks)
        {
            var (target, argument) = await board.NextPush();
            seen = target == "Progress" ? argument : seen;
        }
    }

    public async Task<JsonElement> Export()
    {
        using var response = await Ann.Get("me/export");
        Assert.True(response.StatusCode == HttpStatusCode.OK, string.Join('\n', Server.Log.AtLeast(Microsoft.Extensions.Logging.LogLevel.Error)));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await AtWork.DisposeAsync();
        Ann.Dispose();
        await Server.DisposeAsync();
    }

    private async Task Fill()
    {
        Key = (await Ann.Expect(HttpStatusCode.Created, "me/keys", new { name = "Annabel's laptop", scopes = new[] { "read", "write" }, days = 9 })).GetProperty("key").GetString()!;

        await Grains.GetGrain<IAccountGrain>(Account).SetRole(new Actor(Actor.System), Role.Developer, given: true);

        await Ann.Expect(HttpStatusCode.OK, "me/profile", new { region = "AT", languages = new[] { "de", "en" }, birthYear = 1990 }, HttpMethod.Put);
        await Ann.Expect(HttpStatusCode.Accepted, "me/email", new { email = OtherAddress, password = Person.Password }, HttpMethod.Put);
        await Ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = Ann.Email });

        // A team of hers, and one that she is in.
        Assert.Null((await Grains.GetGrain<IProjectGrain>("anns").Create(new Actor(Account), Brief(1), simulated: false)).Problem);
        await Publish("solo", 1, Enumerable.Range(0, Settled));
        await Publish("pairs", 2, Enumerable.Range(0, 3));
        await Publish("named", 2, Enumerable.Range(0, 1), $$""","allow":["{{Contributor}}","bob","carl"]""");
        await RightsHeard();
        await Grains.GetGrain<IProjectGrain>("pairs").SetMember(new Actor("of-developer"), Account, TeamRole.Viewer);

        // Answers that are settled, one that waits for others, and one begun.
        await using (var solo = await Worker("solo", Key))
        {
            await Answer(solo, Settled);
        }

        await Closed("solo", Settled);
        await using (var pairs = await Worker("pairs", Key))
        {
            await Answer(pairs, 2);
        }

        await using (var bob = await Worker("pairs"))
        {
            await Answer(bob, 1);
            await bob.Invoke("Leave"); // what he holds besides is free for others at once
        }

        AtWork = await Worker("named", Key);
        var token = (await Offers(AtWork))[0].GetProperty("token").GetString();
        await AtWork.Invoke("Skip", JsonSerializer.Serialize(new { token }));
        var joined = await AtWork.Invoke("Join", """{"projects":[{"project":"pairs"}],"stint":0}""");
        var held = joined.GetProperty("result").GetProperty("resumed");
        var begun = held.GetArrayLength() > 0 ? held[0] : (await Offers(AtWork))[0];
        var saved = await AtWork.Invoke("SaveDraft", JsonSerializer.Serialize(new { token = begun.GetProperty("token").GetString(), draft = Draft }));
        Assert.False(saved.TryGetProperty("error", out _), saved.ToString());

        // A verdict that makes no sense is kept aside.
        await Grains.GetGrain<IContributorGrain>(Contributor).Settle(
            [new Verdict(Contributor, 99_999, 0, new TaskId("solo", TaskKinds.Label, 0), VerdictKind.Earned, 5, LabelKind.YesNo, 2, double.NaN)]);
    }

    /// <summary>
    /// Waits until the frontend has heard of all changes of her rights, so that what she connects from now on stays: a connection of hers outlives two that are ended for somebody's later change.
    /// </summary>
    private async Task RightsHeard()
    {
        for (var (round, outlived) = (0, 0); outlived < 2; round++)
        {
            await using var hers = await RawHub.Connect(Server, "/hubs/board", "ann", key: Key);
            await using var probe = await RawHub.Connect(Server, "/hubs/board", $"probe{round}");
            await Grains.GetGrain<IAccountGrain>($"of-probe{round}").Suspend(new Actor(Actor.System), suspended: true);
            await probe.Ended;
            outlived = await IsAlive(hers) ? outlived + 1 : 0;
        }
    }

    private static async Task<bool> IsAlive(RawHub hub)
    {
        try
        {
            await hub.Invoke("Unwatch", "\"nothing\"");
            return true;
        }
        catch (Exception ended) when (ended is ChannelClosedException or WebSocketException)
        {
            return false;
        }
    }

    private static async Task<JsonElement> Offers(RawHub worker)
    {
        while (true)
        {
            var (target, argument) = await worker.NextPush();
            if (target == "Offer")
            {
                return argument;
            }
        }
    }

    private static async Task<int> Answer(RawHub worker, JsonElement offers, int most)
    {
        var queue = new Queue<JsonElement>(offers.EnumerateArray());
        var counted = 0;
        while (counted < most && queue.TryDequeue(out var offer))
        {
            var reply = (await worker.Invoke("Submit", JsonSerializer.Serialize(new { token = offer.GetProperty("token").GetString(), values = new[] { "yes" } }))).GetProperty("result");
            counted += reply.GetProperty("status").GetString() == "accepted" ? 1 : 0;
            foreach (var more in reply.TryGetProperty("offers", out var next) && next.ValueKind == JsonValueKind.Array ? next.EnumerateArray() : [])
            {
                queue.Enqueue(more);
            }
        }

        return counted;
    }

    private async Task Publish(string project, int redundancy, IEnumerable<int> tasks, string more = "")
    {
        using var developer = Server.Client();
        var created = await Grains.GetGrain<IProjectGrain>(project).Create(new Actor("of-developer"), Brief(redundancy), simulated: false);
        Assert.Null(created.Problem);
        using var import = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/projects/{project}/tasks")
        {
            Content = new StringContent(string.Join('\n', tasks.Select(n => $$"""{"id":"t{{n}}","text":"item {{n}}"{{more}}}""")), Encoding.UTF8, "application/x-ndjson"),
        };
        import.Headers.Add("Idempotency-Key", "first");
        using var imported = await developer.SendAsync(import);
        Assert.True(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync());
        using var published = await developer.PostAsync($"/api/v1/projects/{project}/publish", null);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
    }

    private static Brief Brief(int redundancy) => new(
        "Cats", "Teach a model what a cat is.", "Is there a cat?", new LabelSchema(LabelKind.YesNo, []),
        new Redundancy(RedundancyKind.Fixed, redundancy, redundancy), TaskOrder.Depth, new HandOut(Stint: 0), 5);
}
