using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trove.Contracts.Projects;

/// <summary>How contributors answer.</summary>
public enum LabelKind
{
    /// <summary>Yes, no or not sure. Options are fixed: <c>yes</c>, <c>no</c>, <c>not-sure</c>.</summary>
    YesNo = 0,

    /// <summary>Exactly one of the options, or <c>not-sure</c>.</summary>
    SingleChoice = 1,

    /// <summary>Any number of the options, none included.</summary>
    MultiChoice = 2,

    /// <summary>Free tags, folded before they are compared.</summary>
    Tags = 3,
}

/// <summary>The allowed answers.</summary>
/// <param name="Kind">How contributors answer.</param>
/// <param name="Options">The classes in schema order, which also settles ties; fixed for yes/no; for tags those to suggest, if any: others may be answered.</param>
[GenerateSerializer, Immutable, Alias("trove.label-schema")]
public sealed record LabelSchema([property: Id(0)] LabelKind Kind, [property: Id(1)] ImmutableArray<string> Options)
{
    /// <summary>The answer that counts, but says nothing.</summary>
    public const string NotSure = "not-sure";

    /// <summary>Most options of a schema.</summary>
    public const int MaxOptions = 200;

    /// <summary>Longest tag, in characters, as typed.</summary>
    public const int MaxTagLength = 64;

    /// <summary>The classes that an answer can name, <see cref="NotSure"/> not among them.</summary>
    public ImmutableArray<string> Classes() => Kind switch
    {
        LabelKind.YesNo => ["yes", "no"],
        LabelKind.Tags => [],
        _ => Options.OrEmpty(),
    };
}

/// <summary>How many answers a task collects.</summary>
public enum RedundancyKind
{
    /// <summary>Every answer up to the maximum; no early stop.</summary>
    All = 0,

    /// <summary>Exactly <see cref="Redundancy.Maximum"/> answers.</summary>
    Fixed = 1,

    /// <summary>From the minimum, growing to the maximum while confidence is low.</summary>
    Dynamic = 2,
}

/// <summary>How many independent answers a task collects and when it stops.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Minimum">Answers before confidence is looked at.</param>
/// <param name="Maximum">Answers never exceeded.</param>
/// <param name="Confidence">Posterior probability of the leading answer at which a dynamic task stops, 0.5 to 1.</param>
/// <param name="Price">
/// Price of one more answer as a share of what a wrong outcome costs, 0 to 1. Above zero a dynamic task also stops where the expected loss of stopping,
/// which is what confidence lacks of one, is below it.
/// </param>
[GenerateSerializer, Immutable, Alias("trove.redundancy")]
public sealed record Redundancy(
    [property: Id(0)] RedundancyKind Kind = RedundancyKind.Dynamic,
    [property: Id(1)] int Minimum = 3,
    [property: Id(2)] int Maximum = 7,
    [property: Id(3)] double Confidence = 0.95,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double Price = 0)
{
    /// <summary>Most answers a task may ask for.</summary>
    public const int Limit = 1000;
}

/// <summary>Which free task is offered first.</summary>
public enum TaskOrder
{
    /// <summary>Finish what is begun: the task with most answers first.</summary>
    Depth = 0,

    /// <summary>Every task once before any twice.</summary>
    Breadth = 1,

    /// <summary>The least certain first.</summary>
    Uncertainty = 2,
}

/// <summary>Knobs of hand-out. Every default is the house's.</summary>
/// <param name="LeaseSeconds">How long a contributor has for one task. Longer: fewer lost answers; shorter: abandoned slots come back sooner.</param>
/// <param name="GraceSeconds">How long a lost connection keeps its leases.</param>
/// <param name="Window">Leases read ahead per contributor, the one at work included.</param>
/// <param name="KillFeePercent">Part of the price paid for work that Trove recalls.</param>
/// <param name="Stint">Answers until the contributor is asked whether to go on; 0 = never asked.</param>
[GenerateSerializer, Immutable, Alias("trove.handout")]
public sealed record HandOut(
    [property: Id(0)] int LeaseSeconds = 180,
    [property: Id(1)] int GraceSeconds = 15,
    [property: Id(2)] int Window = 3,
    [property: Id(3)] int KillFeePercent = 50,
    [property: Id(4)] int Stint = 10);

/// <summary>The versioned text and rules of a project.</summary>
/// <param name="Title">What people see in lists.</param>
/// <param name="Purpose">Why the labels are wanted and what for; shown before the first item.</param>
/// <param name="Question">The question asked about each item.</param>
/// <param name="Schema">The allowed answers.</param>
/// <param name="Redundancy">How many answers a task collects, unless the task says otherwise.</param>
/// <param name="Order">Which free task is offered first.</param>
/// <param name="HandOut">Knobs of hand-out.</param>
/// <param name="PriceMinor">Pay for an accepted answer in minor units of the project's currency; 0 = volunteers.</param>
/// <param name="Audience">Who may work on it; null = everybody.</param>
[GenerateSerializer, Immutable, Alias("trove.brief")]
public sealed record Brief(
    [property: Id(0)] string Title,
    [property: Id(1)] string Purpose,
    [property: Id(2)] string Question,
    [property: Id(3)] LabelSchema Schema,
    [property: Id(4)] Redundancy Redundancy,
    [property: Id(5)] TaskOrder Order,
    [property: Id(6)] HandOut HandOut,
    [property: Id(7)] long PriceMinor = 0,
    [property: Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Audience? Audience = null);

/// <summary>Who may work on a project. What is said of a person is what the person says of itself.</summary>
/// <param name="MinimumAge">Completed years of age, 0 to 120; 0 = any.</param>
/// <param name="Regions">Countries, ISO 3166-1 alpha-2 in upper case; none = any.</param>
/// <param name="Languages">Languages of which one is enough, primary subtags of BCP 47 in lower case; none = any.</param>
[GenerateSerializer, Immutable, Alias("trove.audience")]
public sealed record Audience(
    [property: Id(0), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int MinimumAge = 0,
    [property: Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<string> Regions = default,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImmutableArray<string> Languages = default)
{
    /// <summary>Most regions, and most languages.</summary>
    public const int Limit = 300;

    /// <inheritdoc/>
    public bool Equals(Audience? other) =>
        other is not null
        && MinimumAge == other.MinimumAge
        && Regions.OrEmpty().SequenceEqual(other.Regions.OrEmpty(), StringComparer.Ordinal) // an array of its own would compare by where it lies
        && Languages.OrEmpty().SequenceEqual(other.Languages.OrEmpty(), StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MinimumAge, Regions.OrEmpty().Length, Languages.OrEmpty().Length);
}
