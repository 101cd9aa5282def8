using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Accounts;
using Trove.Grains.Tests.Setup;
using Trove.Testing;

namespace Trove.Grains.Tests.Accounts;

public sealed class EmailGrainTests
{
    private const int Seed = 20260702;
    private static readonly TimeSpan ClaimLasts = new AccountOptions().ClaimLasts;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Of_many_who_claim_an_address_at_once_exactly_one_wins_and_stays_the_winner()
    {
        await using var host = await GrainHost.Start(Seed, time: _time);
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Email(host).Claim($"a{n}")));
        var winner = $"a{Array.IndexOf(claims, true)}";

        Assert.Equal(1, claims.Count(won => won));
        Assert.Equal(winner, await Email(host).Owner());
        Assert.True(await Email(host).Claim(winner));
    }

    [Fact]
    public async Task A_claim_whose_account_was_never_created_is_lost_after_a_while_and_not_before()
    {
        var first = await GrainHost.Start(Seed + 1, time: _time);
        Assert.True(await Email(first).Claim("a1"));

        await using var next = await first.Restart(Seed + 2); // crashed between claim and creation
        Assert.False(await Email(next).Claim("a2"));
        _time.Advance(ClaimLasts);
        Assert.True(await Email(next).Claim("a2"));
        Assert.False(await Email(next).Claim("a1"));
    }

    [Fact]
    public async Task An_address_that_its_account_has_is_never_lost()
    {
        await using var host = await GrainHost.Start(Seed + 3, time: _time);
        await Email(host).Claim("a1");
        await Account(host).Create(Someone.By, Someone.New());
        _time.Advance(ClaimLasts * 1_000);
        Assert.False(await Email(host).Claim("a2"));
    }

    [Fact]
    public async Task An_account_that_moves_back_to_an_address_it_never_released_does_not_lose_it_meanwhile()
    {
        await using var host = await GrainHost.Start(Seed + 9, time: _time);
        await Email(host).Claim("a1");
        await Account(host).Create(Someone.By, Someone.New() with { Email = "new@example.org", EmailKey = "key-of-new" });
        _time.Advance(ClaimLasts);
        Assert.True(await Email(host).Claim("a1"));
        Assert.False(await Email(host).Claim("a2"));
    }

    [Fact]
    public async Task An_address_is_free_again_when_its_account_is_erased_or_has_moved_even_if_nobody_released_it()
    {
        await using var host = await GrainHost.Start(Seed + 4, time: _time);
        await Email(host).Claim("a1");
        var account = (await Account(host).Create(Someone.By, Someone.New())).Value!;
        await Account(host).Update(Someone.By, account with { Email = "new@example.org", EmailKey = "key-of-new" });
        _time.Advance(ClaimLasts);
        Assert.True(await Email(host).Claim("a2"));

        var moved = host.Grains.GetGrain<IEmailGrain>("key-of-new");
        await moved.Claim("a1");
        await Account(host).Erase(Someone.By);
        _time.Advance(ClaimLasts);
        Assert.True(await moved.Claim("a2"));
    }

    [Fact]
    public async Task Only_its_owner_gives_an_address_up()
    {
        await using var host = await GrainHost.Start(Seed + 5, time: _time);
        await Email(host).Claim("a1");
        await Email(host).Release("a2");
        Assert.Equal("a1", await Email(host).Owner());
        await Email(host).Release("a1");
        await Email(host).Release("a1");
        Assert.Null(await Email(host).Owner());
        Assert.True(await Email(host).Claim("a2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_whose_write_fails_is_claimed_again(bool kept)
    {
        await using var host = await GrainHost.Start(Seed + 6, forgetful: false, time: _time);
        if (kept)
        {
            host.Store.FailNextAfterCommit();
        }
        else
        {
            host.Store.FailNextBeforeCommit();
        }

        await Assert.ThrowsAsync<CommitFailedException>(() => Email(host).Claim("a1"));
        Assert.Equal(kept ? "a1" : null, await Owner(host));
        Assert.Equal(kept ? "a1" : "a2", await Email(host).Claim("a2") ? "a2" : "a1");
    }

    [Fact]
    public async Task The_first_admin_is_one_whoever_races_and_whatever_crashes()
    {
        var first = await GrainHost.Start(Seed + 7, time: _time);
        Assert.True(await FirstAdmin(first).IsOpen());
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => FirstAdmin(first).Fix($"a{n}")));
        var id = Assert.Single(ids.Distinct())!;

        await using var next = await first.Restart(Seed + 8); // crashed before the account was created
        Assert.True(await FirstAdmin(next).IsOpen());
        Assert.Equal(id, await FirstAdmin(next).Fix("late"));

        // Created, and crashed before the door was closed.
        await next.Grains.GetGrain<IAccountGrain>(id).Create(Someone.By, Someone.New(id: id) with { Roles = [Role.Admin] });
        Assert.Null(await FirstAdmin(next).Fix("late"));
        Assert.False(await FirstAdmin(next).IsOpen());

        await next.Grains.GetGrain<IAccountGrain>(id).Erase(Someone.By);
        Assert.False(await FirstAdmin(next).IsOpen());
    }

    private static IEmailGrain Email(GrainHost host) => host.Grains.GetGrain<IEmailGrain>("key-of-ann");

    private static IAccountGrain Account(GrainHost host) => host.Grains.GetGrain<IAccountGrain>("a1");

    private static IFirstAdminGrain FirstAdmin(GrainHost host) => host.Grains.GetGrain<IFirstAdminGrain>(IFirstAdminGrain.Key);

    /// <summary>The failed activation may still be leaving.</summary>
    private static async Task<string?> Owner(GrainHost host)
    {
        string? owner = null;
        await host.Until("the next activation answers", async () =>
        {
            try
            {
                owner = await Email(host).Owner();
                return true;
            }
            catch (CommitFailedException)
            {
                return false;
            }
        });
        return owner;
    }
}
