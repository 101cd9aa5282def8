using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Auditing;

namespace Trove.Grains.Projects;

/// <summary>
/// A project: its brief and life cycle, which page each import batch goes to, and the window of pages that are open. Pure.
/// Every command may be sent again: what it wants is there already then, and nothing changes.
/// </summary>
/// <param name="key">Key of the project.</param>
/// <param name="record">As it was stored; an empty one for a project that does not exist.</param>
/// <param name="now">Versions of the window begin here, above those of any life before.</param>
internal sealed class Project(string key, ProjectRecord record, DateTimeOffset now)
{
    /// <summary>Most pages open at a time. More: more choice for contributors; fewer: fewer grains in memory, and what is begun is finished sooner.</summary>
    public const int MaxOpen = 64;

    /// <summary>Most batches of one import: ten million tasks.</summary>
    public const int MaxBatches = 10_000;

    /// <summary>Most members of a team.</summary>
    public const int MaxTeam = 100;

    private ProjectRecord _state = record with { Team = record.Team?.WithComparers(StringComparer.Ordinal) ?? CreatorOf(record) };
    private long _version = Math.Max(record.Version + 1, now.UtcTicks);

    /// <summary>What the audit logs must know of.</summary>
    public Acts Acts { get; } = new($"project/{key}", record.Acts ?? new ActsRecord());

    /// <summary>Whether it was ever created.</summary>
    public bool Exists => _state.Owner.Length > 0;

    /// <summary>Where it stands.</summary>
    public ProjectState State => _state.State;

    /// <summary>Version of the window; grows with each change of it.</summary>
    public long Version => _version;

    /// <summary>Grows with each change of what the open pages must know.</summary>
    public long Orders { get; private set; } = 1;

    /// <summary>What the open pages must know.</summary>
    public PoolOrder Order => new(State, _state.Briefs.Count, BriefToWorkBy, _version);

    /// <summary>Pages that are open, in order of number.</summary>
    public ImmutableArray<int> OpenPages => [.. Enumerable.Range(0, _state.Pages.Length).Where(page => _state.Pages[page] == Page.Open)];

    /// <summary>Pages that are open or may open, for the first time or again.</summary>
    public ImmutableArray<int> UnfinishedPages => [.. Enumerable.Range(0, _state.Pages.Length).Where(page => _state.Pages[page] is Page.Open or Page.Ready)];

    /// <summary>Its line in the catalogue.</summary>
    public CatalogueEntry Entry => new(key, Owner, Brief.Title, State, BriefToWorkBy.PriceMinor > 0, _state.Simulated, [.. Team.Keys]);

    private Brief Brief => _state.Briefs[^1];

    /// <summary>
    /// What pages and contributors go by: the price of leases, tokens and verdicts comes from here and from nowhere else. Simulated contributors earn nothing.
    /// </summary>
    private Brief BriefToWorkBy => _state.Simulated ? Brief with { PriceMinor = 0 } : Brief;

    private ImmutableSortedDictionary<string, TeamRole> Team => _state.Team!;

    private string Owner => RoleIn(Team, _state.Owner) == TeamRole.Owner ? _state.Owner : Team.First(member => member.Value == TeamRole.Owner).Key;

    /// <summary>What is stored.</summary>
    public ProjectRecord ToRecord() => _state with { Version = _version, Acts = Acts.ToRecord() };

    /// <summary>Creates the project, as a draft.</summary>
    public Problem? Create(Actor by, Brief brief, bool simulated, DateTimeOffset at)
    {
        if (!Keys.IsValid(key))
        {
            return new Problem("key-invalid", $"A project's key has 1 to {Keys.MaxLength} letters, digits, dots, underscores or hyphens.");
        }

        if (!Keys.IsValid(by.Account))
        {
            return new Problem("owner-invalid", "The owner's key is not valid.");
        }

        if (BriefRules.Check(brief) is { } wrong)
        {
            return wrong;
        }

        brief = BriefRules.Normalised(brief);
        if (Exists)
        {
            return _state.Owner == by.Account && _state.Simulated == simulated && BriefRules.Same(brief, Brief)
                ? null
                : new Problem("project-exists", $"There is a project '{key}' already: choose another key.");
        }

        _state = _state with { Owner = by.Account, Briefs = [brief], Simulated = simulated };
        _state = _state with { Team = CreatorOf(_state) };
        Acts.Note(at, by, "project.created", simulated ? "simulated" : $"price={brief.PriceMinor}");
        Ordered();
        return null;
    }

