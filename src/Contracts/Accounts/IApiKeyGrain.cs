namespace Trove.Contracts.Accounts;

/// <summary>One API key. Its secret is shown once, when it is made; only a hash is kept. Key: the public part of the key.</summary>
[Alias("trove.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithStringKey
{
    /// <summary>Makes the key. The same again changes nothing.</summary>
    [Alias("Create")]
    Task<Result<ApiKeyView>> Create(Actor by, NewApiKey key);

    /// <summary>What the key stands for now. The secret is compared by the caller, in constant time, with the hash.</summary>
    [Alias("Read"), ReadOnly]
    Task<Result<ApiKey>> Read();

    /// <summary>Ends the key for good. Only its own account may; idempotent.</summary>
    [Alias("Revoke")]
    Task<Result<ApiKeyView>> Revoke(Actor by);

    /// <summary>Erases everything but that the id was used, so that no late <see cref="Create"/> brings the key back: its account is erased. Idempotent.</summary>
    [Alias("Erase")]
    Task Erase();
}

/// <summary>What a key may do. Never more than its account.</summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look.</summary>
    Read = 1,

    /// <summary>Change projects and work as a contributor.</summary>
    Write = 2,

    /// <summary>Deposits and payouts.</summary>
    Money = 4,

    /// <summary>What an admin may, if the account is one.</summary>
    Admin = 8,
}

/// <summary>A key to make.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Hash">SHA-256 of the secret in lower-case hex.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Expires">When it ends by itself.</param>
[GenerateSerializer, Immutable, Alias("trove.new-api-key")]
public sealed record NewApiKey(
    [property: Id(0)] string Account,
    [property: Id(1)] string Name,
    [property: Id(2)] string Hash,
    [property: Id(3)] Scopes Scopes,
    [property: Id(4)] DateTimeOffset Expires);

/// <summary>A key as its owner sees it in a list.</summary>
[GenerateSerializer, Immutable, Alias("trove.api-key-view")]
public sealed record ApiKeyView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] Scopes Scopes,
    [property: Id(3)] DateTimeOffset Created,
    [property: Id(4)] DateTimeOffset Expires,
    [property: Id(5)] DateTimeOffset? Revoked);

/// <summary>A key as the frontend judges it.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Hash">SHA-256 of the secret in lower-case hex.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="Revoked">Whether it was ended.</param>
[GenerateSerializer, Immutable, Alias("trove.api-key")]
public sealed record ApiKey(
    [property: Id(0)] string Account,
    [property: Id(1)] string Hash,
    [property: Id(2)] Scopes Scopes,
    [property: Id(3)] DateTimeOffset Expires,
    [property: Id(4)] bool Revoked);
