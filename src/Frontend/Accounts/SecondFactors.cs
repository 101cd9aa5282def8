using Microsoft.AspNetCore.DataProtection;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>The authenticator app and the recovery codes of an account. The app's secret leaves this class protected; each code is good once.</summary>
internal sealed class SecondFactors(AccountStore store, IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly Problem NotBegun = new("two-factor-not-begun", "Ask for a secret first: POST /api/v1/me/two-factor.");
    private static readonly Problem AlreadyOn = new("two-factor-on", "The second factor is on already. Turn it off before you set up another app.");
    private static readonly Problem Off = new("two-factor-off", "The second factor is not on.");
    private static readonly Problem WrongCode = new("code-invalid", "That is not the code which the app shows now. Check the clock of the device.");

    private readonly IDataProtector _secrets = protection.CreateProtector("Trove.Authenticator");

    /// <summary>A new secret for the app. Nothing is asked for yet.</summary>
    public async Task<Result<AuthenticatorView>> Start(AccountUser user)
    {
        if (user.Account.TwoFactor)
        {
            return AlreadyOn;
        }

        var secret = Totp.NewSecret();
        user.Account = user.Account with { AuthenticatorKey = _secrets.Protect(secret), CodeStep = 0 };
        return await Store(user) is { } problem ? problem : new AuthenticatorView(secret, Totp.Uri(secret, "Trove", user.Account.Email));
    }

    /// <summary>Turns it on, once a code proves that the app has the secret.</summary>
    public async Task<Result<RecoveryCodesView>> Enable(AccountUser user, string? code)
    {
        if (user.Account.TwoFactor || user.Account.AuthenticatorKey is null)
        {
            return user.Account.TwoFactor ? AlreadyOn : NotBegun;
        }

        if (StepOf(user, code) is not { } step)
        {
            return WrongCode;
        }

        user.Account = user.Account with { TwoFactor = true, CodeStep = step };
        user.NewStamp(); // a session that somebody else holds never showed a second factor
        return await Renew(user);
    }

    /// <summary>Turns it off and forgets the secret.</summary>
    public Task<Problem?> Disable(AccountUser user)
    {
        if (!user.Account.TwoFactor)
        {
            return Task.FromResult<Problem?>(Off);
        }

        user.Account = user.Account with { TwoFactor = false, AuthenticatorKey = null, RecoveryCodes = [], CodeStep = 0 };
        user.NewStamp();
        return Store(user);
    }

    /// <summary>New recovery codes; the old ones are worthless.</summary>
    public async Task<Result<RecoveryCodesView>> Renew(AccountUser user)
    {
        if (!user.Account.TwoFactor)
        {
            return Off;
        }

        var codes = RecoveryCodes.Make();
        user.Account = user.Account with { RecoveryCodes = [.. codes.Select(code => RecoveryCodes.Hash(user.Account.Id, code))] };
        return await Store(user) is { } problem ? problem : new RecoveryCodesView(codes);
    }

    /// <summary>Takes a code of the app or a recovery code, for good: of two who send the same at once, one is too late.</summary>
    public async Task<bool> Take(AccountUser user, string? code, string? recoveryCode)
    {
        if (!user.Account.TwoFactor)
        {
            return false;
        }

        if (recoveryCode is not null)
        {
            if (RecoveryCodes.Without(user.Account.RecoveryCodes, user.Account.Id, recoveryCode) is not { } left)
            {
                return false;
            }

            user.Account = user.Account with { RecoveryCodes = left };
        }
        else if (StepOf(user, code) is { } step)
        {
            user.Account = user.Account with { CodeStep = step };
        }
        else
        {
            return false;
        }

        // Sealed anew, so that two who take the same at once make two changes: the later one is refused, and not taken for a repetition of the first.
        user.Account = user.Account with { AuthenticatorKey = _secrets.Protect(_secrets.Unprotect(user.Account.AuthenticatorKey!)) };
        return await Store(user) is null;
    }

    private long? StepOf(AccountUser user, string? code) => Totp.Step(_secrets.Unprotect(user.Account.AuthenticatorKey!), code, user.Account.CodeStep, clock.GetUtcNow());

    private async Task<Problem?> Store(AccountUser user) => (await store.UpdateAsync(user, default)).Succeeded ? null : MyAccount.ChangedMeanwhile;
}
