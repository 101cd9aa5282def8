using System.Collections.Immutable;

namespace Trove.Contracts.Labeling;

/// <summary>
/// Judges a project's closed tasks anew, all together, as answers come in: what one contributor did on one task says something of what they did on
/// another. Where the answers are tags, it knows which are worth suggesting. Memory only: what it knows it reads from the pages' evidence again. Key: the
/// project.
/// </summary>
[Alias("trove.IRefitGrain")]
public interface IRefitGrain : IGrainWithStringKey
{
    /// <summary>Most tags suggested at once.</summary>
    const int MostTags = 50;

    /// <summary>Begins a re-fit when the answers are worth one, and returns at once.</summary>
    /// <param name="answers">Counted answers of the project.</param>
    /// <param name="isComplete">Every task is closed.</param>
    [Alias("Consider")]
    Task<RefitStatus> Consider(long answers, bool isComplete);

    /// <summary>How often a contributor is thought to be right in this project, 0 to 1; null when the last re-fit did not know them.</summary>
    [Alias("Reliability")]
    Task<double?> Reliability(string contributor);

    /// <summary>
    /// Tags that begin so, most used first: those of the brief, and those that closed tasks had decided when they were last read. Nothing that anybody
    /// answered to an open task is among them. Empty when the project takes no tags.
    /// </summary>
    /// <param name="prefix">What is typed so far; empty for the most used of all.</param>
    /// <param name="most">Tags wanted, at most <see cref="MostTags"/>.</param>
    [Alias("SuggestTags")]
    Task<ImmutableArray<string>> SuggestTags(string prefix, int most);
}

/// <summary>Where the re-fitting of a project stands.</summary>
/// <param name="IsRunning">One is under way, or failed and is tried again soon.</param>
/// <param name="Answers">Counted answers that the last one, or the one under way, began with.</param>
/// <param name="Last">What the last one came to; null before the first.</param>
[GenerateSerializer, Immutable, Alias("trove.refit-status")]
public sealed record RefitStatus(
    [property: Id(0)] bool IsRunning,
    [property: Id(1)] long Answers,
    [property: Id(2)] RefitReport? Last);

/// <summary>What a re-fit came to.</summary>
/// <param name="Method">Name and version of the method.</param>
/// <param name="Tasks">Closed tasks that it judged.</param>
/// <param name="Reopened">Those that opened again for more answers.</param>
/// <param name="Revised">Those whose outcome it changed.</param>
/// <param name="At">When it ended.</param>
[GenerateSerializer, Immutable, Alias("trove.refit-report")]
public sealed record RefitReport(
    [property: Id(0)] string Method,
    [property: Id(1)] int Tasks,
    [property: Id(2)] int Reopened,
    [property: Id(3)] int Revised,
    [property: Id(4)] DateTimeOffset At);
