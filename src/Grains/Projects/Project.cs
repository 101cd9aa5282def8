using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

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

    private ProjectRecord _state = record;
    private long _version = Math.Max(record.Version + 1, now.UtcTicks);

    /// <summary>Whether it was ever created.</summary>
    public bool Exists => _state.Owner.Length > 0;

    /// <summary>Where it stands.</summary>
    public ProjectState State => _state.State;

    /// <summary>Version of the window; grows with each change of it.</summary>
    public long Version => _version;

    /// <summary>Grows with each change of what the open pages must know.</summary>
    public long Orders { get; private set; } = 1;

    /// <summary>What the open pages must know.</summary>
    public PoolOrder Order => new(State, _state.Briefs.Count, Brief, _version);

    /// <summary>Pages that are open, in order of number.</summary>
    public ImmutableArray<int> OpenPages => [.. Enumerable.Range(0, _state.Pages.Length).Where(page => _state.Pages[page] == Page.Open)];

    /// <summary>Its line in the catalogue.</summary>
    public CatalogueEntry Entry => new(key, _state.Owner, Brief.Title, State, Brief.PriceMinor > 0);

    private Brief Brief => _state.Briefs[^1];

    /// <summary>What is stored.</summary>
    public ProjectRecord ToRecord() => _state with { Version = _version };

    /// <summary>Creates the project, as a draft.</summary>
    public Problem? Create(string owner, Brief brief)
    {
        if (!Keys.IsValid(key))
        {
            return new Problem("key-invalid", $"A project's key has 1 to {Keys.MaxLength} letters, digits, dots, underscores or hyphens.");
        }

        if (!Keys.IsValid(owner))
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
            return _state.Owner == owner && BriefRules.Same(brief, Brief)
                ? null
                : new Problem("project-exists", $"There is a project '{key}' already: choose another key.");
        }

        _state = _state with { Owner = owner, Briefs = [brief] };
        Ordered();
        return null;
    }

    /// <summary>Puts another brief in force.</summary>
    public Problem? ChangeBrief(string caller, Brief brief)
    {
        if ((Refusal(caller) ?? BriefRules.Check(brief)) is { } refusal)
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
        Ordered();
        return null;
    }

    /// <summary>Takes a step in the project's life.</summary>
    public Problem? Move(string caller, ProjectMove move)
    {
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
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
            Ordered();
            OpenMore();
        }

        return null;
    }

    /// <summary>The page of an import's batch; a new one the first time.</summary>
    public Result<PageAllocation> AllocatePage(string caller, string import, int batch)
    {
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
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
    public Problem? Imported(string caller, string import, int batches, long tasks)
    {
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
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
    public ProjectWindow Window() => new(_version, State, _state.Briefs.Count, Brief, OpenPages);

    /// <summary>What a developer sees.</summary>
    public ProjectView View() => new(
        key,
        _state.Owner,
        State,
        _state.Briefs.Count,
        Brief,
        _state.Pages.Length,
        _state.Pages.Count(page => page == Page.Closed),
        _state.Imports.Values.Sum(import => import.Tasks ?? 0));

    /// <summary>The refusal of a project that does not exist, or null.</summary>
    public Problem? Missing() => Exists ? null : new Problem("project-unknown", $"There is no project '{key}'.");

    private Problem? Refusal(string caller) =>
        Missing() ?? (caller == _state.Owner ? null : new Problem("not-yours", $"The project '{key}' belongs to someone else."));

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
