using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Accounts;

namespace Trove.Frontend.Tests.Host;

/// <summary>An account that was created and nothing else: enough to be let in.</summary>
internal sealed class FakeAccount : IAccountGrain
{
    private Account? _account;

    public Task<Result<Account>> Create(Actor by, Account account)
    {
        _account = account;
        return Task.FromResult<Result<Account>>(account);
    }

    public Task<AccountStanding> Standing() => Task.FromResult(new AccountStanding(_account is not null, _account!.Contributor, _account.Stamp, [Role.Contributor, .. _account.Roles]));

    public Task<Result<Done>> EnterKey(Actor by, ApiKeyView key) => Task.FromResult<Result<Done>>(Done.Instance);

    public Task<Result<Account>> Read() => throw new NotSupportedException();

    public Task<Result<Account>> Update(Actor by, Account changed) => throw new NotSupportedException();

    public Task<bool> BeginAttempt() => throw new NotSupportedException();

    public Task AttemptSucceeded(Actor by) => throw new NotSupportedException();

    public Task<Result<AccountStanding>> SetRole(Actor by, Role role, bool given) => throw new NotSupportedException();

    public Task<Result<AccountStanding>> Suspend(Actor by, bool suspended) => throw new NotSupportedException();

    public Task<Result<AccountStanding>> SignOutEverywhere(Actor by) => throw new NotSupportedException();

    public Task EndSession(Actor by, string session) => throw new NotSupportedException();

    public Task<Result<Account>> BeginErasure(Actor by) => throw new NotSupportedException();

    public Task Erase(Actor by) => throw new NotSupportedException();
}

/// <summary>A key that was made.</summary>
internal sealed class FakeApiKey(string id) : IApiKeyGrain
{
    private NewApiKey? _key;

    public Task<Result<ApiKeyView>> Create(Actor by, NewApiKey key)
    {
        _key = key;
        return Task.FromResult<Result<ApiKeyView>>(new ApiKeyView(id, key.Name, key.Scopes, DateTimeOffset.UnixEpoch, key.Expires, Revoked: null));
    }

    public Task<Result<ApiKey>> Read() => Task.FromResult<Result<ApiKey>>(_key is { } key
        ? new ApiKey(key.Account, key.Hash, key.Scopes, key.Expires, Revoked: false)
        : new Problem("key-unknown", "There is no such API key."));

    public Task<Result<ApiKeyView>> Revoke(Actor by) => throw new NotSupportedException();

    public Task Erase() => throw new NotSupportedException();
}

/// <summary>Nobody wants to be erased.</summary>
internal sealed class NoErasures : IErasuresGrain
{
    public Task<ImmutableArray<Erasure>> Pending() => Task.FromResult<ImmutableArray<Erasure>>([]);

    public Task<Result<Account>> Begin(Erasure erasure) => throw new NotSupportedException();

    public Task Erase(string account) => throw new NotSupportedException();

    public Task Complete(string account) => throw new NotSupportedException();
}

/// <summary>Nobody's rights ever change.</summary>
internal sealed class NoNews : IStandingsGrain
{
    public Task Changed(string account) => Task.CompletedTask;

    public Task<StandingsNews> Since(long version) => Task.FromResult(new StandingsNews(1, Complete: true, []));
}
