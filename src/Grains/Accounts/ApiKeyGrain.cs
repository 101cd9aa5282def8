using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>One API key. It is judged by its own record alone, so that ending it is one write and holds everywhere at once.</summary>
[Reentrant, GrainType("api-key")]
internal sealed partial class ApiKeyGrain(
    [PersistentState("api-key", TroveStores.Personal)] IPersistentState<ApiKeyRecord> record,
    TimeProvider time,
    ILogger<ApiKeyGrain> logger) : Grain, IApiKeyGrain
{
    private static readonly Problem Unknown = new("key-unknown", "There is no such API key.");

    private ApiKeyRecord _state = null!;
    private CommitGate _gate = null!;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = record.State;
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public async Task<Result<ApiKeyView>> Create(Actor by, NewApiKey key)
    {
        if (_state.Erased || (_state.Key is { } existing && existing != key))
        {
            await _gate.CoveredAsync();
            return new Problem("key-exists", "There is such an API key already.");
        }

        if (_state.Key is null)
        {
            _state = new ApiKeyRecord { Key = key, Created = time.GetUtcNow() };
            await _gate.CommitAsync();
        }
        else
        {
            await _gate.CoveredAsync();
        }

        return View(_state);
    }

    public async Task<Result<ApiKey>> Read()
    {
        await _gate.CoveredAsync();
        return _state.Key is { } key ? new ApiKey(key.Account, key.Hash, key.Scopes, key.Expires, _state.Revoked is not null) : Unknown;
    }

    public async Task<Result<ApiKeyView>> Revoke(Actor by)
    {
        if (_state.Key is not { } key || key.Account != by.Account)
        {
            await _gate.CoveredAsync();
            return Unknown; // whose it is, is nobody else's business
        }

        if (_state.Revoked is null)
        {
            _state = _state with { Revoked = time.GetUtcNow() };
            await _gate.CommitAsync();
        }
        else
        {
            await _gate.CoveredAsync();
        }

        // Told again when asked again: the first telling may have been lost.
        await GrainFactory.GetGrain<IStandingsGrain>(IStandingsGrain.Key).Changed(key.Account);
        return View(_state);
    }

    public Task Erase()
    {
        if (_state.Erased)
        {
            return _gate.CoveredAsync();
        }

        _state = new ApiKeyRecord { Erased = true };
        return _gate.CommitAsync();
    }

    private ApiKeyView View(ApiKeyRecord state) => new(Id, state.Key!.Name, state.Key.Scopes, state.Created, state.Key.Expires, state.Revoked);

    private Task WriteAsync()
    {
        record.State = _state;
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, Id, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1700, Level = LogLevel.Warning, Message = "API key {Key} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string key, Exception cause);
}
