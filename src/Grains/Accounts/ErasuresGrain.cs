using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>
/// The durable list of erasures, and the steps of one. The intent stands here before anything is touched and leaves when all is done; whoever finds it goes through all steps,
/// so none needs to know how far an earlier life came.
/// </summary>
[Reentrant, GrainType("erasures")]
internal sealed partial class ErasuresGrain(
    [PersistentState("erasures", TroveStores.Records)] IPersistentState<ErasuresRecord> record,
    TimeProvider time,
    ILogger<ErasuresGrain> logger) : Grain, IErasuresGrain
{
    private ImmutableArray<Erasure> _pending;
    private CommitGate _gate = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pending = record.State.Pending;
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public async Task<Result<Account>> Begin(Erasure erasure)
    {
        if (Find(erasure.Account) is null && !erasure.CloseProjects && await Orphans(erasure.Account) is { Length: > 0 } orphans)
        {
            return new Problem("last-owner", $"Nobody else owns {string.Join(", ", orphans)}: make somebody else an owner or close them first, or say that they shall be closed.");
        }

        if (Find(erasure.Account) is null)
        {
            _pending = _pending.Add(erasure);
            await _gate.CommitAsync();
        }
        else
        {
            await _gate.CoveredAsync();
        }

        return await Account(erasure.Account).BeginErasure(erasure.By);
    }

    public async Task<ImmutableArray<Erasure>> Pending()
    {
        var pending = _pending;
        await _gate.CoveredAsync();
        return pending;
    }

    public async Task Erase(string account)
    {
        await _gate.CoveredAsync();
        if (Find(account) is not { } erasure)
        {
            return;
        }

        // The account is the last to go, since it alone knows what else there is.
        if ((await Account(account).BeginErasure(erasure.By)).Value is { } found)
        {
            await LeaveProjects(erasure);
            await Task.WhenAll(found.Keys.OrEmpty().Select(key => GrainFactory.GetGrain<IApiKeyGrain>(key.Id).Erase()));
            if (found.Guest is { } guest)
            {
                await GrainFactory.GetGrain<IGuestGrain>(guest).Clear();
            }

            await GrainFactory.GetGrain<IContributorGrain>(found.Contributor).Forget();
            await Task.WhenAll(found.Logins.OrEmpty().Select(login => GrainFactory.GetGrain<ILoginGrain>(login.Key).Release(account)));
            await GrainFactory.GetGrain<IEmailGrain>(found.EmailKey).Release(account);
            await Account(account).Erase(erasure.By);
        }

        // After the account, whose end is noted there too.
        await GrainFactory.GetGrain<IAuditLogGrain>(AuditLogs.Account(account)).Forget();
    }

    public async Task Complete(string account)
    {
        if (Find(account) is { } erasure)
        {
            _pending = _pending.Remove(erasure);
            await _gate.CommitAsync();
        }
        else
        {
            await _gate.CoveredAsync();
        }
    }

    /// <summary>Out of every team. A project that nobody else owns is closed; the id stays there as its last owner, and names nobody any more.</summary>
    private async Task LeaveProjects(Erasure erasure)
    {
        foreach (var entry in await Catalogue.Of(erasure.Account))
        {
            var project = GrainFactory.GetGrain<IProjectGrain>(entry.Project);
            var left = await project.SetMember(erasure.By, erasure.Account, role: null);
            if (left.Problem?.Code == "last-owner")
            {
                await project.Move(erasure.By, ProjectMove.Close);
            }
        }
    }

    /// <summary>Projects that are not closed and would have no owner.</summary>
    private async Task<ImmutableArray<string>> Orphans(string account)
    {
        var orphans = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in (await Catalogue.Of(account)).Where(entry => entry.State != ProjectState.Closed))
        {
            var view = (await GrainFactory.GetGrain<IProjectGrain>(entry.Project).View()).Value;
            if (view is not null && view.State != ProjectState.Closed && view.Team.Where(member => member.Role == TeamRole.Owner).All(member => member.Account == account))
            {
                orphans.Add(entry.Project);
            }
        }

        return orphans.ToImmutable();
    }

    private ICatalogueGrain Catalogue => GrainFactory.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key);

    private IAccountGrain Account(string account) => GrainFactory.GetGrain<IAccountGrain>(account);

    private Erasure? Find(string account) => _pending.FirstOrDefault(erasure => erasure.Account == account);

    private Task WriteAsync()
    {
        record.State = new ErasuresRecord { Pending = _pending };
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1430, Level = LogLevel.Warning, Message = "The list of erasures could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
