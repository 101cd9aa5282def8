using System.Text;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Grains.Accounts;
using Trove.Grains.Records;
using Trove.Grains.Tests.Setup;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Accounts;

public sealed class AccountGrainTests
{
    private const int Seed = 20260701;
    private static readonly Actor Admin = new("boss");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_fails_at_any_step_of_a_life_is_repeated_without_harm(bool kept)
    {
        await using var host = await GrainHost.Start(Seed);
        Func<IAccountGrain, Task>[] life =
        [
            async account => Assert.Null((await account.Create(Someone.By, Someone.New())).Problem),
            async account => Assert.Null((await account.Update(Someone.By, Someone.New() with { Version = 1, EmailConfirmed = true })).Problem),
            async account => Assert.True(await account.BeginAttempt()),
            account => account.AttemptSucceeded(Someone.By),
            async account => Assert.Null((await account.SetRole(Admin, Role.Developer, given: true)).Problem),
            async account => Assert.Null((await account.Suspend(Admin, suspended: true)).Problem),
            async account => Assert.Null((await account.Suspend(Admin, suspended: false)).Problem),
            async account => Assert.Null((await account.SignOutEverywhere(Someone.By)).Problem),
        ];
        foreach (var step in life)
        {
            if (kept)
            {
                FailAfter(host);
            }
            else
            {
                FailBefore(host);
            }

            await Assert.ThrowsAsync<CommitFailedException>(() => step(Account(host)));
            await host.Until("the next activation answers", () => Answers(() => step(Account(host))));
        }

        var account = (await Account(host).Read()).Value!;
        Assert.Equal([Role.Developer], account.Roles.ToArray());
        Assert.NotEqual("stamp-1", account.Stamp);
        Assert.True((await Account(host).Standing()).MayAct);
    }

    [Fact]
    public async Task What_was_answered_survives_a_kill()
    {
        var first = await GrainHost.Start(Seed + 1);
        await Confirmed(first);
        await Account(first).SetRole(Admin, Role.Reviewer, given: true);
        var stamp = (await Account(first).SignOutEverywhere(Someone.By)).Value!.Stamp;

        await using var next = await first.Restart(Seed + 2);
        var standing = await Account(next).Standing();
        Assert.Equal((true, "c1", stamp), (standing.MayAct, standing.Contributor, standing.Stamp));
        Assert.Equal([Role.Contributor, Role.Reviewer], standing.Roles.ToArray());
    }

