using Microsoft.Extensions.Logging;

namespace Trove.Grains.Progress;

internal sealed partial class ProgressGrain
{
    [LoggerMessage(EventId = 1310, Level = LogLevel.Information, Message = "Page {Page} of {Project} did not say its counters")]
    private static partial void LogPageSilent(ILogger logger, string project, int page, Exception cause);

    [LoggerMessage(EventId = 1312, Level = LogLevel.Information, Message = "The re-fit of {Project} did not answer and is asked again")]
    private static partial void LogRefitSilent(ILogger logger, string project, Exception cause);

    [LoggerMessage(EventId = 1311, Level = LogLevel.Information, Message = "Frontend {Frontend} did not take the board of {Project} and is dropped until it subscribes again")]
    private static partial void LogWatcherDropped(ILogger logger, string project, string frontend, Exception cause);
}
