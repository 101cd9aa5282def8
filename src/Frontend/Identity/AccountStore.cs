using Microsoft.AspNetCore.Identity;
using Trove.Contracts.Accounts;
using Trove.Frontend.Accounts;
using Trove.Frontend.Auditing;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Identity;

/// <summary>Identity's store over the account's own grain; there is no other database. Nothing is cached: what is read is what stands there now.</summary>
internal sealed class AccountStore(IGrainFactory grains, GrainCalls calls, EmailKeys emails, IHttpContextAccessor http)
    : IUserPasswordStore<AccountUser>, IUserEmailStore<AccountUser>, IUserSecurityStampStore<AccountUser>, IUserTwoFactorStore<AccountUser>
{
    private static readonly IdentityError Changed = new IdentityErrorDescriber().ConcurrencyFailure();

    public async Task<AccountUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Keys.IsValid(userId) && (await calls.Run(grains.GetGrain<IAccountGrain>(userId), static account => account.Read())).Value is { } found ? new AccountUser(found) : null;

    public async Task<AccountUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken)
    {
        var owner = await calls.Run(grains.GetGrain<IEmailGrain>(emails.Of(normalizedEmail)), static email => email.Owner());

        // A claim may outlive the address that it was for; the account knows which one it has.
        return owner is not null && await FindByIdAsync(owner, cancellationToken) is { } user && user.Account.Email == normalizedEmail ? user : null;
    }

    /// <summary>The account that an outside identity signs in to. As with addresses, the account knows which logins it has.</summary>
    public async Task<AccountUser?> FindByLogin(OutsideLogin login)
    {
        var owner = await calls.Run(grains.GetGrain<ILoginGrain>(login.Key), static claim => claim.Owner());
        return owner is not null && await FindByIdAsync(owner, default) is { } user && user.Account.Logins.OrEmpty().Contains(login) ? user : null;
    }

    /// <summary>Claims an outside identity for an account, before the account has it. False when it is another's.</summary>
    public Task<bool> Claim(OutsideLogin login, AccountUser user) =>
        calls.Run((Login: grains.GetGrain<ILoginGrain>(login.Key), user.Account.Id), static call => call.Login.Claim(call.Id));

    /// <summary>Gives an outside identity up, after the account has lost it.</summary>
    public Task Release(OutsideLogin login, AccountUser user) => calls.Run((Login: grains.GetGrain<ILoginGrain>(login.Key), user.Account.Id), static async call =>
    {
        await call.Login.Release(call.Id);
        return true;
    });

    public Task<AccountUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByEmailAsync(normalizedUserName, cancellationToken);

    /// <summary>Creates the account if its address is free; of two at once, the address decides.</summary>
    public async Task<IdentityResult> CreateAsync(AccountUser user, CancellationToken cancellationToken)
    {
        var id = user.Account.Id;
        if (!await calls.Run((Email: grains.GetGrain<IEmailGrain>(user.Account.EmailKey), id), static call => call.Email.Claim(call.id)))
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().DuplicateEmail(""));
        }

        return Stored(user, await calls.Run(
            (Grain: grains.GetGrain<IAccountGrain>(id), By: By(user), user.Account), static call => call.Grain.Create(call.By, call.Account)));
    }

    public async Task<IdentityResult> UpdateAsync(AccountUser user, CancellationToken cancellationToken) => Stored(user, await calls.Run(
        (Grain: grains.GetGrain<IAccountGrain>(user.Account.Id), By: By(user), user.Account), static call => call.Grain.Update(call.By, call.Account)));

    public async Task<IdentityResult> DeleteAsync(AccountUser user, CancellationToken cancellationToken)
    {
        await calls.Run((Email: grains.GetGrain<IEmailGrain>(user.Account.EmailKey), user.Account.Id), static async call =>
        {
            await call.Email.Release(call.Id);
            return true;
        });
        foreach (var login in user.Account.Logins.OrEmpty())
        {
            await Release(login, user);
        }

        await calls.Run((Grain: grains.GetGrain<IAccountGrain>(user.Account.Id), By: By(user)), static async call =>
        {
            await call.Grain.Erase(call.By);
            return true;
        });
        return IdentityResult.Success;
    }

    public Task<string> GetUserIdAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Account.Id);

    public Task<string?> GetUserNameAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account.Email);

    public Task SetUserNameAsync(AccountUser user, string? userName, CancellationToken cancellationToken) => SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account.Email);

    /// <summary>Addresses are kept in normal form only.</summary>
    public Task SetNormalizedUserNameAsync(AccountUser user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetEmailAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account.Email);

    public Task SetEmailAsync(AccountUser user, string? email, CancellationToken cancellationToken) =>
        Set(user, EmailAddress.TryRead(email, out var address) ? user.Account with { Email = address, EmailKey = emails.Of(address) } : throw new ArgumentException("Not an address.", nameof(email)));

    public Task<bool> GetEmailConfirmedAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Account.EmailConfirmed);

    public Task SetEmailConfirmedAsync(AccountUser user, bool confirmed, CancellationToken cancellationToken) => Set(user, user.Account with { EmailConfirmed = confirmed });

    public Task<string?> GetNormalizedEmailAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account.Email);

    /// <inheritdoc cref="SetNormalizedUserNameAsync"/>
    public Task SetNormalizedEmailAsync(AccountUser user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Account.PasswordHash);

    public Task<bool> HasPasswordAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Account.PasswordHash is not null);

    public Task SetPasswordHashAsync(AccountUser user, string? passwordHash, CancellationToken cancellationToken) => Set(user, user.Account with { PasswordHash = passwordHash });

    public Task<string?> GetSecurityStampAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account.Stamp);

    public Task SetSecurityStampAsync(AccountUser user, string stamp, CancellationToken cancellationToken) => Set(user, user.Account with { Stamp = stamp });

    public Task<bool> GetTwoFactorEnabledAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Account.TwoFactor);

    public Task SetTwoFactorEnabledAsync(AccountUser user, bool enabled, CancellationToken cancellationToken) => Set(user, user.Account with { TwoFactor = enabled });

    public void Dispose()
    {
    }

    private static Task Set(AccountUser user, Account account)
    {
        user.Account = account;
        return Task.CompletedTask;
    }

    private static IdentityResult Stored(AccountUser user, Result<Account> result)
    {
        if (result.Value is not { } stored)
        {
            return IdentityResult.Failed(Changed);
        }

        user.Account = stored;
        return IdentityResult.Success;
    }

    /// <summary>People change their own accounts; what admins do to them goes past this store.</summary>
    private Actor By(AccountUser user) => http.HttpContext.ActorOf(user.Account.Id);
}