    /// <summary>Puts another brief in force.</summary>
    public Problem? ChangeBrief(Actor by, Brief brief, DateTimeOffset at)
    {
        if ((Missing() ?? BriefRules.Check(brief)) is { } refusal)
        {
            return refusal;
        }

        brief = BriefRules.Normalised(brief);
        if (BriefRules.Same(brief, Brief))
        {
            return null;
        }

        if (State == ProjectState.Closed)
        {
            return new Problem("project-closed", "The project is closed for good.");
        }

        if (State != ProjectState.Draft && BriefRules.CheckChange(Brief, brief) is { } conflict)
        {
            return conflict;
        }

        _state = _state with { Briefs = _state.Briefs.Add(brief) };
        Acts.Note(at, by, "project.brief-changed", $"version={_state.Briefs.Count} price={brief.PriceMinor}");
        Ordered();
        return null;
    }

    /// <summary>Takes an account into the team, changes its role, or takes it out.</summary>
    public Problem? SetMember(Actor by, string account, TeamRole? role, DateTimeOffset at)
    {
        if (Missing() is { } missing)
        {
            return missing;
        }

        if (!Keys.IsValid(account) || (role is { } known && !Enum.IsDefined(known)))
        {
            return new Problem("member-invalid", $"A member is the id of an account and one of the roles {string.Join(", ", Enum.GetNames<TeamRole>()).ToLowerInvariant()}.");
        }

        if (RoleOf(account) == role)
        {
            return null;
        }

        var changed = role is { } given ? Team.SetItem(account, given) : Team.Remove(account);
        if (changed.Count > MaxTeam)
        {
            return new Problem("team-full", $"A team has at most {MaxTeam} members: take somebody out first.");
        }

        if (!changed.ContainsValue(TeamRole.Owner))
        {
            return new Problem("last-owner", "A project keeps at least one owner: make somebody else an owner first.");
        }

        _state = _state with { Team = changed };
        Acts.Note(at, by, "project.member-set", $"project/{key} {role?.ToString().ToLowerInvariant() ?? "none"}", AuditLogs.Account(account));
        return null;
    }

    /// <summary>Role of an account, null when it is not in the team.</summary>
    public TeamRole? RoleOf(string account) => RoleIn(Team, account);

    /// <summary>What an account is to the project.</summary>
    public ProjectStanding StandingOf(string account) => new(Exists, RoleOf(account), State, _state.Simulated);

    /// <summary>Takes a step in the project's life.</summary>
    public Problem? Move(Actor by, ProjectMove move, DateTimeOffset at)
    {
        if (Missing() is { } missing)
        {
            return missing;
        }

        ProjectState? next = (move, State) switch
        {
            (ProjectMove.Publish, ProjectState.Draft or ProjectState.Live) => ProjectState.Live,
            (ProjectMove.Pause, ProjectState.Live or ProjectState.Paused) => ProjectState.Paused,
            (ProjectMove.Resume, ProjectState.Paused or ProjectState.Live) => ProjectState.Live,
            (ProjectMove.Close, _) => ProjectState.Closed,
            _ => null,
        };
        if (next is null)
        {
            return new Problem("wrong-state", $"A project that is {State} can't take the step {move}.");
        }

        if (next != State)
        {
            _state = _state with { State = next.Value };
            Acts.Note(at, by, move switch
            {
                ProjectMove.Publish => "project.published",
                ProjectMove.Pause => "project.paused",
                ProjectMove.Resume => "project.resumed",
                _ => "project.closed",
            });
            Ordered();
            OpenMore();
        }

        return null;
    }

    /// <summary>The page of an import's batch; a new one the first time.</summary>
    public Result<PageAllocation> AllocatePage(string import, int batch)
    {
        if (Missing() is { } missing)
        {
            return missing;
        }

        if (!Keys.IsValid(import) || batch is < 0 or >= MaxBatches)
        {
            return new Problem("import-invalid", $"An import has a key of letters, digits, dots, underscores or hyphens, and batches 0 to {MaxBatches - 1}.");
        }

        var known = _state.Imports.GetValueOrDefault(import) ?? new ImportRecord();
        if (known.Pages.TryGetValue(batch, out var page))
        {
            return new PageAllocation(page);
        }

        if (known.Tasks is not null)
        {
            return new Problem("import-done", $"The import '{import}' is done: begin another one.");
        }

        if (State == ProjectState.Closed)
        {
            return new Problem("project-closed", "The project is closed for good.");
        }

        page = _state.Pages.Length;
        _state = _state with
        {
            Pages = _state.Pages + Page.Filling,
            Imports = _state.Imports.SetItem(import, known with { Pages = known.Pages.Add(batch, page) }),
        };
        return new PageAllocation(page);
    }

