using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;
using Trove.Grains.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>
/// One contributor. This part is the conversation with the client: join, skip, draft, leave. Answers, filling the window, presence and settling are
/// in the other parts. Reentrant under the rule of the commit gate.
/// </summary>
[Reentrant, GrainType("contributor")]
internal sealed partial class ContributorGrain(
    [PersistentState("contributor", TroveStores.Records)] IPersistentState<ContributorHot> hot,
    [PersistentState("drafts", TroveStores.Personal)] IPersistentState<DraftsRecord> drafts,
    [PersistentState("profile", TroveStores.Personal)] IPersistentState<ProfileRecord> profile,
    [FromKeyedServices(TroveStores.Bulk)] IGrainStorage storage,
    LeaseTokens tokens,
    ContributorOptions options,
    TimeProvider time,
    ILogger<ContributorGrain> logger) : Grain, IContributorGrain
{
    /// <summary>Most projects joined at a time.</summary>
    public const int MaxProjects = 16;

    /// <summary>Most tokens resumed at a time.</summary>
    public const int MaxHeld = 16;

    private readonly Dictionary<long, HeldLease> _leases = [];
    private string _key = null!;
    private CommitGate _gate = null!;
    private CommitGate _draftGate = null!;
    private ImmutableSortedDictionary<long, string> _drafts = null!;
    private WorkSession? _session;
    private long _lastSession;

    private DateTimeOffset Now => time.GetUtcNow();

    private ContributorHot Hot => hot.State;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _gate = new CommitGate(WriteHotAsync, Fence, time);
        _draftGate = new CommitGate(WriteDraftsAsync, Fence, time);
        _drafts = drafts.State.Drafts;
        _profileGate = new CommitGate(WriteProfileAsync, Fence, time);
        _profile = profile.State;
        _durableSettled = Hot.Wallet.Settled;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _session = null; // whatever still looks for work stops, and gives back what it gets

        // Good manners only: an activation that dies without this leaves a gap in the numbers and leases that end by time.
        if (!_gate.IsFenced && _leases.Count == 0 && Hot.Numbers.Left > 0 && !_gate.Outstanding)
        {
            Hot.Numbers.GiveBack();
            await _gate.CommitAsync();
        }
    }

    public async Task<Result<JoinResult>> Join(SessionOrigin origin, JoinRequest request)
    {
        if ((_profile.Forgotten ? Erased : Check(request)) is { } problem)
        {
            return problem;
        }

        var projects = new List<JoinedProject>();
        foreach (var wish in request.Projects)
        {
            var window = await Project(wish.Project).Window();
            if (window.Value is null)
            {
                return window.Problem!;
            }

            if (wish.BriefVersion is { } confirmed && confirmed != window.Value.BriefVersion)
            {
                return new Problem("brief-changed", $"The brief of '{wish.Project}' is at version {window.Value.BriefVersion} now, not {confirmed}: read it and join again.");
            }

            if ((Mixed(origin, wish.Project, window.Value) ?? Refusal(wish.Project, window.Value)) is { } refused)
            {
                return refused;
            }

            projects.Add(new JoinedProject(wish.Project, window.Value));
        }

        await ReserveNumbers();

        // Simulated contributors are nobody's, and rehearsals have a great many.
        if (origin.Simulated is null && !await RememberProjects(projects.Select(project => project.Key)))
        {
            return Erased;
        }

        var now = Now;
        Supersede(origin);
        _lastSession = Math.Max(_lastSession + 1, now.ToUnixTimeMilliseconds());
        var stint = request.Stint ?? projects.Max(p => p.Window.Brief.HandOut.Stint);
        var session = _session = new WorkSession(_lastSession, origin, projects, stint, now);
        projects.ForEach(project => project.Fits = Refusal(project.Key, project.Window) is null); // the profile may have changed since it was judged
        ReleaseLeasesOutside(session);
        var lost = await ResumeHeld(request.Held.OrEmpty());
        foreach (var lease in _leases.Values)
        {
            session.Find(lease.Lease.Task.Project)?.Had(lease.Lease.Task.Page.Page).Set(lease.Lease.Task.Index);
        }

        var resumed = _leases.Values.Where(l => l.InWindow).OrderBy(l => l.Lease.Assignment).Select(ToOffer);
        var result = new JoinResult(session.Number, [.. projects.Select(p => p.Brief)], [.. resumed], lost);
        StartClock();
        Refill();
        return result;
    }

    public async Task<Result<Done>> Skip(long session, SkipRequest request)
    {
        if (!TryRead(request.Token, out var lease, out var error))
        {
            return new Problem("token-invalid", error);
        }

        var recalled = _leases.TryGetValue(lease.Assignment, out var held) && held.RecalledAt is not null;
        _session?.Find(lease.Task.Project)?.Had(lease.Task.Page.Page)[lease.Task.Index] = !recalled;
        await Release(lease, recalled ? ReleaseCause.RecallSeen : ReleaseCause.Skipped);
        Refill();
        return Done.Instance;
    }

    public async Task<Result<Done>> SaveDraft(long session, DraftRequest request)
    {
        if (!TryRead(request.Token, out var lease, out var error))
        {
            return new Problem("token-invalid", error);
        }

        if (request.Draft is null || request.Draft.Length > DraftRequest.MaxLength)
        {
            return new Problem("draft-too-long", $"A draft has 0 to {DraftRequest.MaxLength} characters.");
        }

        if (_profile.Forgotten)
        {
            return Erased;
        }

        if (!_leases.ContainsKey(lease.Assignment))
        {
            return new Problem("lease-lost", "The lease of this item ended; its draft is not kept.");
        }

        _drafts = _drafts.SetItem(lease.Assignment, request.Draft);
        while (_drafts.Count > DraftsRecord.Limit)
        {
            _drafts = _drafts.Remove(_drafts.Keys.First());
        }

        await _draftGate.CommitAsync();
        return Done.Instance;
    }

    public async Task Leave(long session)
    {
        if (_session is not null && _session.Number == session)
        {
            _session = null;
            StopClock();
            await ReleaseAll();
        }
    }

    private IProjectGrain Project(string key) => GrainFactory.GetGrain<IProjectGrain>(key);

    private ILabelTaskGrain Grain(TaskId task) => GrainFactory.GetGrain<ILabelTaskGrain>(task.Key);

    private ITaskPoolGrain Pool(PageId page) => GrainFactory.GetGrain<ITaskPoolGrain>(page.Key);

    /// <summary>Simulated contributors keep to their project, and people out of it: one's work is never paid, the other's never wasted.</summary>
    private static Problem? Mixed(SessionOrigin origin, string project, ProjectWindow window) => (origin.Simulated, window.Simulated) switch
    {
        (null, false) => null,
        (null, true) => new Problem("not-allowed", $"'{project}' is a rehearsal: its contributors are simulated."),
        var (only, simulated) => simulated && only == project ? null : new Problem("not-allowed", $"The key is for '{only}', as long as that is a rehearsal."),
    };

    private static Problem? Check(JoinRequest request)
    {
        var projects = request.Projects.OrEmpty();
        if (projects.Length is 0 or > MaxProjects)
        {
            return new Problem("projects-invalid", $"Join 1 to {MaxProjects} projects at a time, not {projects.Length}.");
        }

        if (projects.FirstOrDefault(p => p is null || !Keys.IsValid(p.Project)) is { } wrong)
        {
            return new Problem("project-invalid", $"'{wrong?.Project}' is not the key of a project.");
        }

        if (projects.DistinctBy(p => p.Project).Count() != projects.Length)
        {
            return new Problem("projects-invalid", "A project is named twice.");
        }

        if (request.Held.OrEmpty().Length > MaxHeld)
        {
            return new Problem("held-invalid", $"At most {MaxHeld} tokens can be resumed.");
        }

        return request.Stint is < 0 or > 1000 ? new Problem("stint-invalid", "A stint has 0 to 1000 answers.") : null;
    }

    private bool TryRead(string? token, out Lease lease, out string error)
    {
        foreach (var held in _leases.Values)
        {
            if (held.Token == token)
            {
                (lease, error) = (held.Lease, string.Empty);
                return true; // signed here, for this contributor, and not long ago
            }
        }

        if (!tokens.TryRead(token, out lease, out error))
        {
            return false;
        }

        if (lease.Contributor != _key)
        {
            error = "The token was given to somebody else.";
            return false;
        }

        return true;
    }

    /// <summary>Takes up the tokens that a client brought: leases still in memory go on; others are asked for again under their own number.</summary>
    /// <returns>Tokens whose lease is gone.</returns>
    private async Task<ImmutableArray<string>> ResumeHeld(ImmutableArray<string> held)
    {
        var lost = ImmutableArray.CreateBuilder<string>();
        foreach (var token in held)
        {
            if (TryRead(token, out var lease, out _) && (_leases.ContainsKey(lease.Assignment) || await LeaseAgain(lease)))
            {
                continue;
            }

            lost.Add(token);
        }

        return lost.ToImmutable();
    }

    private async Task<bool> LeaseAgain(Lease lease)
    {
        if (Hot.Numbers.StateOf(lease.Assignment) != NumberState.Open || _session?.Find(lease.Task.Project) is not { } project)
        {
            return false;
        }

        var item = await Pool(lease.Task.Page).Find(lease.Task.Index);
        if (item is null)
        {
            return false;
        }

        var deadline = Deadline(project);
        var task = Grain(lease.Task);
        var reply = await task.Lease(new LeaseRequest(_key, lease.Assignment, deadline, lease.Policy));
        if (reply.Status != LeaseStatus.Granted)
        {
            return false;
        }

        Hold(lease with { Incarnation = reply.Incarnation, Deadline = deadline }, item.Definition, task);
        return true;
    }

    private HeldLease Hold(Lease lease, TaskDefinition item, ILabelTaskGrain task) =>
        _leases[lease.Assignment] = new HeldLease(lease, tokens.Sign(lease), item, task);

    private Offer ToOffer(HeldLease held) => held.ToOffer(_drafts.GetValueOrDefault(held.Lease.Assignment));

    private DateTimeOffset Deadline(JoinedProject project) => Now.AddSeconds(project.Window.Brief.HandOut.LeaseSeconds);

    private void ForgetDraft(long assignment)
    {
        if (_drafts.ContainsKey(assignment))
        {
            _drafts = _drafts.Remove(assignment);
            _ = Quietly(_draftGate.CommitAsync());
        }
    }

    private async Task WriteDraftsAsync()
    {
        drafts.State = new DraftsRecord(_drafts);
        await drafts.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _key, cause);
        DeactivateOnIdle();
    }

    private static async Task Quietly(Task errand)
    {
        try
        {
            await errand;
        }
        catch (Exception)
        {
            // Best effort: leases end by time, hints mend themselves, a push is never the only word.
        }
    }
}
