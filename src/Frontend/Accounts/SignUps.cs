using Trove.Contracts.Accounts;
using Trove.Contracts.Guests;
using Trove.Frontend.Guests;
using Trove.Frontend.Identity;
using Trove.Frontend.Identity.Mail;

namespace Trove.Frontend.Accounts;

/// <summary>
/// Coming in, and finding back in. Who asks about an address learns nothing from the answer, whether it is known here or not; its owner learns everything, by mail.
/// </summary>
internal sealed class SignUps(AccountStore store, Passwords passwords, EmailKeys emails, MailedCodes codes, HandIns handIns, IMail mail, LetterLimit limit)
{
    /// <summary>Takes a sign-up. Whoever has the address gets a mail: to confirm, or that somebody tried.</summary>
    /// <param name="body">As it was sent.</param>
    /// <param name="guest">Who signs up has worked as this guest; what is held is handed in when the address is confirmed.</param>
    public async Task<Problem?> SignUp(SignUpBody body, string? guest)
    {
        if (!EmailAddress.TryRead(body.Email, out var address))
        {
            return EmailAddress.Invalid;
        }

        if (!PersonNames.TryRead(body.Name, out var name))
        {
            return PersonNames.Invalid;
        }

        var hash = await passwords.Make(body.Password, address, name);
        if (hash.Value is null)
        {
            return hash.Problem;
        }

        var created = new AccountUser(New(address, name, hash.Value) with { Guest = guest });
        if ((await store.CreateAsync(created, default)).Succeeded)
        {
            await SendConfirmation(created);
        }
        else if (await store.FindByEmailAsync(address, default) is { } known && limit.Takes(address, nameof(SignUp)))
        {
            await Again(known, name, hash.Value, guest);
        }

        return null; // the address is claimed by a sign-up under way, whose mail its owner gets
    }

    /// <summary>Takes the code of a mail: the address is its owner's, and so is what was held of a guest.</summary>
    /// <returns>What became of a guest's answers, if there were any.</returns>
    public async Task<(Problem? Problem, HandInReport? HandedIn)> Confirm(string? code)
    {
        if (await codes.ReadConfirm(code) is not { } user || user.Account.EmailConfirmed)
        {
            return (MailedCodes.Invalid, null);
        }

        user.Account = user.Account with { EmailConfirmed = true };
        user.NewStamp();
        return (await store.UpdateAsync(user, default)).Succeeded ? (null, await handIns.OfSignUp(user)) : (MailedCodes.Invalid, null);
    }

    /// <summary>Mails a code to choose a new password, if there is anybody to mail to.</summary>
    public async Task<Problem?> Forgotten(string? email)
    {
        if (!EmailAddress.TryRead(email, out var address))
        {
            return EmailAddress.Invalid;
        }

        if (await store.FindByEmailAsync(address, default) is { } user && limit.Takes(address, nameof(Forgotten)))
        {
            mail.Send(user.Account.Id, Letters.Forgotten(address, await codes.ToReset(user)));
        }

        return null;
    }

    /// <summary>Takes a new password for the code of a mail, which also confirms the address. Every session ends.</summary>
    public async Task<Problem?> Reset(ResetBody body)
    {
        if (await codes.ReadReset(body.Code) is not { } user)
        {
            return MailedCodes.Invalid;
        }

        var hash = await passwords.Make(body.Password, user.Account.Email, user.Account.Name);
        if (hash.Value is null)
        {
            return hash.Problem;
        }

        user.Account = user.Account with { PasswordHash = hash.Value, EmailConfirmed = true };
        user.NewStamp();
        if (!(await store.UpdateAsync(user, default)).Succeeded)
        {
            return MailedCodes.Invalid; // another used the same code first
        }

        mail.Send(user.Account.Id, Letters.PasswordChanged(user.Account.Email));
        await handIns.OfSignUp(user);
        return null;
    }

    /// <summary>An account that nobody has yet; without a hash, no password signs in to it.</summary>
    public Account New(string address, string name, string? hash) => new(
        Guid.NewGuid().ToString("N"), 0, Guid.NewGuid().ToString("N"), address, EmailConfirmed: false, name, hash, Guid.NewGuid().ToString("N"), TwoFactor: false, null, [], [], [], default, [],
        EmailKey: emails.Of(address));

    /// <summary>
    /// An address that was never confirmed is nobody's: the newest sign-up counts, its guest too, and what was mailed before is worthless. So nobody can lie in wait with a password of
    /// theirs behind another person's address.
    /// </summary>
    private async Task Again(AccountUser known, string name, string hash, string? guest)
    {
        if (known.Account.EmailConfirmed)
        {
            mail.Send(known.Account.Id, Letters.SomebodyTried(known.Account.Email));
            return;
        }

        known.Account = known.Account with { Name = name, PasswordHash = hash, Guest = guest };
        known.NewStamp();
        if ((await store.UpdateAsync(known, default)).Succeeded)
        {
            await SendConfirmation(known);
        }
    }

    private async Task SendConfirmation(AccountUser user) => mail.Send(user.Account.Id, Letters.Confirm(user.Account.Email, await codes.ToConfirm(user)));
}
