using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Contracts.Contributors;

/// <summary>Everything that is kept of a contributor but its ledger.</summary>
/// <param name="Contributor">Its opaque id.</param>
/// <param name="Profile">What it says of itself.</param>
/// <param name="Projects">Projects that it ever joined, in order of the first time.</param>
/// <param name="Drafts">Unfinished answers.</param>
/// <param name="EarnedMinor">Money earned, minor units.</param>
/// <param name="Earned">Assignments earned and not taken back.</param>
/// <param name="Score">Reputation over all skills, 0 to 100.</param>
/// <param name="Skills">Reputation by skill.</param>
/// <param name="Suspended">Verdicts that contradict what is known and are kept aside.</param>
/// <param name="Settled">Entries of the ledger.</param>
[GenerateSerializer, Immutable, Alias("trove.contributor-dossier")]
public sealed record ContributorDossier(
    [property: Id(0)] string Contributor,
    [property: Id(1)] ContributorProfile Profile,
    [property: Id(2)] ImmutableArray<string> Projects,
    [property: Id(3)] ImmutableArray<SavedDraft> Drafts,
    [property: Id(4)] long EarnedMinor,
    [property: Id(5)] long Earned,
    [property: Id(6)] int Score,
    [property: Id(7)] ImmutableArray<Skill> Skills,
    [property: Id(8)] ImmutableArray<SuspendedVerdict> Suspended,
    [property: Id(9)] long Settled);

/// <summary>An unfinished answer.</summary>
[GenerateSerializer, Immutable, Alias("trove.saved-draft")]
public sealed record SavedDraft([property: Id(0)] long Assignment, [property: Id(1)] string Draft);

/// <summary>How often a contributor was right in one kind of label.</summary>
/// <param name="Label">Kind of label.</param>
/// <param name="Classes">Number of classes; large ones are taken together.</param>
/// <param name="Right">Pseudo-count of right answers.</param>
/// <param name="Wrong">Pseudo-count of wrong answers.</param>
[GenerateSerializer, Immutable, Alias("trove.skill")]
public sealed record Skill(
    [property: Id(0)] LabelKind Label,
    [property: Id(1)] int Classes,
    [property: Id(2)] double Right,
    [property: Id(3)] double Wrong);

/// <summary>A verdict that contradicts what is known, and why.</summary>
[GenerateSerializer, Immutable, Alias("trove.suspended-verdict")]
public sealed record SuspendedVerdict([property: Id(0)] Verdict Verdict, [property: Id(1)] string Reason);

/// <summary>Some entries of a ledger.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="Next">Sequence number to go on from, null at the end.</param>
[GenerateSerializer, Immutable, Alias("trove.ledger-slice")]
public sealed record LedgerSlice([property: Id(0)] ImmutableArray<LedgerEntry> Entries, [property: Id(1)] long? Next);