    /// <summary>An import is done: its pages may open.</summary>
    public Problem? Imported(string import, int batches, long tasks)
    {
        if (Missing() is { } missing)
        {
            return missing;
        }

        var known = _state.Imports.GetValueOrDefault(import) ?? new ImportRecord();
        if (known.Tasks is not null)
        {
            return null;
        }

        if (batches < 0 || tasks < 0 || tasks > (long)batches * TaskId.PageSize
            || known.Pages.Keys.TakeWhile((batch, i) => batch == i).Count() < batches)
        {
            return new Problem("import-incomplete", $"The import '{import}' can't be done with {batches} batches and {tasks} tasks: every batch needs its page first.");
        }

        foreach (var (batch, page) in known.Pages)
        {
            Set(page, batch < batches ? Page.Ready : Page.Closed); // a page reserved and not needed has nothing to do
        }

        _state = _state with { Imports = _state.Imports.SetItem(import, known with { Tasks = tasks }) };
        OpenMore();
        return null;
    }

    /// <summary>Every task of an open page is closed; the next page opens. False when that was known.</summary>
    public bool PageClosed(int page)
    {
        if (page < 0 || page >= _state.Pages.Length || _state.Pages[page] != Page.Open)
        {
            return false;
        }

        Set(page, Page.Closed);
        _version++;
        OpenMore();
        return true;
    }

    /// <summary>A closed page has open tasks again: it opens when there is room. False when that was known.</summary>
    public bool PageReopened(int page)
    {
        if (page < 0 || page >= _state.Pages.Length || _state.Pages[page] != Page.Closed)
        {
            return false;
        }

        Set(page, Page.Ready);
        OpenMore();
        return true;
    }

    /// <summary>Pages have acknowledged an order: whoever found them shut may try again.</summary>
    public void Acknowledged() => _version++;

    /// <summary>What contributors need to find work.</summary>
    public ProjectWindow Window() => new(_version, State, _state.Briefs.Count, BriefToWorkBy, OpenPages, _state.Simulated);

    /// <summary>What a developer sees.</summary>
    public ProjectView View() => new(
        key,
        Owner,
        State,
        _state.Briefs.Count,
        Brief,
        _state.Pages.Length,
        _state.Pages.Count(page => page == Page.Closed),
        _state.Imports.Values.Sum(import => import.Tasks ?? 0),
        [.. Team.Select(member => new TeamMember(member.Key, member.Value))],
        _state.Simulated);

    /// <summary>The refusal of a project that does not exist, or null.</summary>
    public Problem? Missing() => Exists ? null : new Problem("project-unknown", $"There is no project '{key}'.");

    private static ImmutableSortedDictionary<string, TeamRole> CreatorOf(ProjectRecord record)
    {
        var nobody = ImmutableSortedDictionary.Create<string, TeamRole>(StringComparer.Ordinal);
        return record.Owner.Length == 0 ? nobody : nobody.Add(record.Owner, TeamRole.Owner);
    }

    private static TeamRole? RoleIn(ImmutableSortedDictionary<string, TeamRole> team, string account) =>
        team.TryGetValue(account, out var role) ? role : null;

    /// <summary>Opens ready pages while there is room. A closed project opens them too: so their tasks are cancelled, a window at a time.</summary>
    private void OpenMore()
    {
        if (State is not (ProjectState.Live or ProjectState.Closed))
        {
            return;
        }

        for (var room = MaxOpen - OpenPages.Length; room > 0; room--)
        {
            var next = _state.Pages.IndexOf(Page.Ready, StringComparison.Ordinal);
            if (next < 0)
            {
                return;
            }

            Set(next, Page.Open);
            _version++;
        }
    }

    private void Ordered()
    {
        Orders++;
        _version++;
    }

    private void Set(int page, char state) => _state = _state with
    {
        Pages = string.Concat(_state.Pages.AsSpan(0, page), [state], _state.Pages.AsSpan(page + 1)),
    };
}
