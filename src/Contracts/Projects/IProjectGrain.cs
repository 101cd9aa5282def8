using System.Collections.Immutable;

namespace Trove.Contracts.Projects;

/// <summary>A project: its brief and versions, its life cycle, and the window of pages that are open for work. Never on a per-label path.</summary>
[Alias("trove.IProjectGrain")]
public interface IProjectGrain : IGrainWithStringKey
{
    /// <summary>Creates the project as a draft, or returns it when the same owner creates it again with the same brief.</summary>
    [Alias("Create")]
    Task<Result<ProjectView>> Create(string owner, Brief brief);

    /// <summary>Replaces the brief by a new version. Answered when every open pool works by it.</summary>
    [Alias("ChangeBrief")]
    Task<Result<ProjectView>> ChangeBrief(string caller, Brief brief);

    /// <summary>Publishes, pauses, resumes or closes. Answered when every open pool knows.</summary>
    [Alias("Move")]
    Task<Result<ProjectView>> Move(string caller, ProjectMove move);

    /// <summary>Reserves the pages of one import batch; the same import and batch always get the same page.</summary>
    [Alias("AllocatePage")]
    Task<Result<PageAllocation>> AllocatePage(string caller, string import, int batch);

    /// <summary>The pages of an import are filled: they may open.</summary>
    [Alias("Imported")]
    Task<Result<ProjectView>> Imported(string caller, string import, int batches, long tasks);

    /// <summary>What contributors need to find work.</summary>
    [Alias("Window"), ReadOnly]
    Task<Result<ProjectWindow>> Window();

    /// <summary>Everything a developer sees of it, counts aside.</summary>
    [Alias("View"), ReadOnly]
    Task<Result<ProjectView>> View();

    /// <summary>A contributor without work asks to be woken when the window changes. False when it has changed already.</summary>
    [Alias("WaitForWindow")]
    Task<bool> WaitForWindow(string contributor, long seenVersion);

    /// <summary>A pool says that every task of its page is closed.</summary>
    [Alias("PageClosed")]
    Task PageClosed(int page);

    /// <summary>A closed page has open tasks again. Idempotent.</summary>
    [Alias("PageReopened")]
    Task PageReopened(int page);
}

/// <summary>A step in the life of a project.</summary>
public enum ProjectMove
{
    /// <summary>Draft → live.</summary>
    Publish = 0,

    /// <summary>Live → paused: no new leases; what is leased may be finished.</summary>
    Pause = 1,

    /// <summary>Paused → live.</summary>
    Resume = 2,

    /// <summary>To closed, for good: open tasks are cancelled, open leases recalled.</summary>
    Close = 3,
}

/// <summary>Where a project stands.</summary>
public enum ProjectState
{
    /// <summary>Being written; tasks can be imported.</summary>
    Draft = 0,

    /// <summary>Work is handed out.</summary>
    Live = 1,

    /// <summary>No new leases.</summary>
    Paused = 2,

    /// <summary>Ended for good.</summary>
    Closed = 3,
}

/// <summary>A project as its developer sees it.</summary>
/// <param name="Project">Its key.</param>
/// <param name="Owner">Key of the developer.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BriefVersion">Version of the brief, from 1.</param>
/// <param name="Brief">The brief in force.</param>
/// <param name="Pages">Pages allocated.</param>
/// <param name="ClosedPages">Pages whose every task is closed.</param>
/// <param name="Tasks">Tasks imported.</param>
[GenerateSerializer, Immutable, Alias("trove.project-view")]
public sealed record ProjectView(
    [property: Id(0)] string Project,
    [property: Id(1)] string Owner,
    [property: Id(2)] ProjectState State,
    [property: Id(3)] int BriefVersion,
    [property: Id(4)] Brief Brief,
    [property: Id(5)] int Pages,
    [property: Id(6)] int ClosedPages,
    [property: Id(7)] long Tasks);

/// <summary>The page that an import's batch goes to.</summary>
[GenerateSerializer, Immutable, Alias("trove.page-allocation")]
public sealed record PageAllocation([property: Id(0)] int Page);

/// <summary>Where work may be found.</summary>
/// <param name="Version">Grows with each change of anything below.</param>
/// <param name="State">Where the project stands.</param>
/// <param name="BriefVersion">Version of <paramref name="Brief"/>.</param>
/// <param name="Brief">The brief in force.</param>
/// <param name="OpenPages">Pages that hand out work, at most 64.</param>
[GenerateSerializer, Immutable, Alias("trove.project-window")]
public sealed record ProjectWindow(
    [property: Id(0)] long Version,
    [property: Id(1)] ProjectState State,
    [property: Id(2)] int BriefVersion,
    [property: Id(3)] Brief Brief,
    [property: Id(4)] ImmutableArray<int> OpenPages);
