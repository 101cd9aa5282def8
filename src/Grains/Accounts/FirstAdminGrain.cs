using Microsoft.Extensions.Logging;
using Trove.Contracts.Accounts;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The door that is open once. A crash after the account was created leaves it open in the record only: the account is asked before anybody is told so.</summary>
[GrainType("first-admin")]
internal sealed partial class FirstAdminGrain(
    [PersistentState("first-admin", TroveStores.Records)] IPersistentState<FirstAdminRecord> record,
    TimeProvider time,
    ILogger<FirstAdminGrain> logger) : Grain, IFirstAdminGrain
{
    private CommitGate _gate = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _gate = new CommitGate(() => record.WriteStateAsync(), Fence, time);
        return Task.CompletedTask;
    }

    public async Task<bool> IsOpen()
    {
        await _gate.CoveredAsync();
        if (record.State is { Closed: false, Account: { } account } && (await GrainFactory.GetGrain<IAccountGrain>(account).Read()).Value is not null)
        {
            await Close();
        }

        return !record.State.Closed;
    }

    public async Task<string?> Fix(string account)
    {
        if (!await IsOpen())
        {
            return null;
        }

        if (record.State.Account is null)
        {
            record.State = record.State with { Account = account };
            await _gate.CommitAsync();
        }

        return record.State.Account;
    }

    public async Task Close()
    {
        await _gate.CoveredAsync();
        if (!record.State.Closed)
        {
            record.State = record.State with { Closed = true };
            await _gate.CommitAsync();
        }
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1420, Level = LogLevel.Warning, Message = "The record of the first admin could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
