using Trove.Contracts.Accounts;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Identity.Mail;

namespace Trove.Frontend.Accounts;

/// <summary>What a signed-in person changes of their own account. What would lock them out, or let somebody else in, takes the password again.</summary>
internal sealed class MyAccount(AccountStore store, SignIns signIns, Passwords passwords, MailedCodes codes, IMail mail, LetterLimit limit, IGrainFactory grains, GrainCalls calls)
{
    /// <summary>Two changes met.</summary>
    public static readonly Problem ChangedMeanwhile = new("account-changed", "The account was changed meanwhile. Send the same again.");

    private static readonly Problem Unknown = new("account-unknown", "There is no such account any more.");

    public async Task<Result<AccountUser>> Of(HttpContext http) => await store.FindByIdAsync(http.User.Caller(), default) is { } user ? user : Unknown;

    public async Task<Problem?> Rename(HttpContext http, string? text)
    {
        if (!PersonNames.TryRead(text, out var name))
        {
            return PersonNames.Invalid;
        }

        var found = await Of(http);
        if (found.Value is not { } user)
        {
            return found.Problem;
        }

        user.Account = user.Account with { Name = name };
        return await Store(user);
    }

    public async Task<Problem?> ChangePassword(HttpContext http, PasswordBody body)
    {
        var proved = await signIns.Prove(http, body.Password);
        if (proved.Value is not { } user)
        {
            return proved.Problem;
        }

        var hash = await passwords.Make(body.NewPassword, user.Account.Email, user.Account.Name);
        if (hash.Value is null)
        {
            return hash.Problem;
        }

        user.Account = user.Account with { PasswordHash = hash.Value };
        user.NewStamp();
        if (await Store(user) is { } problem)
        {
            return problem;
        }

        mail.Send(user.Account.Id, Letters.PasswordChanged(user.Account.Email));
        await signIns.Begin(http, user); // every other session is over
        return null;
    }

    /// <summary>Mails a code to the new address; whether somebody has that already is told to nobody here.</summary>
    public async Task<Problem?> AskToMove(HttpContext http, EmailBody body)
    {
        if (!EmailAddress.TryRead(body.Email, out var address))
        {
            return EmailAddress.Invalid;
        }

        var proved = await signIns.Prove(http, body.Password);
        if (proved.Value is not { } user)
        {
            return proved.Problem;
        }

        if (limit.Takes(address, nameof(AskToMove)))
        {
            mail.Send(user.Account.Id, await store.FindByEmailAsync(address, default) is { Account.EmailConfirmed: true }
                ? Letters.SomebodyTried(address)
                : Letters.Move(address, await codes.ToMove(user, address)));
        }

        return null;
    }

    /// <summary>Moves to the address that the code was mailed to. The claim comes first, so that a crash leaves the account with an address that is its own.</summary>
    public async Task<Problem?> Move(HttpContext http, string? email, string? code)
    {
        if (!EmailAddress.TryRead(email, out var address) || await codes.ReadMove(code, address) is not { } user || user.Account.Id != http.User.Caller())
        {
            return MailedCodes.Invalid;
        }

        var old = user.Account;
        await store.SetEmailAsync(user, address, default);
        user.NewStamp();
        await ClearOfNobody(address);
        if (!await calls.Run((Email: grains.GetGrain<IEmailGrain>(user.Account.EmailKey), old.Id), static call => call.Email.Claim(call.Id)))
        {
            return MailedCodes.Invalid;
        }

        if (await Store(user) is { } problem)
        {
            return problem;
        }

        await calls.Run((Email: grains.GetGrain<IEmailGrain>(old.EmailKey), old.Id), static async call =>
        {
            await call.Email.Release(call.Id);
            return true;
        });
        mail.Send(old.Id, Letters.Moved(old.Email));
        await signIns.Begin(http, user);
        return null;
    }

    /// <summary>An address that was never confirmed is nobody's: a sign-up that holds it goes, or whoever is quick could keep its owner from ever moving there.</summary>
    private async Task ClearOfNobody(string address)
    {
        if (await store.FindByEmailAsync(address, default) is { Account.EmailConfirmed: false } nobody)
        {
            nobody.NewStamp(); // first, or it might be confirmed while it is deleted
            if ((await store.UpdateAsync(nobody, default)).Succeeded)
            {
                await store.DeleteAsync(nobody, default);
            }
        }
    }

    private async Task<Problem?> Store(AccountUser user) => (await store.UpdateAsync(user, default)).Succeeded ? null : ChangedMeanwhile;
}
