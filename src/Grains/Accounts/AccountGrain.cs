using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Auditing;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>
/// Shell of <see cref="AccountHolder"/>: identity, commit, and telling. Whoever changed what an account may is answered when that is durable and on its
/// way to every frontend.
/// </summary>
[Reentrant, GrainType("account")]
internal sealed partial class AccountGrain(
    [PersistentState("account", TroveStores.Personal)] IPersistentState<AccountRecord> record,
    AccountOptions options,
    TimeProvider time,
    ILogger<AccountGrain> logger) : Grain, IAccountGrain
{
    private string _key = "";
    private AccountHolder _holder = null!;
    private CommitGate _gate = null!;
    private AuditTrail _trail = null!;

    private DateTimeOffset Now => time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _holder = new AccountHolder(_key, record.State, options);
        _gate = new CommitGate(WriteAsync, Fence, time);
        _trail = new AuditTrail(this, GrainFactory, _holder.Acts, _gate, time);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _trail.CloseAsync();

    public Task<Result<Account>> Create(Actor by, Account account) => RunAsync(holder => holder.Create(by, account, Now));

    public Task<Result<Account>> Read() => AskAsync(static holder => holder.Read());

    public async Task<Result<Account>> Update(Actor by, Account changed)
    {
        var (before, state) = (_holder.Standing(), _holder.State);
        var updated = await RunAsync(holder => holder.Update(by, changed, Now));

        // An update that stands here already may be one whose word was lost on the way.
        if (updated.Problem is null && (ReferenceEquals(state, _holder.State) || before.MayAct != _holder.Standing().MayAct || before.Stamp != changed.Stamp))
        {
            await TellAsync();
        }

        return updated;
    }

    public Task<AccountStanding> Standing() => AskAsync(static holder => holder.Standing());

    public Task<bool> BeginAttempt() => RunAsync(holder => holder.BeginAttempt(Now));

    public Task AttemptSucceeded(Actor by) => RunAsync(holder =>
    {
        holder.AttemptSucceeded(by, Now);
        return true;
    });

    public Task<Result<AccountStanding>> SetRole(Actor by, Role role, bool given) => ToldAsync(holder => holder.SetRole(by, role, given, Now));

    public Task<Result<AccountStanding>> Suspend(Actor by, bool suspended) => ToldAsync(holder => holder.Suspend(by, suspended, Now));

    public Task<Result<AccountStanding>> SignOutEverywhere(Actor by) =>
        ToldAsync(holder => holder.SignOutEverywhere(by, RandomNumberGenerator.GetHexString(32, lowercase: true), Now));

    public async Task EndSession(Actor by, string session)
    {
        await RunAsync(holder =>
        {
            holder.EndSession(by, session, RandomNumberGenerator.GetHexString(32, lowercase: true), Now);
            return true;
        });
        await TellAsync();
    }

    public Task<Result<Done>> EnterKey(Actor by, ApiKeyView key) => RunAsync(holder => holder.EnterKey(by, key, Now));

    public async Task<Result<Account>> BeginErasure(Actor by)
    {
        var account = await RunAsync(holder => holder.BeginErasure(by, Now));
        await TellAsync(); // each time: the first telling may have been lost
        return account;
    }

    public async Task Erase(Actor by)
    {
        await RunAsync(holder =>
        {
            holder.Erase(by, Now);
            return true;
        });
        await TellAsync();
    }

    /// <summary>A question: the answer goes out when what it rests on is durable.</summary>
    private async Task<T> AskAsync<T>(Func<AccountHolder, T> question)
    {
        var answer = question(_holder);
        await _gate.CoveredAsync();
        return answer;
    }

    /// <summary>A command: the answer goes out when what it did is durable, and what is to be audited stands in the logs.</summary>
    private async Task<T> RunAsync<T>(Func<AccountHolder, T> command)
    {
        var before = _holder.State;
        var answer = command(_holder);
        await (ReferenceEquals(before, _holder.State) ? _gate.CoveredAsync() : _gate.CommitAsync());
        await _trail.DeliveredAsync();
        return answer;
    }

    /// <summary>A change of rights is told even when it stands here already: the caller repeats what failed between the write and the telling.</summary>
    private async Task<Result<AccountStanding>> ToldAsync(Func<AccountHolder, Result<AccountStanding>> command)
    {
        var standing = await RunAsync(command);
        if (standing.Problem is null)
        {
            await TellAsync();
        }

        return standing;
    }

    private Task TellAsync() => GrainFactory.GetGrain<IStandingsGrain>(IStandingsGrain.Key).Changed(_key);

    private Task WriteAsync()
    {
        record.State = _holder.ToRecord();
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _key, cause);
        _trail.Fence(cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1405, Level = LogLevel.Warning, Message = "Account {Account} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string account, Exception cause);
}
