using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Accounts;

namespace Trove.Grains.Tests.Accounts;

public sealed class AccountHolderTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Actor Admin = new("boss");

    private readonly AccountOptions _options = new();
    private readonly AccountHolder _holder;

    public AccountHolderTests() => _holder = new AccountHolder("a1", new AccountRecord(), _options);

    private IEnumerable<string> Noted => _holder.Acts.Unsent.Entries.Select(entry => entry.Message.Act);

    [Fact]
    public void The_same_sign_up_again_changes_nothing_and_another_is_refused()
    {
        var first = Create();
        var state = _holder.State;

        Assert.Equal(first, _holder.Create(Someone.By, Someone.New(), Now.AddMinutes(1)).Value);
        Assert.Equal("account-exists", _holder.Create(Someone.By, Someone.New("c2"), Now).Problem?.Code);
        Assert.Same(state, _holder.State);
    }

    [Fact]
    public void An_account_may_act_only_once_its_address_is_confirmed()
    {
        Create();
        Assert.Equal(("", "", false), (_holder.Standing().Contributor, _holder.Standing().Stamp, _holder.Standing().MayAct));

        Confirm();
        var standing = _holder.Standing();
        Assert.True(standing.MayAct);
        Assert.Equal(("c1", "stamp-1"), (standing.Contributor, standing.Stamp));
        Assert.Equal([Role.Contributor], standing.Roles.ToArray());
    }

    [Fact]
    public void A_change_of_something_older_is_refused()
    {
        var old = Create();
        Confirm();
        Assert.Equal("account-changed", _holder.Update(Someone.By, old with { Name = "Anna" }, Now).Problem?.Code);
    }

    [Fact]
    public void A_change_whose_reply_was_lost_is_answered_as_the_first_time()
    {
        var changed = Create() with { Name = "Anna", RecoveryCodes = ["x"] };
        var first = _holder.Update(Someone.By, changed, Now).Value;
        var state = _holder.State;

        Assert.Equal(first, _holder.Update(Someone.By, changed, Now).Value);
        Assert.Same(state, _holder.State);
    }

    [Fact]
    public void What_a_person_changes_cannot_be_their_roles_keys_contributor_or_age()
    {
        Create();
        _holder.SetRole(Admin, Role.Developer, given: true, Now);
        _holder.EnterKey(Someone.By, Key, Now);
        var old = _holder.Read().Value!;

        _holder.Update(Someone.By, old with { Name = "Anna", Roles = [Role.Admin], Keys = [], Contributor = "c9", Created = Now.AddYears(-9), Id = "a9" }, Now);

        var now = _holder.Read().Value!;
        Assert.Equal("Anna", now.Name);
        Assert.Equal([Role.Developer], now.Roles.ToArray());
        Assert.Equal(Key, Assert.Single(now.Keys));
        Assert.Equal(("c1", old.Created, "a1"), (now.Contributor, now.Created, now.Id));
    }

    [Fact]
    public void Ten_attempts_in_a_row_lock_for_five_minutes()
    {
        Create();
        for (var i = 0; i < _options.Attempts; i++)
        {
            Assert.True(_holder.BeginAttempt(Now));
        }

        Assert.False(_holder.BeginAttempt(Now + _options.Lock - TimeSpan.FromTicks(1)));
        for (var i = 0; i < _options.Attempts; i++)
        {
            Assert.True(_holder.BeginAttempt(Now + _options.Lock));
        }

        Assert.False(_holder.BeginAttempt(Now + _options.Lock));
    }

    [Fact]
    public void A_row_of_failures_that_locks_is_noted_once()
    {
        Create();
        for (var i = 0; i < 3 * _options.Attempts; i++)
        {
            _holder.BeginAttempt(Now);
        }

        Assert.Single(Noted, act => act == "account.locked");
    }

    [Fact]
    public void A_lock_is_not_made_longer_by_who_knocks_on_it()
    {
        Create();
        for (var i = 0; i < 1_000; i++)
        {
            _holder.BeginAttempt(Now);
        }

        Assert.True(_holder.BeginAttempt(Now + _options.Lock));
    }

    [Fact]
    public void A_row_of_attempts_ends_with_a_success_or_with_its_window()
    {
        Create();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < _options.Attempts - 1; i++)
            {
                Assert.True(_holder.BeginAttempt(Now + (round * _options.AttemptWindow)));
            }
        }

        Assert.True(_holder.BeginAttempt(Now + (2 * _options.AttemptWindow)));
        _holder.AttemptSucceeded(Someone.By, Now);
        Assert.True(_holder.BeginAttempt(Now + (2 * _options.AttemptWindow)));
        Assert.Equal(1, _holder.State.Attempts);
    }

    [Fact]
    public void Nothing_is_attempted_on_an_account_that_is_not_there()
    {
        Assert.False(_holder.BeginAttempt(Now));
        Assert.Equal("account-unknown", _holder.Read().Problem?.Code);
        Assert.Equal("account-unknown", _holder.Update(Someone.By, Someone.New(), Now).Problem?.Code);
        Assert.Equal("account-unknown", _holder.SetRole(Admin, Role.Admin, given: true, Now).Problem?.Code);
        Assert.Equal("account-unknown", _holder.Suspend(Admin, suspended: true, Now).Problem?.Code);
        Assert.Equal("account-unknown", _holder.SignOutEverywhere(Admin, "s", Now).Problem?.Code);
        Assert.Equal("account-unknown", _holder.EnterKey(Someone.By, Key, Now).Problem?.Code);
        Assert.False(_holder.Standing().MayAct);
    }

    [Fact]
    public void Roles_are_given_and_taken_and_contributor_is_everybodys()
    {
        Create();
        Confirm();
        Assert.Equal("role-fixed", _holder.SetRole(Admin, Role.Contributor, given: false, Now).Problem?.Code);
        Assert.Equal("role-fixed", _holder.SetRole(Admin, (Role)77, given: true, Now).Problem?.Code);
        _holder.SetRole(Admin, Role.Admin, given: true, Now);
        Assert.Equal([Role.Contributor, Role.Developer, Role.Admin], _holder.SetRole(Admin, Role.Developer, given: true, Now).Value!.Roles.ToArray());
        var state = _holder.State;
        _holder.SetRole(Admin, Role.Developer, given: true, Now);
        Assert.Same(state, _holder.State);
        Assert.Equal([Role.Contributor, Role.Developer], _holder.SetRole(Admin, Role.Admin, given: false, Now).Value!.Roles.ToArray());
    }

    [Fact]
    public void Who_is_suspended_may_not_act_until_restored()
    {
        Create();
        Confirm();
        Assert.False(_holder.Suspend(Admin, suspended: true, Now).Value!.MayAct);
        Assert.True(_holder.Suspend(Admin, suspended: false, Now).Value!.MayAct);
    }

    [Fact]
    public void A_session_that_was_ended_stays_ended_until_all_are()
    {
        Create();
        Confirm();
        _holder.EndSession(Someone.By, "s1", "other", Now);
        var state = _holder.State;
        _holder.EndSession(Someone.By, "s1", "other", Now);
        Assert.Same(state, _holder.State);
        Change(account => account with { Name = "Anna" });
        Assert.Equal(["s1"], _holder.Standing().Ended.ToArray());

        _holder.SignOutEverywhere(Someone.By, "stamp-2", Now);
        Assert.Empty(_holder.Standing().Ended);
    }

    [Fact]
    public void More_ended_sessions_than_are_remembered_end_all()
    {
        Create();
        Confirm();
        for (var i = 0; i <= _options.EndedSessions; i++)
        {
            Assert.Equal("stamp-1", _holder.Standing().Stamp);
            _holder.EndSession(Someone.By, $"s{i}", "stamp-2", Now);
        }

        Assert.Equal("stamp-2", _holder.Standing().Stamp);
        Assert.Empty(_holder.Standing().Ended);
    }

    [Fact]
    public void An_erased_account_leaves_nothing_and_its_id_is_never_used_again()
    {
        Create();
        Confirm();
        _holder.Erase(Someone.By, Now);

        var left = new Trove.Grains.Records.RecordSerializer().Serialize(_holder.ToRecord());
        Assert.DoesNotContain("ann", System.Text.Encoding.UTF8.GetString(left), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("account-unknown", _holder.Read().Problem?.Code);
        Assert.Equal("account-exists", _holder.Create(Someone.By, Someone.New(), Now).Problem?.Code);
        var state = _holder.State;
        _holder.Erase(Someone.By, Now);
        Assert.Same(state, _holder.State);
    }

    [Fact]
    public void Every_change_of_secrets_rights_and_address_is_noted_once_and_in_codes_only()
    {
        Create();
        Confirm();
        Change(account => account with { PasswordHash = "hash-2", Stamp = "stamp-2" });
        Change(account => account with { PasswordHash = "hash-3" }); // hashed better
        Change(account => account with { Name = "Anna" });
        Change(account => account with { Email = "anna@example.org" });
        Change(account => account with { TwoFactor = true, RecoveryCodes = ["r1", "r2"] });
        Change(account => account with { RecoveryCodes = ["r2"] });
        Change(account => account with { TwoFactor = false, RecoveryCodes = [] });
        Change(account => account with { Logins = [new OutsideLogin("idp", "42")] });
        _holder.SetRole(Admin, Role.Developer, given: true, Now);
        _holder.SetRole(Admin, Role.Developer, given: false, Now);
        _holder.EnterKey(Someone.By, Key, Now);
        _holder.EnterKey(Someone.By, Key with { Revoked = Now }, Now);
        _holder.Suspend(Admin, suspended: true, Now);
        _holder.Suspend(Admin, suspended: false, Now);
        _holder.SignOutEverywhere(Someone.By, "stamp-3", Now);
        _holder.AttemptSucceeded(Someone.By, Now);
        _holder.Erase(Someone.By, Now);

        Assert.Equal(
            [
                "account.created", "account.email-confirmed", "account.password-changed", "account.email-changed", "account.two-factor-on", "account.recovery-codes-made",
                "account.recovery-code-used", "account.two-factor-off", "account.logins-changed", "account.role-given", "account.role-taken", "account.key-made",
                "account.key-revoked", "account.suspended", "account.restored", "account.signed-out-everywhere", "account.signed-in", "account.erased",
            ],
            Noted);
        Assert.Equal(_holder.Acts.Unsent.Count, _holder.Acts.Unsent.Entries.Select(entry => entry.Key).Distinct().Count());
        Assert.DoesNotContain(_holder.Acts.Unsent.Entries, entry => entry.Message.ToString().Contains("ann", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Numbers_of_audit_entries_go_on_after_a_restart()
    {
        Create();
        var next = new AccountHolder("a1", _holder.ToRecord(), _options);
        next.Suspend(Admin, suspended: true, Now);
        Assert.Equal(["account/a1/0", "account/a1/1"], next.Acts.Unsent.Entries.Select(entry => entry.Key));
    }

    private static ApiKeyView Key => new("k1", "laptop", Scopes.Read | Scopes.Write, Now, Now.AddDays(90), Revoked: null);

    private Account Create() => _holder.Create(Someone.By, Someone.New(), Now).Value!;

    private void Confirm() => Change(account => account with { EmailConfirmed = true });

    private void Change(Func<Account, Account> change) => Assert.Null(_holder.Update(Someone.By, change(_holder.Read().Value!), Now).Problem);
}
