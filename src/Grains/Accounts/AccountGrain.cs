using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>
/// Shell of <see cref="AccountHolder"/>: identity, commit, and telling. Whoever changed what an account may is answered when that is durable and on its
/// way to every frontend; the audit log learns of it from the record's own outbox.
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
    private OutboxPump<string, AuditEntry> _pump = null!;

    private DateTimeOffset Now => time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _holder = new AccountHolder(_key, record.State, options);
        _gate = new CommitGate(WriteAsync, Fence, time);
        _pump = new OutboxPump<string, AuditEntry>(_holder.Unsent, _gate, AppendAsync, _ => { }, this.Timer, time, _key.GetHashCode(StringComparison.Ordinal));
        _pump.Wake();
        return Task.CompletedTask;
    }

    public Task<Result<Account>> Create(Actor by, Account account) => RunAsync(holder => holder.Create(by, account, Now));

    public Task<Result<Account>> Read() => RunAsync(static holder => holder.Read());

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

    public Task<AccountStanding> Standing() => RunAsync(static holder => holder.Standing());

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

    public async Task Erase(Actor by)
    {
        await RunAsync(holder =>
        {
            holder.Erase(by, Now);
            return true;
        });
        await TellAsync();
    }

    /// <summary>Every command and every question: the answer goes out when what it rests on is durable.</summary>
    private async Task<T> RunAsync<T>(Func<AccountHolder, T> command)
    {
        var before = _holder.State;
        var answer = command(_holder);
        await (ReferenceEquals(before, _holder.State) ? _gate.CoveredAsync() : _gate.CommitAsync());
        _pump.Wake();
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

    /// <summary>Into the log of the month, and into those of the people concerned, unless they were erased: nothing may bring their log back.</summary>
    private async Task AppendAsync(OutboxEntry<string, AuditEntry> entry)
    {
        await Log($"all/{entry.Message.At:yyyy-MM}").Append([entry.Message]);
        if (!_holder.State.Erased)
        {
            await Log($"account/{_key}").Append([entry.Message]);
        }

        IAuditLogGrain Log(string key) => GrainFactory.GetGrain<IAuditLogGrain>(key);
    }

    private Task WriteAsync()
    {
        record.State = _holder.ToRecord();
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _key, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1400, Level = LogLevel.Warning, Message = "Account {Account} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string account, Exception cause);
}
