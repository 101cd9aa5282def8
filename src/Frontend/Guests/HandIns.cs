using Trove.Contracts.Accounts;
using Trove.Contracts.Guests;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Guests;

/// <summary>
/// Makes a guest's answers those of an account. The account remembers the guest until that is done, so whatever fails is done at the next sign-in; and nobody is
/// kept out because it failed.
/// </summary>
internal sealed partial class HandIns(AccountStore store, GuestCookie cookie, IGrainFactory grains, GrainCalls calls, ILogger<HandIns> logger)
{
    /// <summary>At confirmation, on whatever device: hands in what the account remembers of its sign-up.</summary>
    /// <returns>What became of the answers; null when there were none.</returns>
    public async Task<HandInReport?> OfSignUp(AccountUser user)
    {
        try
        {
            return await Remembered(user);
        }
        catch (Exception exception) when (GrainCalls.IsTransient(exception))
        {
            LogLater(logger, exception);
            return null;
        }
    }

    /// <summary>At sign-in: hands in what the account remembers, then what the browser brings.</summary>
    /// <inheritdoc cref="OfSignUp" path="/returns"/>
    public async Task<HandInReport?> OfSignIn(HttpContext http, AccountUser user)
    {
        try
        {
            var report = await Remembered(user);
            if (cookie.Read(http) is not { } guest)
            {
                return report;
            }

            user.Account = user.Account with { Guest = guest };
            if (!(await store.UpdateAsync(user, default)).Succeeded)
            {
                return report; // the account is changed elsewhere; the cookie stays for the next time
            }

            report = await Remembered(user) ?? report;
            cookie.Delete(http); // the next person at this browser is another guest
            return report;
        }
        catch (Exception exception) when (GrainCalls.IsTransient(exception))
        {
            LogLater(logger, exception);
            return null;
        }
    }

    private async Task<HandInReport?> Remembered(AccountUser user)
    {
        if (user.Account.Guest is not { } guest)
        {
            return null;
        }

        var report = await calls.Run((Guest: grains.GetGrain<IGuestGrain>(guest), user.Account.Contributor), static call => call.Guest.HandIn(call.Contributor));
        user.Account = user.Account with { Guest = null };
        await store.UpdateAsync(user, default); // lost against another change, it is asked for again, and told the same
        return report.Value is { } told && told.Counted + told.Refused.Length > 0 ? told : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A guest's answers could not be handed in; that is done at the next sign-in")]
    private static partial void LogLater(ILogger logger, Exception exception);
}