    [Fact]
    public async Task Attempts_at_once_are_counted_as_many_and_not_forgotten_by_a_kill()
    {
        var first = await GrainHost.Start(Seed + 3);
        await Confirmed(first);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Account(first).BeginAttempt()));
        Assert.Equal(new AccountOptions().Attempts, answers.Count(allowed => allowed));

        await using var next = await first.Restart(Seed + 4);
        Assert.False(await Account(next).BeginAttempt());
    }

    [Fact]
    public async Task An_attempt_is_durable_before_it_may_be_judged()
    {
        await using var host = await GrainHost.Start(Seed + 5, forgetful: false);
        await Confirmed(host);
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Store.BeforeCommit = call =>
        {
            reached.TrySetResult();
            return release.Task;
        };
        var attempt = Account(host).BeginAttempt();
        await reached.Task;
        Assert.False(attempt.IsCompleted);

        release.SetResult();
        Assert.True(await attempt);
    }

    [Fact]
    public async Task Changes_of_rights_are_told_before_they_are_answered_and_a_new_name_is_not()
    {
        await using var host = await GrainHost.Start(Seed + 6, forgetful: false);
        await Confirmed(host);
        await ToldBy(host, () => Account(host).SetRole(Admin, Role.Developer, given: true));
        await ToldBy(host, () => Account(host).SetRole(Admin, Role.Developer, given: true));
        await ToldBy(host, () => Account(host).Suspend(Admin, suspended: true));
        await ToldBy(host, () => Account(host).Suspend(Admin, suspended: false));
        await ToldBy(host, () => Account(host).SignOutEverywhere(Someone.By));
        var account = (await Account(host).Read()).Value!;
        await ToldBy(host, () => Account(host).Update(Someone.By, account with { Stamp = "other" }));

        var version = (await Standings(host).Since(0)).Version;
        await Account(host).Update(Someone.By, account with { Version = account.Version + 1, Stamp = "other", Name = "Anna" });
        Assert.Equal(version, (await Standings(host).Since(0)).Version);

        await ToldBy(host, () => Account(host).Erase(Someone.By));
    }

    [Fact]
    public async Task A_change_and_its_audit_entry_are_in_one_write()
    {
        await using var host = await GrainHost.Start(Seed + 7, forgetful: false);
        await Confirmed(host);
        await Account(host).SetRole(Admin, Role.Admin, given: true);

        var written = host.Store.Log.Where(call => call.Kind == StoreCallKind.Write).Select(call => Encoding.UTF8.GetString(call.Bytes.Span)).ToList();
        var given = written.First(text => text.Contains("\"roles\":[\"Admin\"]", StringComparison.Ordinal));
        Assert.Contains("account.role-given", given, StringComparison.Ordinal);

        var own = await host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("a1")).Search(new AuditQuery());
        Assert.Equal(["account.role-given", "account.email-confirmed", "account.created"], own.Entries.Select(entry => entry.Act));
        var boss = await host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("boss")).Search(new AuditQuery());
        Assert.Equal("account/a1", Assert.Single(boss.Entries).Target);
    }

    [Fact]
    public async Task After_an_erase_no_record_of_the_account_holds_who_it_was()
    {
        await using var host = await GrainHost.Start(Seed + 8);
        await Confirmed(host);
        await Account(host).Erase(Someone.By);
        await Account(host).Erase(Someone.By);

        Assert.DoesNotContain(host.Store.Snapshot().Values, record => Encoding.UTF8.GetString(record.Span).Contains("ann", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("account-exists", (await Account(host).Create(Someone.By, Someone.New())).Problem?.Code);
    }

    [Fact]
    public async Task Two_who_change_an_account_at_once_do_not_overwrite_each_other()
    {
        await using var host = await GrainHost.Start(Seed + 9);
        await Confirmed(host);
        var account = (await Account(host).Read()).Value!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Account(host).Update(Someone.By, account with { Name = $"Ann {n}" })));
        Assert.Equal(1, answers.Count(answer => answer.Problem is null));
        Assert.All(answers, answer => Assert.True(answer.Problem is null or { Code: "account-changed" }));
    }

    private static IAccountGrain Account(GrainHost host) => host.Grains.GetGrain<IAccountGrain>("a1");

    private static IStandingsGrain Standings(GrainHost host) => host.Grains.GetGrain<IStandingsGrain>(IStandingsGrain.Key);

    private static async Task Confirmed(GrainHost host)
    {
        var account = (await Account(host).Create(Someone.By, Someone.New())).Value!;
        Assert.Null((await Account(host).Update(Someone.By, account with { EmailConfirmed = true })).Problem);
    }

    private static async Task ToldBy(GrainHost host, Func<Task> act)
    {
        var before = (await Standings(host).Since(0)).Version;
        await act();
        var news = await Standings(host).Since(before);
        Assert.True(news.Version > before);
        Assert.Contains("a1", news.Accounts);
    }

    // Only writes of accounts fail: other grains write too, at their own time.
    private static void FailBefore(GrainHost host) => host.Store.BeforeCommit = call =>
    {
        if (!IsAccount(call))
        {
            return Task.CompletedTask;
        }

        host.Store.BeforeCommit = _ => Task.CompletedTask;
        throw new StoreFaultException("The write failed before it was kept.");
    };

    private static void FailAfter(GrainHost host) => host.Store.AfterCommit = call =>
    {
        if (!IsAccount(call))
        {
            return Task.CompletedTask;
        }

        host.Store.AfterCommit = _ => Task.CompletedTask;
        throw new StoreFaultException("The write was kept, but its reply was lost.");
    };

    private static bool IsAccount(StoreCall call) => call.Key.StartsWith("account", StringComparison.Ordinal);

    private static async Task<bool> Answers(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception failure) when (failure is CommitFailedException or TimeoutException)
        {
            return false;
        }
    }
}
