using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Grains.Auditing;

namespace Trove.Grains.Accounts;

/// <summary>
/// The rules of one account: what may change it, how often somebody may try to prove who they are, and which changes the audit log must know of.
/// A command that changes nothing leaves <see cref="State"/> the same object, so that its repetition costs no write.
/// </summary>
internal sealed class AccountHolder(string id, AccountRecord record, AccountOptions options)
{
    private static readonly Problem Unknown = new("account-unknown", "There is no such account. It may have been erased.");

    private AccountRecord _state = record;

    /// <summary>The account while it is neither erased nor being erased.</summary>
    private Account? Open => _state.Erasing is null ? _state.Account : null;

    /// <summary>As it is now, but for <see cref="AccountRecord.Acts"/>.</summary>
    public AccountRecord State => _state;

    /// <summary>What the audit log is to know.</summary>
    public Acts Acts { get; } = new(AuditLogs.Account(id), record.Acts);

    /// <summary>What is written.</summary>
    public AccountRecord ToRecord() => _state with { Acts = Acts.ToRecord() };

    /// <summary>Creates it. A contributor id is drawn anew by each sign-up, so the same one means the same sign-up.</summary>
    public Result<Account> Create(Actor by, Account account, DateTimeOffset now)
    {
        if (Open is { } there && there.Contributor == account.Contributor)
        {
            return there;
        }

        if (_state.Account is not null || _state.Erased)
        {
            return new Problem("account-exists", "There is an account with this id, or there was one.");
        }

        account = Whole(account) with { Id = id, Version = 1, Created = now, Roles = Given(account.Roles.OrEmpty()) };
        _state = _state with { Account = account };
        Note(by, "account.created", now, account.Roles.IsEmpty ? null : string.Join(',', account.Roles.Select(Code)));
        return account;
    }

    /// <summary>All of it.</summary>
    public Result<Account> Read() => Open is { } account ? account : Unknown;

    /// <summary>Replaces what the person and the sign-in code may change.</summary>
    public Result<Account> Update(Actor by, Account changed, DateTimeOffset now)
    {
        if (Open is not { } old)
        {
            return Unknown;
        }

        changed = Whole(changed) with { Id = id, Contributor = old.Contributor, Roles = old.Roles, Created = old.Created, Keys = old.Keys };
        if (changed.Version != old.Version)
        {
            // The reply to an update may have been lost: then it stands here already.
            return Same(changed with { Version = changed.Version + 1 }, old)
                ? old
                : new Problem("account-changed", "The account was changed meanwhile. Read it again, then repeat the change.");
        }

        if (Same(changed, old))
        {
            return old;
        }

        foreach (var (act, happened) in Changes(old, changed))
        {
            if (happened)
            {
                Note(by, act, now);
            }
        }

        return Store(changed);
    }

    /// <summary>Whether it may act, and as what.</summary>
    public AccountStanding Standing() => Open is { EmailConfirmed: true } account && !_state.Suspended
        ? new AccountStanding(MayAct: true, account.Contributor, account.Stamp, [Role.Contributor, .. account.Roles], _state.Ended.OrEmpty(), account.TwoFactor)
        : new AccountStanding(MayAct: false, "", "", [], []);

    /// <summary>Counts an attempt. The last of a row locks at once, whatever becomes of it: others that are judged meanwhile get no more.</summary>
    public bool BeginAttempt(DateTimeOffset now)
    {
        if (Open is null || _state.LockedUntil > now)
        {
            return false;
        }

        var fresh = _state.LockedUntil is not null || !(_state.AttemptsSince + options.AttemptWindow > now);
        var attempts = fresh ? 1 : _state.Attempts + 1;
        _state = _state with
        {
            Attempts = attempts,
            AttemptsSince = fresh ? now : _state.AttemptsSince,
            LockedUntil = attempts >= options.Attempts ? now + options.Lock : null,
        };
        if (_state.LockedUntil is not null)
        {
            Note(new Actor(Actor.System), "account.locked", now); // once for a row, so that guessing fills no log
        }

        return true;
    }

    /// <summary>The attempt succeeded: who knows the secret need not suffer for who guessed.</summary>
    public void AttemptSucceeded(Actor by, DateTimeOffset now)
    {
        if (Open is not null)
        {
            _state = _state with { Attempts = 0, AttemptsSince = null, LockedUntil = null };
            Note(by, "account.signed-in", now);
        }
    }

    /// <summary>Gives or takes a role.</summary>
    public Result<AccountStanding> SetRole(Actor by, Role role, bool given, DateTimeOffset now)
    {
        if (Open is not { } account)
        {
            return Unknown;
        }

        if (role is not (Role.Developer or Role.Reviewer or Role.Admin))
        {
            return new Problem("role-fixed", "Give or take developer, reviewer or admin: everybody is a contributor.");
        }

        if (account.Roles.Contains(role) != given)
        {
            Store(account with { Roles = given ? Given(account.Roles.Add(role)) : account.Roles.Remove(role) });
            Note(by, given ? "account.role-given" : "account.role-taken", now, Code(role));
        }

        return Standing();
    }

