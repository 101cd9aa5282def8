using Trove.Contracts.Projects;

namespace Trove.Frontend.Projects;

/// <summary>A project to create.</summary>
/// <param name="Project">Its key; left out, one is made up.</param>
/// <param name="Brief">What is asked.</param>
/// <param name="Simulated">Whether its contributors are simulated: then nothing is paid. Fixed for good.</param>
public sealed record NewProject(BriefBody? Brief, string? Project = null, bool Simulated = false);

/// <summary>What a member of the team may do.</summary>
public sealed record MemberBody(TeamRole? Role);

/// <summary>A brief as a developer writes it: what is left out takes the house's default, which the grains' own record cannot express.</summary>
public sealed record BriefBody(
    string? Title = null,
    string? Purpose = null,
    string? Question = null,
    LabelSchema? Schema = null,
    Redundancy? Redundancy = null,
    TaskOrder Order = TaskOrder.Depth,
    HandOut? HandOut = null,
    long PriceMinor = 0,
    Audience? Audience = null)
{
    /// <summary>The brief. Whether it makes sense is the project's to judge, which tells everything that is wrong at once.</summary>
    internal Result<Brief> Read() => Schema is null
        ? new Problem("brief-invalid", "The schema is missing: say how the question is answered, for example {\"kind\":\"yesNo\"}.")
        : new Brief(Title ?? "", Purpose ?? "", Question ?? "", Schema with { Options = Schema.Options.OrEmpty() }, Redundancy ?? new Redundancy(), Order, HandOut ?? new HandOut(), PriceMinor, Audience);
}
