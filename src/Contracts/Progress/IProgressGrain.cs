using System.Collections.Immutable;
using Trove.Contracts.Labeling;

namespace Trove.Contracts.Progress;

/// <summary>What a developer watches. Memory only: rebuilt from the pools' absolute counters. Key: the project.</summary>
[Alias("trove.IProgressGrain")]
public interface IProgressGrain : IGrainWithStringKey
{
    /// <summary>A pool's absolute counters. True while anybody watches: report four times a second, else every ten.</summary>
    [Alias("Report")]
    Task<bool> Report(PoolSnapshot snapshot);

    /// <summary>Subscribes a frontend, or renews its subscription (it lapses after 30 s); returns the snapshot.</summary>
    [Alias("Watch")]
    Task<Result<ProjectProgress>> Watch(string frontend, IBoardSink sink);

    /// <summary>Ends a subscription.</summary>
    [Alias("Unwatch")]
    Task Unwatch(string frontend);

    /// <summary>The snapshot.</summary>
    [Alias("Current")]
    Task<Result<ProjectProgress>> Current();
}

/// <summary>A frontend's ear for boards. It only queues and returns.</summary>
[Alias("trove.IBoardSink")]
public interface IBoardSink : IGrainObserver
{
    /// <summary>The newest progress of a project; a later one replaces an earlier one.</summary>
    [Alias("Progress")]
    Task Progress(ProjectProgress progress);
}

/// <summary>Live counts of a project.</summary>
/// <param name="Project">The project.</param>
/// <param name="Version">Grows with each change; a gap means nothing, an older one is dropped.</param>
/// <param name="Partial">Some page is still rebuilding; counts of open tasks may be short.</param>
/// <param name="Tasks">Tasks in all.</param>
/// <param name="Closed">Closed tasks.</param>
/// <param name="Undecided">Closed tasks without agreement.</param>
/// <param name="Answers">Counted answers.</param>
/// <param name="Live">Answers being worked on.</param>
/// <param name="AnswersPerSecond">Rate over the last ten seconds or so.</param>
/// <param name="MeanConfidence">Mean confidence of the closed tasks; 0 before the first.</param>
/// <param name="SpentMinor">Money moved, minor units.</param>
/// <param name="SecondsLeft">Estimate to the end at this rate; null when nothing moves.</param>
/// <param name="Newest">Latest closed tasks, newest first.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Refit">Where the re-fitting of its outcomes stands; null before the first.</param>
/// <param name="IsFinal">Every task is closed, and a re-fit over all answers has found none that should not be.</param>
[GenerateSerializer, Immutable, Alias("trove.project-progress")]
public sealed record ProjectProgress(
    [property: Id(0)] string Project,
    [property: Id(1)] long Version,
    [property: Id(2)] bool Partial,
    [property: Id(3)] long Tasks,
    [property: Id(4)] long Closed,
    [property: Id(5)] long Undecided,
    [property: Id(6)] long Answers,
    [property: Id(7)] long Live,
    [property: Id(8)] double AnswersPerSecond,
    [property: Id(9)] double MeanConfidence,
    [property: Id(10)] long SpentMinor,
    [property: Id(11)] double? SecondsLeft,
    [property: Id(12)] ImmutableArray<Activity> Newest,
    [property: Id(13)] DateTimeOffset At,
    [property: Id(14)] RefitStatus? Refit = null,
    [property: Id(15)] bool IsFinal = false);
