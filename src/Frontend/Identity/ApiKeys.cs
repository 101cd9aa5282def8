using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Trove.Contracts.Accounts;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Identity;

/// <summary>
/// Makes and reads API keys, <c>trove_&lt;id&gt;_&lt;secret&gt;</c>: a prefix by which scanners find leaked ones, an id that is no secret, and 256 random bits of which only
/// a SHA-256 is kept. (No slow hash: there is nothing to guess in 256 bits.) Half of the id proves that it was made here, so that a flood of invented keys wakes no grain.
/// </summary>
internal sealed class ApiKeys(byte[] ids, IGrainFactory grains, GrainCalls calls, TimeProvider clock)
{
    public const string Prefix = "trove_";

    /// <summary>Longest life of a key.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    private const int IdLength = 32;
    private const int SecretBytes = 32;

    /// <summary>Makes a key for an account and returns it: the only time that it is seen.</summary>
    public async Task<Result<MadeKey>> Make(Actor by, string name, Scopes scopes, DateTimeOffset expires)
    {
        var id = Proved(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 4)));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var key = new NewApiKey(by.Account, name, Hash(secret), scopes, expires);

        // Listed first: a key that exists and is not listed could not be found to be ended.
        var listed = await calls.Run(
            (Account: grains.GetGrain<IAccountGrain>(by.Account), by, View: new ApiKeyView(id, name, scopes, clock.GetUtcNow(), expires, Revoked: null)),
            static call => call.Account.EnterKey(call.by, call.View));
        if (listed.Problem is { } refused)
        {
            return refused;
        }

        var made = await calls.Run((Grain: grains.GetGrain<IApiKeyGrain>(id), by, key), static call => call.Grain.Create(call.by, call.key));
        return made.Value is { } view ? new MadeKey(view, $"{Prefix}{id}_{secret}") : made.Problem!;
    }

    /// <summary>Ends a key at once, everywhere.</summary>
    public async Task<Result<ApiKeyView>> Revoke(Actor by, string id)
    {
        if (!IsId(id))
        {
            return new Problem("key-unknown", "There is no such API key.");
        }

        var revoked = await calls.Run((Grain: grains.GetGrain<IApiKeyGrain>(id), by), static call => call.Grain.Revoke(call.by));
        if (revoked.Value is { } view)
        {
            await calls.Run((Account: grains.GetGrain<IAccountGrain>(by.Account), by, view), static call => call.Account.EnterKey(call.by, call.view));
        }

        return revoked;
    }

    /// <summary>The key that this text is, with its id; null when it is not a good one. An unknown, wrong, ended and expired one are the same.</summary>
    public async Task<(string Id, ApiKey Key)?> Find(string text)
    {
        var id = text.Length > Prefix.Length + IdLength + 1 ? text.Substring(Prefix.Length, IdLength) : null;
        if (!IsId(id) || text[Prefix.Length + IdLength] != '_')
        {
            return null;
        }

        var found = await calls.Run(grains.GetGrain<IApiKeyGrain>(id!), static grain => grain.Read());
        return found.Value is { } key && Matches(key, text.AsSpan(Prefix.Length + IdLength + 1)) && IsAlive(key) ? (id!, key) : null;
    }

    /// <summary>Whether the key still stands for its account.</summary>
    public async Task<bool> IsAlive(string id) => (await calls.Run(grains.GetGrain<IApiKeyGrain>(id), static grain => grain.Read())).Value is { } key && IsAlive(key);

    /// <summary>What is kept of a secret.</summary>
    public static string Hash(ReadOnlySpan<char> secret)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxSecret)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(secret[..Math.Min(secret.Length, MaxSecret)], text)], hash);
        return Convert.ToHexStringLower(hash);
    }

    private const int MaxSecret = 64;

    private static bool Matches(ApiKey key, ReadOnlySpan<char> secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(secret)), Encoding.ASCII.GetBytes(key.Hash)) && secret.Length <= MaxSecret;

    private bool IsId(string? id) => id is { Length: IdLength } && !id.AsSpan().ContainsAnyExcept("0123456789abcdef") && id == Proved(id[..(IdLength / 2)]);

    private string Proved(string random) => random + Convert.ToHexStringLower(HMACSHA256.HashData(ids, Encoding.ASCII.GetBytes(random)).AsSpan(0, IdLength / 4));

    private bool IsAlive(ApiKey key) => !key.Revoked && key.Expires > clock.GetUtcNow();
}

/// <summary>A key just made.</summary>
/// <param name="View">As lists show it.</param>
/// <param name="Key">The key itself. It is shown this once.</param>
public sealed record MadeKey(ApiKeyView View, string Key);
