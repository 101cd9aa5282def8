using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>Makes one outside identity unique, as <see cref="EmailGrain"/> does an address: the claim comes first, and the account's own word decides what it means.</summary>
[GrainType("login")]
internal sealed partial class LoginGrain(
    [PersistentState("login", TroveStores.Records)] IPersistentState<LoginRecord> record,
    AccountOptions options,
    TimeProvider time,
    ILogger<LoginGrain> logger) : Grain, ILoginGrain
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

        // Its own claim anew, too: an account that unlinked and links again must not lose it meanwhile as one of which nothing came.
        record.State = new LoginRecord { Owner = account, Claimed = time.GetUtcNow() };
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
            record.State = new LoginRecord();
            await _gate.CommitAsync();
        }
    }

    /// <summary>Whether nothing came of a claim, or nothing is left of it: its account is not there, or has no such login.</summary>
    private async Task<bool> IsVoidAsync(LoginRecord claim)
    {
        if (claim.Claimed + options.ClaimLasts > time.GetUtcNow())
        {
            return false;
        }

        var owner = await GrainFactory.GetGrain<IAccountGrain>(claim.Owner!).Read();
        return owner.Value?.Logins.OrEmpty().Any(login => login.Key == this.GetPrimaryKeyString()) != true;
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1411, Level = LogLevel.Warning, Message = "An outside login could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
