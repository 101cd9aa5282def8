using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Accounts;
using Trove.Grains.Tests.Setup;
using Trove.Testing;

namespace Trove.Grains.Tests.Accounts;

public sealed class LoginGrainTests
{
    private const int Seed = 20260731;
    private static readonly OutsideLogin AnnsLogin = new("acme", "42", "key-of-42");
    private static readonly TimeSpan ClaimLasts = new AccountOptions().ClaimLasts;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Of_many_who_claim_an_identity_at_once_exactly_one_wins_and_stays_the_winner()
    {
        await using var host = await GrainHost.Start(Seed, time: _time);
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Login(host).Claim($"a{n}")));
        var winner = $"a{Array.IndexOf(claims, true)}";

        Assert.Equal(1, claims.Count(won => won));
        Assert.Equal(winner, await Login(host).Owner());
        Assert.True(await Login(host).Claim(winner));
    }

    [Fact]
    public async Task A_claim_of_which_nothing_came_is_lost_after_a_while_and_not_before()
    {
        var first = await GrainHost.Start(Seed + 1, time: _time);
        Assert.True(await Login(first).Claim("a1"));

        await using var next = await first.Restart(Seed + 2); // crashed between claim and creation
        Assert.False(await Login(next).Claim("a2"));
        _time.Advance(ClaimLasts);
        Assert.True(await Login(next).Claim("a2"));
        Assert.False(await Login(next).Claim("a1"));
    }

    [Fact]
    public async Task An_identity_that_its_account_has_is_never_lost_and_one_that_it_unlinked_is_even_if_nobody_released_it()
    {
        await using var host = await GrainHost.Start(Seed + 3, time: _time);
        await Login(host).Claim("a1");
        var account = (await Account(host).Create(Someone.By, Someone.New() with { Logins = [AnnsLogin] })).Value!;
        _time.Advance(ClaimLasts * 1_000);
        Assert.False(await Login(host).Claim("a2"));

        await Account(host).Update(Someone.By, account with { Logins = [] });
        Assert.True(await Login(host).Claim("a2"));
    }

    [Fact]
    public async Task An_account_that_links_again_what_it_unlinked_without_releasing_it_does_not_lose_it_meanwhile()
    {
        await using var host = await GrainHost.Start(Seed + 4, time: _time);
        await Login(host).Claim("a1");
        await Account(host).Create(Someone.By, Someone.New());
        _time.Advance(ClaimLasts);
        Assert.True(await Login(host).Claim("a1"));
        Assert.False(await Login(host).Claim("a2"));
    }

    [Fact]
    public async Task An_identity_is_free_when_its_account_is_erased_and_only_its_account_gives_it_up()
    {
        await using var host = await GrainHost.Start(Seed + 5, time: _time);
        await Login(host).Claim("a1");
        await Account(host).Create(Someone.By, Someone.New() with { Logins = [AnnsLogin] });
        await Login(host).Release("a2");
        Assert.Equal("a1", await Login(host).Owner());

        await Account(host).Erase(Someone.By);
        _time.Advance(ClaimLasts);
        Assert.True(await Login(host).Claim("a2"));
        await Login(host).Release("a2");
        await Login(host).Release("a2");
        Assert.Null(await Login(host).Owner());
    }

    private static ILoginGrain Login(GrainHost host) => host.Grains.GetGrain<ILoginGrain>(AnnsLogin.Key);

    private static IAccountGrain Account(GrainHost host) => host.Grains.GetGrain<IAccountGrain>("a1");
}
