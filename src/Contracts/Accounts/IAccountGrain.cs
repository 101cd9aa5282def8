using System.Collections.Immutable;

namespace Trove.Contracts.Accounts;

/// <summary>
/// One person who signs in. Key: an opaque id, never reused. The only record that ties an e-mail address, a name and a contributor together,
/// and made to be erased. What proves who somebody is (hashes of passwords, codes, keys) is computed outside; the grain keeps it and counts attempts.
/// </summary>
[Alias("trove.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Creates the account. The same again changes nothing; another under the same id is refused with <c>account-exists</c>.</summary>
    [Alias("Create")]
    Task<Result<Account>> Create(Actor by, Account account);

    /// <summary>All of it, secrets included: for the sign-in code only. <c>account-unknown</c> when there is none, or no more.</summary>
    [Alias("Read"), ReadOnly]
    Task<Result<Account>> Read();

    /// <summary>
    /// Replaces what the person and the sign-in code may change: address, name, hashes, two-factor, logins. Roles and counters of attempts stay as they are.
    /// Refused with <c>account-changed</c> when <see cref="Account.Version"/> is not the stored one; the same again is answered as the first time.
    /// </summary>
    [Alias("Update")]
    Task<Result<Account>> Update(Actor by, Account changed);

    /// <summary>What every request asks: is there such an account, may it act, as what.</summary>
    [Alias("Standing"), ReadOnly]
    Task<AccountStanding> Standing();

    /// <summary>
    /// Counts an attempt to prove who one is, before it is judged, so that many at a time are counted as many. False when attempts are used up for a while;
    /// then nothing may be judged.
    /// </summary>
    [Alias("BeginAttempt")]
    Task<bool> BeginAttempt();

    /// <summary>The attempt succeeded: the count starts over. Noted as a sign-in.</summary>
    [Alias("AttemptSucceeded")]
    Task AttemptSucceeded(Actor by);

    /// <summary>Gives or takes a role; <see cref="Role.Contributor"/> is everybody's. Answered when it is durable and on its way to every frontend.</summary>
    [Alias("SetRole")]
    Task<Result<AccountStanding>> SetRole(Actor by, Role role, bool given);

    /// <summary>Suspends the account or lets it act again.</summary>
    [Alias("Suspend")]
    Task<Result<AccountStanding>> Suspend(Actor by, bool suspended);

    /// <summary>Ends every session everywhere; API keys stay.</summary>
    [Alias("SignOutEverywhere")]
    Task<Result<AccountStanding>> SignOutEverywhere(Actor by);

    /// <summary>Ends one session: its cookie is good for nothing any more, should somebody have kept it. So many at once that they cannot be remembered end all.</summary>
    [Alias("EndSession")]
    Task EndSession(Actor by, string session);

    /// <summary>Enters an API key into the list of the account, or changes its line.</summary>
    [Alias("EnterKey")]
    Task<Result<Done>> EnterKey(Actor by, ApiKeyView key);

    /// <summary>
    /// Closes the account for good, as the first step of its erasure: from now on it may not act, and nothing is read or changed of it. Idempotent. Answers with what is still there, by which
    /// the rest is found and erased; <c>account-unknown</c> when there is nothing any more.
    /// </summary>
    [Alias("BeginErasure")]
    Task<Result<Account>> BeginErasure(Actor by);

    /// <summary>Erases everything but that the id was used. Idempotent; answered when durable. What else must go is erased before by whoever calls; only its audit log,
    /// which still takes the note of this, is forgotten after.</summary>
    [Alias("Erase")]
    Task Erase(Actor by);
}

/// <summary>What an account may be.</summary>
public enum Role
{
    /// <summary>Labels and offers photographs: everybody.</summary>
    Contributor = 0,

    /// <summary>Creates projects.</summary>
    Developer = 1,

    /// <summary>Decides contested items.</summary>
    Reviewer = 2,

    /// <summary>Runs this Trove.</summary>
    Admin = 3,
}

/// <summary>An account, whole.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Version">Grows with each change; 0 before it is created.</param>
/// <param name="Contributor">The contributor that this person works as. Nothing else in Trove ties the two.</param>
/// <param name="Email">Address in normal form.</param>
/// <param name="EmailConfirmed">Whether mail to it was answered.</param>
/// <param name="Name">What the person wants to be called.</param>
/// <param name="PasswordHash">Null for who signs in elsewhere only.</param>
/// <param name="Stamp">Changes with each change of secrets; sessions that carry another are over.</param>
/// <param name="TwoFactor">Whether a second factor is asked.</param>
/// <param name="AuthenticatorKey">Shared secret of the authenticator app, protected.</param>
/// <param name="RecoveryCodes">Hashes of the codes that are left.</param>
/// <param name="Logins">Outside identities.</param>
/// <param name="Roles">Beyond contributor.</param>
/// <param name="Created">When.</param>
/// <param name="Keys">API keys, revoked ones too.</param>
/// <param name="Guest">Work done as a guest before signing up, to be handed in at confirmation; null when none.</param>
/// <param name="EmailKey">Key of the grain that holds the claim on the address: a claim whose account names another, or none, is void.</param>
/// <param name="CodeStep">Time step of the last code of the authenticator app that was taken; none of it or before is taken again.</param>
[GenerateSerializer, Immutable, Alias("trove.account")]
public sealed record Account(
    [property: Id(0)] string Id,
    [property: Id(1)] long Version,
    [property: Id(2)] string Contributor,
    [property: Id(3)] string Email,
    [property: Id(4)] bool EmailConfirmed,
    [property: Id(5)] string Name,
    [property: Id(6)] string? PasswordHash,
    [property: Id(7)] string Stamp,
    [property: Id(8)] bool TwoFactor,
    [property: Id(9)] string? AuthenticatorKey,
    [property: Id(10)] ImmutableArray<string> RecoveryCodes,
    [property: Id(11)] ImmutableArray<OutsideLogin> Logins,
    [property: Id(12)] ImmutableArray<Role> Roles,
    [property: Id(13)] DateTimeOffset Created,
    [property: Id(14)] ImmutableArray<ApiKeyView> Keys,
    [property: Id(15)] string? Guest = null,
    [property: Id(16)] string EmailKey = "",
    [property: Id(17)] long CodeStep = 0);

/// <summary>An identity at an outside provider.</summary>
/// <param name="Provider">Name of the provider in the settings.</param>
/// <param name="Subject">Who it is there.</param>
/// <param name="Key">Key of the grain that holds the claim on it: a claim whose account has no login with this key is void.</param>
[GenerateSerializer, Immutable, Alias("trove.outside-login")]
public sealed record OutsideLogin([property: Id(0)] string Provider, [property: Id(1)] string Subject, [property: Id(2)] string Key = "");

/// <summary>Whether an account may act, and as what.</summary>
/// <param name="MayAct">False when there is none, it is suspended, or its address is not confirmed.</param>
/// <param name="Contributor">The contributor it works as; empty when it may not act.</param>
/// <param name="Stamp">What a session must carry to be alive; empty when it may not act.</param>
/// <param name="Roles">Contributor, and what else was given.</param>
/// <param name="Ended">Sessions that were ended one by one and still carry the stamp.</param>
/// <param name="TwoFactor">Whether a second factor is asked at sign-in.</param>
[GenerateSerializer, Immutable, Alias("trove.account-standing")]
public sealed record AccountStanding(
    [property: Id(0)] bool MayAct,
    [property: Id(1)] string Contributor,
    [property: Id(2)] string Stamp,
    [property: Id(3)] ImmutableArray<Role> Roles,
    [property: Id(4)] ImmutableArray<string> Ended = default,
    [property: Id(5)] bool TwoFactor = false);
