using Microsoft.Extensions.Logging;
using Trove.Contracts.Accounts;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>
/// Makes one address unique. Not reentrant: a claim looks at the account that has the address, and nobody else may claim it meanwhile. The claim comes
/// before the account has the address, so a crash may leave one that means nothing; the account's own word decides then.
/// </summary>
[GrainType("email")]
internal sealed partial class EmailGrain(
    [PersistentState("email", TroveStores.Records)] IPersistentState<EmailRecord> record,
    AccountOptions options,
    TimeProvider time,
    ILogger<EmailGrain> logger) : Grain, IEmailGrain
{
    private CommitGate _gate = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _gate = new CommitGate(() => record.WriteStateAsync(), Fence, time);
        return Task.CompletedTask;
    }

    public async Task<bool> Claim(string account)
    {
        await _gate.CoveredAsync();
        if (record.State.Owner is { } owner && owner != account && !await IsVoidAsync(record.State))
        {
            return false;
        }

        // Its own claim anew, too: an account that moved away and comes back must not lose it meanwhile as one of which nothing came.
        record.State = new EmailRecord { Owner = account, Claimed = time.GetUtcNow() };
        await _gate.CommitAsync();
        return true;
    }

    public async Task<string?> Owner()
    {
        await _gate.CoveredAsync();
        return record.State.Owner;
    }

    public async Task Release(string account)
    {
        await _gate.CoveredAsync();
        if (record.State.Owner == account)
        {
            record.State = new EmailRecord();
            await _gate.CommitAsync();
        }
    }

    /// <summary>Whether nothing came of a claim, or nothing is left of it: its account is not there, or has another address.</summary>
    private async Task<bool> IsVoidAsync(EmailRecord claim)
    {
        if (claim.Claimed + options.ClaimLasts > time.GetUtcNow())
        {
            return false;
        }

        var owner = await GrainFactory.GetGrain<IAccountGrain>(claim.Owner!).Read();
        return owner.Value?.EmailKey != this.GetPrimaryKeyString();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1410, Level = LogLevel.Warning, Message = "An address could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
