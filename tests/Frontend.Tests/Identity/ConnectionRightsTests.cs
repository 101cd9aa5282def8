using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Accounts;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;

namespace Trove.Frontend.Tests.Identity;

/// <summary>A connection loses its rights when its caller does. Each test waits for the connection's end, which the server must bring about by itself.</summary>
public sealed class ConnectionRightsTests : IAsyncLifetime
{
    private static readonly Actor Admin = new("admin");
    private TroveServer _server = null!;
    private People _people = null!;

    public async Task InitializeAsync()
    {
        _server = await TroveServer.Start();
        _people = new People(_server);
        await _people.Make("ann", Role.Developer);
        await _people.Make("bob");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("suspended")]
    [InlineData("role given")]
    [InlineData("role taken")]
    [InlineData("signed out everywhere")]
    [InlineData("password changed")]
    [InlineData("erased")]
    public async Task A_session_at_a_hub_ends_when_what_its_account_may_do_changes_and_nobody_elses_does(string change)
    {
        await using var ann = await Connect("ann");
        await using var bob = await Connect("bob");
        var account = Grains.GetGrain<IAccountGrain>(People.Account("ann"));
        await (change switch
        {
            "suspended" => account.Suspend(Admin, suspended: true),
            "role given" => account.SetRole(Admin, Role.Reviewer, given: true),
            "role taken" => account.SetRole(Admin, Role.Developer, given: false),
            "signed out everywhere" => account.SignOutEverywhere(Admin),
            "password changed" => account.Update(Admin, (await account.Read()).Value! with { Stamp = "another", PasswordHash = "another" }),
            _ => account.Erase(Admin),
        });

        await ann.Ended;
        Assert.True((await bob.Invoke("Unwatch", "\"p\"")).TryGetProperty("invocationId", out _));
        Assert.False(bob.Ended.IsCompleted);
    }

    [Fact]
    public async Task Who_is_taken_out_of_a_team_watches_it_no_more()
    {
        var by = new Actor(People.Account("ann"));
        var project = Grains.GetGrain<IProjectGrain>("p");
        await project.Create(by, new Brief("P", "To test.", "Is it?", new LabelSchema(LabelKind.YesNo, []), new Redundancy(), TaskOrder.Depth, new HandOut()), simulated: false);
        Assert.Null((await project.SetMember(by, People.Account("bob"), TeamRole.Viewer)).Problem);
        await using var bob = await Connect("bob");
        Assert.True((await bob.Invoke("Watch", "\"p\"", "0")).TryGetProperty("result", out _));

        Assert.Null((await project.SetMember(by, People.Account("bob"), role: null)).Problem);
        await bob.Ended;

        await using var again = await Connect("bob");
        Assert.Contains("project-unknown: ", (await again.Invoke("Watch", "\"p\"", "0")).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_by_key_ends_with_the_key()
    {
        var id = await _people.MakeKey("anns-key", "ann", Scopes.Read);
        await using var other = await Connect("bob");
        await using var hub = await RawHub.Connect(_server, "/hubs/board", await _people.Brings("anns-key"));
        await Grains.GetGrain<IApiKeyGrain>(id).Revoke(new Actor(People.Account("ann")));
        await hub.Ended;
        Assert.False(other.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_connection_ends_when_its_key_expires()
    {
        var keys = _server.Services.GetRequiredService<SimulatedKeys>();
        var brief = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {keys.Mint("p", "sim-1", DateTimeOffset.UtcNow.AddSeconds(2))}" };
        await using var hub = await RawHub.Connect(_server, "/hubs/work", brief);
        await hub.Ended;
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<RefusedConnectionException>(() => RawHub.Connect(_server, "/hubs/work", brief))).Status);
    }

    [Fact]
    public async Task A_connection_ends_with_the_longest_life_of_its_session()
    {
        var time = new SteppedTime();
        await using var server = await TroveServer.Start(builder => builder.Services.AddSingleton<TimeProvider>(time));
        var people = new People(server);
        await people.Make("ann");
        await using var ann = await RawHub.Connect(server, "/hubs/board", await people.Brings("ann"));
        time.Step(SessionCookie.Longest);
        await ann.Ended;
    }

    [Fact]
    public async Task A_connection_of_a_session_that_was_signed_out_ends_even_when_nobody_was_told()
    {
        using var cam = await Person.SignedIn(_server);
        await using var hub = await RawHub.Connect(
            _server, "/hubs/board", new Dictionary<string, string>(StringComparer.Ordinal) { ["Cookie"] = $"{cam.Session!.Name}={cam.Session.Value}" });
        await cam.Expect(System.Net.HttpStatusCode.NoContent, "account/sign-out", new { });

        // So many changes that the frontend misses the one: it must find out by looking.
        var standings = Grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key);
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => standings.Changed("another")));
        await hub.Ended;
    }

    private IGrainFactory Grains => _server.Services.GetRequiredService<IGrainFactory>();

    private async Task<RawHub> Connect(string who) => await RawHub.Connect(_server, "/hubs/board", await _people.Brings(who));
}
