using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Grains.Auditing;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Projects;

/// <summary>
/// Shell of <see cref="Project"/>: identity and commit. Each command changes the project without awaiting, then awaits the commit. What others
/// must be told of it is told by the other part, which also repairs after a crash what was not told.
/// </summary>
[Reentrant, GrainType("project")]
internal sealed partial class ProjectGrain(
    [PersistentState("project", TroveStores.Records)] IPersistentState<ProjectRecord> record,
    TimeProvider time,
    ILogger<ProjectGrain> logger) : Grain, IProjectGrain, IRemindable
{
    private string _key = "";
    private Project _project = null!;
    private CommitGate _gate = null!;
    private AuditTrail _trail = null!;
    private Random _jitter = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _project = new Project(_key, record.State, time.GetUtcNow());
        _gate = new CommitGate(WriteAsync, Fence, time);
        _trail = new AuditTrail(this, GrainFactory, _project.Acts, _gate, time);
        _jitter = new Random(_key.GetHashCode(StringComparison.Ordinal));
        Tend();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _trail.CloseAsync();

    public Task<Result<ProjectView>> Create(Actor by, Brief brief, bool simulated) => ChangeAsync(_project.Create(by, brief, simulated, time.GetUtcNow()));

    public Task<Result<ProjectView>> ChangeBrief(Actor by, Brief brief) => ChangeAsync(_project.ChangeBrief(by, brief, time.GetUtcNow()));

    public Task<Result<ProjectView>> Move(Actor by, ProjectMove move) => ChangeAsync(_project.Move(by, move, time.GetUtcNow()));

    public async Task<Result<ProjectView>> SetMember(Actor by, string account, TeamRole? role)
    {
        var before = _project.StandingOf(account).Role;
        var changed = await ChangeAsync(_project.SetMember(by, account, role, time.GetUtcNow()));

        // Who may less than before loses it at open connections too. Told again when it is said again: the first telling may have been lost.
        if (changed.Problem is null && (role is null || role <= before))
        {
            await GrainFactory.GetGrain<IStandingsGrain>(IStandingsGrain.Key).Changed(account);
        }

        return changed;
    }

    public Task<Result<ProjectView>> Imported(string import, int batches, long tasks) => ChangeAsync(_project.Imported(import, batches, tasks));

    public async Task<Result<PageAllocation>> AllocatePage(string import, int batch)
    {
        var allocation = _project.AllocatePage(import, batch);
        await (allocation.Problem is null ? _gate.CommitAsync() : _gate.CoveredAsync());
        return allocation;
    }

    public async Task<ProjectStanding> RoleOf(string account)
    {
        var standing = _project.StandingOf(account);
        await _gate.CoveredAsync();
        return standing;
    }

    public async Task<Result<ProjectWindow>> Window()
    {
        await _gate.CoveredAsync();
        return _project.Missing() is { } missing ? missing : _project.Window();
    }

    public async Task<ImmutableArray<int>> UnfinishedPages()
    {
        var pages = _project.UnfinishedPages;
        await _gate.CoveredAsync();
        return pages;
    }

    public async Task<Result<ProjectView>> View()
    {
        await _gate.CoveredAsync();
        return _project.Missing() is { } missing ? missing : _project.View();
    }

    public async Task PageClosed(int page)
    {
        await (_project.PageClosed(page) ? _gate.CommitAsync() : _gate.CoveredAsync());
        Tend();
    }

    public async Task PageReopened(int page)
    {
        if (_project.PageReopened(page))
        {
            _acknowledged.Remove(page); // what it was told last may be of long ago
            await _gate.CommitAsync();
        }
        else
        {
            await _gate.CoveredAsync();
        }

        Tend();
    }

    private async Task<Result<ProjectView>> ChangeAsync(Problem? refusal)
    {
        if (refusal is not null)
        {
            await _gate.CoveredAsync();
            return refusal;
        }

        await _gate.CommitAsync();
        await Task.WhenAll(ToldAsync(), _trail.DeliveredAsync());
        return _project.View();
    }

    private Task WriteAsync()
    {
        record.State = _project.ToRecord();
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _key, cause);
        _told?.TrySetException(new CommitFailedException(cause));
        _trail.Fence(cause);
        DeactivateOnIdle();
    }
}
