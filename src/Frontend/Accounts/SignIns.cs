using Microsoft.AspNetCore.DataProtection;
using Trove.Contracts.Accounts;
using Trove.Contracts.Guests;
using Trove.Frontend.Auditing;
using Trove.Frontend.Guests;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>
/// Judges who somebody is. Every attempt is counted in the account, durably, before it is judged; and whatever is wrong (address unknown, password wrong, locked, not
/// confirmed, suspended), the answer is the same and costs one hash.
/// </summary>
internal sealed partial class SignIns(
    AccountStore store, Passwords passwords, SecondFactors factors, HandIns handIns, IGrainFactory grains, GrainCalls calls, IDataProtectionProvider protection, TimeProvider clock,
    ILogger<SignIns> logger)
{
    /// <summary>The answer to all that is wrong.</summary>
    public static readonly Problem Refused = new(
        "sign-in-refused", "That did not work. Check address and password; after many attempts wait five minutes; and confirm your address first if you have not yet.");

    private static readonly Problem PasswordRefused = new("password-refused", "That is not your password, or there were too many attempts: then wait five minutes.");

    private static readonly TimeSpan SecondFactorTime = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _pending = protection.CreateProtector("Trove.SecondFactor").ToTimeLimitedDataProtector();

    /// <summary>Judges address and password. Signs in, unless a second factor is asked: then the answer is the ticket for <see cref="SecondFactor"/>.</summary>
    public async Task<Result<SignedIn>> SignIn(HttpContext http, SignInBody body)
    {
        var known = EmailAddress.TryRead(body.Email, out var address) ? await store.FindByEmailAsync(address, default) : null;
        if (await Judge(known, body.Password) is { } user)
        {
            return await Enter(http, user);
        }

        LogRefused(logger, Actors.NetworkOf(http.Connection.RemoteIpAddress));
        return Refused;
    }

    // Of an address that was typed nothing is logged: it may be a password, or somebody who has no account.
    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in from {Network} was refused")]
    private static partial void LogRefused(ILogger logger, string? network);

    /// <summary>Signs in who has proved, here or at an outside provider, to be somebody; unless a second factor is asked.</summary>
    public async Task<Result<SignedIn>> Enter(HttpContext http, AccountUser user)
    {
        if (!(await Standing(user)).MayAct)
        {
            return Refused;
        }

        if (user.Account.TwoFactor)
        {
            return new SignedIn(_pending.Protect($"{user.Account.Id}.{user.Account.Stamp}", SecondFactorTime));
        }

        return new SignedIn(null, await Begin(http, user));
    }

    /// <summary>Judges the second factor.</summary>
    public async Task<Result<SignedIn>> SecondFactor(HttpContext http, SecondFactorBody body)
    {
        if (Read(body.SecondFactor) is not [var id, var stamp]
            || await store.FindByIdAsync(id, default) is not { } user
            || user.Account.Stamp != stamp
            || !await Attempt(user)
            || !await factors.Take(user, body.Code, body.RecoveryCode)
            || !(await Standing(user)).MayAct)
        {
            return Refused;
        }

        return new SignedIn(null, await Begin(http, user));
    }

    /// <summary>Asks who is signed in for the password again; the account if it is right.</summary>
    public async Task<Result<AccountUser>> Prove(HttpContext http, string? password)
    {
        var known = await store.FindByIdAsync(http.User.Caller(), default);
        if (await Judge(known, password) is not { } user)
        {
            return PasswordRefused;
        }

        await Succeeded(http, user);
        return user;
    }

    /// <summary>A session for who has proved to be somebody.</summary>
    /// <returns>What became of the answers held of a guest, if there were any.</returns>
    public async Task<HandInReport?> Begin(HttpContext http, AccountUser user)
    {
        await Succeeded(http, user);
        await http.SignInSession(user, clock.GetUtcNow());
        return await handIns.OfSignIn(http, user);
    }

    private async Task<AccountUser?> Judge(AccountUser? known, string? password)
    {
        using var place = passwords.TakePlace(); // first: who is sent away because there is no room has not tried
        var user = known is not null && await Attempt(known) ? known : null;
        if (await passwords.Verify(place, user?.Account.PasswordHash, password) is not { } verified)
        {
            return null;
        }

        if (verified.Better is { } better)
        {
            user!.Account = user.Account with { PasswordHash = better };
            if (!(await store.UpdateAsync(user, default)).Succeeded)
            {
                return await store.FindByIdAsync(user.Account.Id, default); // changed meanwhile: it is hashed anew next time
            }
        }

        return user;
    }

    private string[]? Read(string? ticket)
    {
        try
        {
            return ticket is { Length: <= 1024 } ? _pending.Unprotect(ticket).Split('.') : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private Task<bool> Attempt(AccountUser user) => grains.GetGrain<IAccountGrain>(user.Account.Id).BeginAttempt();

    private Task<AccountStanding> Standing(AccountUser user) => calls.Run(grains.GetGrain<IAccountGrain>(user.Account.Id), static account => account.Standing());

    private Task<bool> Succeeded(HttpContext http, AccountUser user) => calls.Run(
        (Account: grains.GetGrain<IAccountGrain>(user.Account.Id), By: http.ActorOf(user.Account.Id)), static async call =>
        {
            await call.Account.AttemptSucceeded(call.By);
            return true;
        });
}
