using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trove.Contracts.Projects;

/// <summary>A project: its brief and versions, its life cycle, and the window of pages that are open for work. Never on a per-label path.</summary>
[Alias("trove.IProjectGrain")]
public interface IProjectGrain : IGrainWithStringKey
{
    /// <summary>Creates the project as a draft, or returns it when the same account creates it again with the same brief. The creator is its first owner.</summary>
    /// <param name="by">Who creates it.</param>
    /// <param name="brief">What is asked.</param>
    /// <param name="simulated">Whether its contributors are simulated: then nothing is ever paid, whatever the brief says. Fixed for good.</param>
    [Alias("Create")]
    Task<Result<ProjectView>> Create(Actor by, Brief brief, bool simulated);

    /// <summary>Replaces the brief by a new version. Answered when every open pool works by it.</summary>
    [Alias("ChangeBrief")]
    Task<Result<ProjectView>> ChangeBrief(Actor by, Brief brief);

    /// <summary>Publishes, pauses, resumes or closes. Answered when every open pool knows.</summary>
    [Alias("Move")]
    Task<Result<ProjectView>> Move(Actor by, ProjectMove move);

    /// <summary>Takes an account into the team, gives it another role, or with null takes it out. Refused with <c>last-owner</c>, <c>team-full</c>.</summary>
    [Alias("SetMember")]
    Task<Result<ProjectView>> SetMember(Actor by, string account, TeamRole? role);

    /// <summary>What an account is to the project: asked before each act on it, which the grain itself does not judge.</summary>
    [Alias("RoleOf"), ReadOnly]
    Task<ProjectStanding> RoleOf(string account);

    /// <summary>Reserves the pages of one import batch; the same import and batch always get the same page.</summary>
    [Alias("AllocatePage")]
    Task<Result<PageAllocation>> AllocatePage(string import, int batch);

    /// <summary>The pages of an import are filled: they may open.</summary>
    [Alias("Imported")]
    Task<Result<ProjectView>> Imported(string import, int batches, long tasks);

    /// <summary>What contributors need to find work.</summary>
    [Alias("Window"), ReadOnly]
    Task<Result<ProjectWindow>> Window();

    /// <summary>Pages that may hold tasks that are not closed: open, or waiting to be.</summary>
    [Alias("UnfinishedPages"), ReadOnly]
    Task<ImmutableArray<int>> UnfinishedPages();

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

/// <summary>What a member of a project's team may do; each may what those before it may.</summary>
public enum TeamRole
{
    /// <summary>Look.</summary>
    Viewer = 0,

    /// <summary>Change the brief, import, move the project.</summary>
    Editor = 1,

    /// <summary>Change the team, spend money, close.</summary>
    Owner = 2,
}

/// <summary>A member of a project's team.</summary>
[GenerateSerializer, Immutable, Alias("trove.team-member")]
public sealed record TeamMember([property: Id(0)] string Account, [property: Id(1)] TeamRole Role);

/// <summary>What an account is to a project.</summary>
/// <param name="Exists">Whether there is such a project.</param>
/// <param name="Role">Its role in the team, null when it is not in it.</param>
/// <param name="State">Where the project stands.</param>
/// <param name="Simulated">Whether its contributors are simulated.</param>
[GenerateSerializer, Immutable, Alias("trove.project-standing")]
public sealed record ProjectStanding(
    [property: Id(0)] bool Exists,
    [property: Id(1)] TeamRole? Role,
    [property: Id(2)] ProjectState State,
    [property: Id(3)] bool Simulated);

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
/// <param name="Owner">The account that created it, or the first of its owners when that one left the team.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BriefVersion">Version of the brief, from 1.</param>
/// <param name="Brief">The brief in force.</param>
/// <param name="Pages">Pages allocated.</param>
/// <param name="ClosedPages">Pages whose every task is closed.</param>
/// <param name="Tasks">Tasks imported.</param>
/// <param name="Team">Who works on it, in order of account; at least one owner.</param>
/// <param name="Simulated">Whether its contributors are simulated: nothing is paid.</param>
[GenerateSerializer, Immutable, Alias("trove.project-view")]
public sealed record ProjectView(
    [property: Id(0)] string Project,
    [property: Id(1)] string Owner,
    [property: Id(2)] ProjectState State,
    [property: Id(3)] int BriefVersion,
    [property: Id(4)] Brief Brief,
    [property: Id(5)] int Pages,
    [property: Id(6)] int ClosedPages,
    [property: Id(7)] long Tasks,
    [property: Id(8)] ImmutableArray<TeamMember> Team,
    [property: Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Simulated = false);

/// <summary>The page that an import's batch goes to.</summary>
[GenerateSerializer, Immutable, Alias("trove.page-allocation")]
public sealed record PageAllocation([property: Id(0)] int Page);

/// <summary>Where work may be found.</summary>
/// <param name="Version">Grows with each change of anything below.</param>
/// <param name="State">Where the project stands.</param>
/// <param name="BriefVersion">Version of <paramref name="Brief"/>.</param>
/// <param name="Brief">The brief in force.</param>
/// <param name="OpenPages">Pages that hand out work, at most 64.</param>
/// <param name="Simulated">Whether its contributors are simulated.</param>
[GenerateSerializer, Immutable, Alias("trove.project-window")]
public sealed record ProjectWindow(
    [property: Id(0)] long Version,
    [property: Id(1)] ProjectState State,
    [property: Id(2)] int BriefVersion,
    [property: Id(3)] Brief Brief,
    [property: Id(4)] ImmutableArray<int> OpenPages,
    [property: Id(5)] bool Simulated = false);
