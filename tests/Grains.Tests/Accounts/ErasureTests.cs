using System.Text;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Grains.Tests.Projects;
using Trove.Grains.Tests.Setup;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Accounts;

/// <summary>Erasing a person takes many records, and a crash may come at each.</summary>
public sealed class ErasureTests
{
    private const int Seed = 41_000;
    private static readonly Erasure Wish = new("a1", Someone.By, CloseProjects: true);

    [Fact]
    public async Task An_erasure_that_crashes_at_any_write_is_finished_by_the_next_process()
    {
        for (var write = 1; ; write++)
        {
            var first = await Filled(write);
            var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var left = write;
            first.Store.BeforeCommit = _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    first.Store.Kill();
                    crashed.TrySetResult();
                }

                return Task.CompletedTask;
            };
            var whole = Erase(first, Wish);
            var isWhole = await Task.WhenAny(whole, crashed.Task) == whole;

            var store = first.Store.Restart();
            await first.DisposeAsync();
            await using var next = await GrainHost.Start(Seed + write, store, forgetful: false);
            foreach (var pending in await next.Grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key).Pending())
            {
                await Erase(next, pending);
            }

            if (write == 1)
            {
                Assert.NotNull((await Account(next).Read()).Value); // nothing was begun, so nothing is gone
                continue;
            }

            await AssertErased(next);
            if (isWhole)
            {
                await whole;
                Assert.InRange(write, 10, 100);
                return;
            }
        }
    }

    [Fact]
    public async Task A_project_without_another_owner_stands_in_the_way_until_it_may_be_closed()
    {
        await using var host = await Filled(Seed);
        var erasures = host.Grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key);
        var refused = await erasures.Begin(Wish with { CloseProjects = false });
        Assert.Equal("last-owner", refused.Problem?.Code);
        Assert.Contains("own", refused.Problem!.Detail, StringComparison.Ordinal);
        Assert.Empty(await erasures.Pending());
        Assert.True((await Account(host).Standing()).MayAct);

        await host.Grains.GetGrain<IProjectGrain>("own").SetMember(Someone.By, "boss", TeamRole.Owner);
        Assert.NotNull((await erasures.Begin(Wish with { CloseProjects = false })).Value);
    }

    [Fact]
    public async Task Who_is_being_erased_is_not_there_for_anybody_and_comes_back_by_no_late_message()
    {
        await using var host = await Filled(Seed + 1);
        var erasures = host.Grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key);
        var account = (await erasures.Begin(Wish)).Value!;

        Assert.False((await Account(host).Standing()).MayAct);
        Assert.Equal("account-unknown", (await Account(host).Read()).Problem?.Code);
        Assert.Equal("account-unknown", (await Account(host).Update(Someone.By, account with { Name = "Back" })).Problem?.Code);
        Assert.False(await Account(host).BeginAttempt());

        await Erase(host, Wish);
        Assert.Equal("key-exists", (await host.Grains.GetGrain<IApiKeyGrain>("k1").Create(Someone.By, Key)).Problem?.Code);
        Assert.Equal("account-exists", (await Account(host).Create(Someone.By, Someone.New())).Problem?.Code);
        Assert.Equal("contributor-erased", (await host.Grains.GetGrain<IContributorGrain>("c1").SetProfile(new ContributorProfile("AT"))).Problem?.Code);
        Assert.Equal("contributor-erased", (await host.Grains.GetGrain<IContributorGrain>("c1").Join(new SessionOrigin("f", "c", null!), new JoinRequest([new JoinProject("own")]))).Problem?.Code);
        await AssertErased(host);
    }

    private static NewApiKey Key => new("a1", "laptop of Ann", "hash", Scopes.Read, DateTimeOffset.MaxValue);

    private static async Task<GrainHost> Filled(int seed)
    {
        var host = await GrainHost.Start(seed, forgetful: false); // a call whose grain leaves under it ends by time, which is another test's matter
        await host.Grains.GetGrain<IEmailGrain>("key-of-ann").Claim("a1");
        await Account(host).Create(Someone.By, Someone.New() with { EmailConfirmed = true });
        await Account(host).EnterKey(Someone.By, new ApiKeyView("k1", Key.Name, Key.Scopes, default, Key.Expires, null));
        await host.Grains.GetGrain<IApiKeyGrain>("k1").Create(Someone.By, Key);
        await host.Grains.GetGrain<IContributorGrain>("c1").SetProfile(new ContributorProfile("AT", ["de"], 1990));
        await host.Grains.GetGrain<IProjectGrain>("own").Create(Someone.By, Samples.Brief, simulated: false);
        var boss = new Actor("boss");
        await host.Grains.GetGrain<IProjectGrain>("shared").Create(boss, Samples.Brief, simulated: false);
        await host.Grains.GetGrain<IProjectGrain>("shared").SetMember(boss, "a1", TeamRole.Editor);
        return host;
    }

    /// <summary>What a frontend does, but for what lies outside the records.</summary>
    private static async Task Erase(GrainHost host, Erasure erasure)
    {
        var erasures = host.Grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key);
        await erasures.Begin(erasure);
        await erasures.Erase(erasure.Account);
        await erasures.Complete(erasure.Account);
    }

    private static async Task AssertErased(GrainHost host)
    {
        Assert.Empty(await host.Grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key).Pending());
        Assert.Equal("account-unknown", (await Account(host).Read()).Problem?.Code);
        Assert.Equal(ProjectState.Closed, (await host.Grains.GetGrain<IProjectGrain>("own").View()).Value!.State);
        Assert.Null((await host.Grains.GetGrain<IProjectGrain>("shared").RoleOf("a1")).Role);
        Assert.Null(await host.Grains.GetGrain<IEmailGrain>("key-of-ann").Owner());
        Assert.Empty((await host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("a1")).Search(new AuditQuery())).Entries);
        Assert.Single(
            (await host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Month(DateTimeOffset.UtcNow)).Search(new AuditQuery(Limit: 200))).Entries, entry => entry.Act == "account.erased");
        Assert.All(host.Store.Snapshot(), record => Assert.DoesNotContain(
            new[] { "ann@example.org", "Ann", "c1", "1990", "AT" }, word => record.Key.Store == "personal" && Encoding.UTF8.GetString(record.Value.Span).Contains(word, StringComparison.Ordinal)));
    }

    private static IAccountGrain Account(GrainHost host) => host.Grains.GetGrain<IAccountGrain>("a1");
}