    /// <summary>Suspends it or lets it act again.</summary>
    public Result<AccountStanding> Suspend(Actor by, bool suspended, DateTimeOffset now)
    {
        if (Open is null)
        {
            return Unknown;
        }

        if (_state.Suspended != suspended)
        {
            _state = _state with { Suspended = suspended };
            Note(by, suspended ? "account.suspended" : "account.restored", now);
        }

        return Standing();
    }

    /// <summary>Ends every session: none carries <paramref name="stamp"/> yet.</summary>
    public Result<AccountStanding> SignOutEverywhere(Actor by, string stamp, DateTimeOffset now)
    {
        if (Open is not { } account)
        {
            return Unknown;
        }

        Store(account with { Stamp = stamp });
        Note(by, "account.signed-out-everywhere", now);
        return Standing();
    }

    /// <summary>Ends one session. When more were ended than are remembered, <paramref name="stamp"/> ends all.</summary>
    public void EndSession(Actor by, string session, string stamp, DateTimeOffset now)
    {
        if (Open is null || _state.Ended.OrEmpty().Contains(session, StringComparer.Ordinal))
        {
            return;
        }

        if (_state.Ended.OrEmpty().Length >= options.EndedSessions)
        {
            SignOutEverywhere(by, stamp, now);
            return;
        }

        _state = _state with { Ended = _state.Ended.OrEmpty().Add(session) };
        Note(by, "account.signed-out", now);
    }

    /// <summary>Enters an API key, or changes its line.</summary>
    public Result<Done> EnterKey(Actor by, ApiKeyView key, DateTimeOffset now)
    {
        if (Open is not { } account)
        {
            return Unknown;
        }

        var old = account.Keys.FirstOrDefault(line => line.Id == key.Id);
        if (old != key)
        {
            Store(account with { Keys = old is null ? account.Keys.Add(key) : account.Keys.Replace(old, key) });
            Note(by, old is null ? "account.key-made" : key.Revoked is null ? "account.key-changed" : "account.key-revoked", now, key.Id);
        }

        return Done.Instance;
    }

    /// <summary>Closes it for good. What is there is told to whoever erases the rest, and to nobody else.</summary>
    public Result<Account> BeginErasure(Actor by, DateTimeOffset now)
    {
        if (_state.Account is not { } account)
        {
            return Unknown;
        }

        if (_state.Erasing is null)
        {
            _state = _state with { Erasing = now };
            Note(by, "account.erasure-begun", now);
        }

        return account;
    }

    /// <summary>Nothing stays but that the id was used, and what the audit log is still to learn in opaque words.</summary>
    public void Erase(Actor by, DateTimeOffset now)
    {
        if (!_state.Erased)
        {
            _state = new AccountRecord { Erased = true };
            Note(by, "account.erased", now);
        }
    }

    private static IEnumerable<(string Act, bool Happened)> Changes(Account old, Account changed)
    {
        yield return ("account.email-changed", old.Email != changed.Email);
        yield return ("account.email-confirmed", !old.EmailConfirmed && changed.EmailConfirmed);

        // The same password hashed better keeps the stamp, and is no change that anybody made.
        yield return ("account.password-changed", old.PasswordHash != changed.PasswordHash && old.Stamp != changed.Stamp);
        yield return ("account.two-factor-on", !old.TwoFactor && changed.TwoFactor);
        yield return ("account.two-factor-off", old.TwoFactor && !changed.TwoFactor);
        yield return ("account.recovery-codes-made", changed.RecoveryCodes.Except(old.RecoveryCodes, StringComparer.Ordinal).Any());
        yield return ("account.recovery-code-used", changed.TwoFactor && changed.RecoveryCodes.Length < old.RecoveryCodes.Length);
        yield return ("account.logins-changed", !old.Logins.SequenceEqual(changed.Logins));
    }

    /// <summary>Whether two are the same in everything; arrays of a record compare by reference otherwise.</summary>
    private static bool Same(Account a, Account b) =>
        a.RecoveryCodes.SequenceEqual(b.RecoveryCodes, StringComparer.Ordinal) && a.Logins.SequenceEqual(b.Logins) && a.Roles.SequenceEqual(b.Roles) && a.Keys.SequenceEqual(b.Keys)
        && (a with { RecoveryCodes = b.RecoveryCodes, Logins = b.Logins, Roles = b.Roles, Keys = b.Keys }) == b;

    private static Account Whole(Account account) => account with
    {
        RecoveryCodes = account.RecoveryCodes.OrEmpty(),
        Logins = account.Logins.OrEmpty(),
        Keys = account.Keys.OrEmpty(),
    };

    private static ImmutableArray<Role> Given(ImmutableArray<Role> roles) => [.. roles.Where(role => role != Role.Contributor).Distinct().Order()];

    private static string Code(Role role) => role.ToString().ToLowerInvariant();

    private Account Store(Account account)
    {
        account = account with { Version = _state.Account!.Version + 1 };

        // Sessions that carry an older stamp are over without being remembered one by one.
        _state = _state with { Account = account, Ended = account.Stamp == _state.Account.Stamp ? _state.Ended.OrEmpty() : [] };
        return account;
    }

    private void Note(Actor by, string act, DateTimeOffset now, string? detail = null) => Acts.Note(now, by, act, detail);
}
