using Trove.Contracts.Accounts;
using Trove.Frontend.Identity;
using Trove.Frontend.Identity.Mail;
using Trove.Frontend.Identity.Outside;

namespace Trove.Frontend.Accounts;

/// <summary>
/// What becomes of somebody whom a provider knows. An identity is never linked to an account because their addresses are the same: whoever controls one
/// must not get the other by it. The owner links, signed in.
/// </summary>
internal sealed class OutsideSignIns(AccountStore store, SignIns signIns, SignUps signUps, MyAccount mine, LoginKeys logins, IMail mail, TimeProvider clock)
{
    /// <summary>Whoever has no password shows who they are by having signed in just now.</summary>
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(10);

    private static readonly Problem NoAddress = new(
        "outside-email-missing", "You have no account here yet, and this provider does not say that an address is yours. Sign up with your address and a password; then link the provider.");

    private static readonly Problem AddressTaken = new(
        "outside-email-taken", "There is an account with your address already. Sign in with its password, and link this provider there.");

    private static readonly Problem LinkRefused = new("outside-link-refused", "You are not signed in any more as who began to link this provider. Sign in and begin again.");
    private static readonly Problem OtherAccount = new("login-taken", "With this identity somebody signs in to another account. Unlink it there first.");
    private static readonly Problem LinkedAlready = new("login-linked", "Your account is linked with another identity of this provider. Unlink that one first.");
    private static readonly Problem NotLinked = new("outside-unknown", "Your account is not linked with this provider.");
    private static readonly Problem OnlyWayIn = new("only-way-in", "This is your only way to sign in. Choose a password first: say that you forgot it, and a code is mailed to you.");
    private static readonly Problem SessionOld = new("session-old", "Sign in again, then do this within ten minutes: your account has no password that could be asked for.");

    /// <summary>Lets in who is known, or signs up who is not.</summary>
    public async Task<Result<SignedIn>> Enter(HttpContext http, string provider, OutsideIdentity who)
    {
        var login = logins.Of(provider, who.Subject);
        if (await store.FindByLogin(login) is { } known)
        {
            return await signIns.Enter(http, known);
        }

        if (who.Email is not { } address)
        {
            return NoAddress;
        }

        var name = who.Name ?? address[..address.IndexOf('@', StringComparison.Ordinal)];
        var there = await store.FindByEmailAsync(address, default);
        if (there is { Account.EmailConfirmed: true })
        {
            // It may have come into being this very moment, in another window of the same person.
            return there.Account.Logins.OrEmpty().Contains(login) ? await signIns.Enter(http, there) : AddressTaken;
        }

        var user = there is null ? new AccountUser(signUps.New(address, name, hash: null)) : TakeOver(there, name);
        user.Account = user.Account with { EmailConfirmed = true, Logins = [login] };
        if (!await store.Claim(login, user))
        {
            return MyAccount.ChangedMeanwhile; // the same person, in two windows at once
        }

        var stored = there is null ? await store.CreateAsync(user, default) : await store.UpdateAsync(user, default);
        if (!stored.Succeeded)
        {
            await store.Release(login, user);
            return MyAccount.ChangedMeanwhile;
        }

        return await signIns.Enter(http, user);
    }

    /// <summary>Looks whether the person at the keyboard may add a way in.</summary>
    public async Task<Result<OutsideAttempt>> MayLink(HttpContext http, string provider, string? password, string page)
    {
        var found = await mine.Of(http);
        if (found.Value is { Account.PasswordHash: not null })
        {
            found = await signIns.Prove(http, password);
        }
        else if (http.User.SignedIn() + JustNow <= clock.GetUtcNow())
        {
            return SessionOld;
        }

        return found.Value is not { } user ? found.Problem!
            : Linked(user, provider).Any() ? LinkedAlready
            : new OutsideAttempt(page, user.Account.Id, user.Account.Stamp);
    }

    /// <summary>Links the identity, if who began it is still signed in, and nothing about the account's secrets has changed since.</summary>
    public async Task<Problem?> Link(HttpContext http, string provider, OutsideIdentity who, OutsideAttempt attempt)
    {
        if (http.User.Way() != Ways.Session || http.User.Caller() != attempt.Account || http.User.Stamp() != attempt.Stamp || (await mine.Of(http)).Value is not { } user)
        {
            return LinkRefused;
        }

        var login = logins.Of(provider, who.Subject);
        if (user.Account.Logins.OrEmpty().Contains(login))
        {
            return null;
        }

        if (Linked(user, provider).Any() || !await store.Claim(login, user))
        {
            return Linked(user, provider).Any() ? LinkedAlready : OtherAccount;
        }

        user.Account = user.Account with { Logins = user.Account.Logins.OrEmpty().Add(login) };
        if (await Store(http, user) is { } problem)
        {
            await store.Release(login, user);
            return problem;
        }

        return null;
    }

    /// <summary>Unlinks a provider, configured or not, unless nobody could sign in any more.</summary>
    public async Task<Problem?> Unlink(HttpContext http, string provider)
    {
        var found = await mine.Of(http);
        if (found.Value is not { } user || !Linked(user, provider).Any())
        {
            return found.Problem ?? NotLinked;
        }

        var gone = Linked(user, provider).ToList();
        user.Account = user.Account with { Logins = user.Account.Logins.RemoveRange(gone) };
        if (user.Account.PasswordHash is null && !user.Account.Logins.Any(logins.IsUsable))
        {
            return OnlyWayIn;
        }

        if (await Store(http, user) is { } problem)
        {
            return problem;
        }

        foreach (var login in gone)
        {
            await store.Release(login, user);
        }

        return null;
    }

    /// <summary>
    /// An address that was never confirmed is nobody's, also here: what somebody else may have prepared behind it, a password first of all, is gone.
    /// </summary>
    private static AccountUser TakeOver(AccountUser unconfirmed, string name)
    {
        unconfirmed.Account = unconfirmed.Account with { Name = name, PasswordHash = null, Guest = null };
        unconfirmed.NewStamp();
        return unconfirmed;
    }

    private static IEnumerable<OutsideLogin> Linked(AccountUser user, string provider) => user.Account.Logins.OrEmpty().Where(login => login.Provider == provider);

    /// <summary>Ways in have changed: every other session ends, and the owner is told.</summary>
    private async Task<Problem?> Store(HttpContext http, AccountUser user)
    {
        user.NewStamp();
        if (!(await store.UpdateAsync(user, default)).Succeeded)
        {
            return MyAccount.ChangedMeanwhile;
        }

        mail.Send(user.Account.Id, Letters.LoginsChanged(user.Account.Email));
        await signIns.Begin(http, user);
        return null;
    }
}
