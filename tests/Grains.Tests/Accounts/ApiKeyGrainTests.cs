using System.Text;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Accounts;
using Trove.Grains.Tests.Setup;

namespace Trove.Grains.Tests.Accounts;

public sealed class ApiKeyGrainTests
{
    private const int Seed = 20260711;
    private static readonly Actor Ann = new("ann");
    private static readonly NewApiKey New = new("ann", "laptop", new string('a', 64), Scopes.Read | Scopes.Money, DateTimeOffset.UnixEpoch.AddYears(90));

    [Fact]
    public async Task A_key_is_made_once_and_ended_for_good_and_both_survive_a_kill()
    {
        var first = await GrainHost.Start(Seed);
        var made = (await Key(first).Create(Ann, New)).Value!;
        Assert.Equal(made, (await Key(first).Create(Ann, New)).Value);
        Assert.Equal("key-exists", (await Key(first).Create(Ann, New with { Scopes = Scopes.Admin })).Problem!.Code);

        var second = await first.Restart(Seed + 1);
        Assert.Equal(new ApiKey("ann", New.Hash, New.Scopes, New.Expires, Revoked: false), (await Key(second).Read()).Value);
        var ended = (await Key(second).Revoke(Ann)).Value!;
        Assert.NotNull(ended.Revoked);

        await using var third = await second.Restart(Seed + 2);
        Assert.True((await Key(third).Read()).Value!.Revoked);
        Assert.Equal(ended, (await Key(third).Revoke(Ann)).Value);
        Assert.Equal("key-exists", (await Key(third).Create(Ann, New with { Name = "another" })).Problem!.Code);
    }

    [Fact]
    public async Task Whose_key_it_is_is_told_to_nobody_else()
    {
        await using var host = await GrainHost.Start(Seed + 3);
        await Key(host).Create(Ann, New);
        Assert.Equal("key-unknown", (await Key(host).Revoke(new Actor("mallory"))).Problem!.Code);
        Assert.Equal("key-unknown", (await host.Grains.GetGrain<IApiKeyGrain>("never-made").Revoke(Ann)).Problem!.Code);
        Assert.False((await Key(host).Read()).Value!.Revoked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_whose_write_failed_was_not_answered_and_is_made_good_by_repeating_it(bool kept)
    {
        await using var host = await GrainHost.Start(Seed + 4);
        await Key(host).Create(Ann, New);
        if (kept)
        {
            host.Store.FailNextAfterCommit();
        }
        else
        {
            host.Store.FailNextBeforeCommit();
        }

        await Assert.ThrowsAsync<CommitFailedException>(() => Key(host).Revoke(Ann));
        ApiKeyView? ended = null;
        await host.Until("the next activation answers", async () =>
        {
            try
            {
                ended = (await Key(host).Revoke(Ann)).Value;
                return true;
            }
            catch (CommitFailedException)
            {
                return false;
            }
        });
        Assert.NotNull(ended!.Revoked);
        Assert.True((await Key(host).Read()).Value!.Revoked);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_key_that_is_erased_but_that_its_id_was_used()
    {
        await using var host = await GrainHost.Start(Seed + 5);
        await Key(host).Create(Ann, New);
        await Key(host).Erase();
        Assert.Equal("key-unknown", (await Key(host).Read()).Problem!.Code);
        Assert.Equal("key-exists", (await Key(host).Create(Ann, New)).Problem!.Code);
        var left = Encoding.UTF8.GetString(Assert.Single(host.Store.Snapshot()).Value.Span);
        Assert.All(["ann", New.Name, New.Hash], word => Assert.DoesNotContain(word, left, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_end_is_told_to_every_frontend_before_it_is_answered()
    {
        await using var host = await GrainHost.Start(Seed + 6, forgetful: false);
        await Key(host).Create(Ann, New);
        var standings = host.Grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key);
        var before = (await standings.Since(0)).Version;
        await Key(host).Revoke(Ann);
        var news = await standings.Since(before);
        Assert.Equal((true, "ann"), (news.Complete, Assert.Single(news.Accounts)));
    }

    private static IApiKeyGrain Key(GrainHost host) => host.Grains.GetGrain<IApiKeyGrain>("k1");
}

public sealed class StandingsGrainTests
{
    private const int Seed = 20260721;

    [Fact]
    public async Task What_changed_since_is_told_once_each_and_nothing_else()
    {
        await using var host = await GrainHost.Start(Seed, forgetful: false);
        var start = await Standings(host).Since(0);
        Assert.False(start.Complete); // who never asked must look at everybody
        Assert.Equal((true, 0), (await Since(host, start.Version)));

        await Standings(host).Changed("a");
        await Standings(host).Changed("b");
        await Standings(host).Changed("a");
        var news = await Standings(host).Since(start.Version);
        Assert.True(news.Complete);
        Assert.Equal(["a", "b"], news.Accounts.Order(StringComparer.Ordinal));
        Assert.Equal((true, 0), (await Since(host, news.Version)));
    }

    [Fact]
    public async Task Who_asks_too_late_or_after_a_restart_is_told_to_look_at_everybody()
    {
        var first = await GrainHost.Start(Seed + 1, forgetful: false);
        var start = await Standings(first).Since(0);
        for (var i = 0; i <= StandingsGrain.Remembered; i++)
        {
            await Standings(first).Changed($"a{i}");
        }

        Assert.Equal((false, 0), await Since(first, start.Version));
        Assert.Equal((true, StandingsGrain.Remembered), await Since(first, start.Version + 1));

        await using var next = await first.Restart(Seed + 2);
        await Standings(next).Changed("b");
        Assert.Equal((false, 0), await Since(next, start.Version + 1));
    }

    private static IStandingsGrain Standings(GrainHost host) => host.Grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key);

    private static async Task<(bool Complete, int Accounts)> Since(GrainHost host, long version)
    {
        var news = await Standings(host).Since(version);
        return (news.Complete, news.Accounts.Length);
    }
}
