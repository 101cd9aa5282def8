using Microsoft.Extensions.Logging;

namespace Trove.Grains.Refits;

internal sealed partial class RefitGrain
{
    [LoggerMessage(EventId = 1400, Level = LogLevel.Information, Message = "Re-fit of {Project}: {Tasks} tasks judged, {Reopened} to be opened again, {Revised} with another outcome")]
    private static partial void LogFitted(ILogger logger, string project, int tasks, int reopened, int revised);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "The re-fit of {Project} failed and is tried again later; its outcomes stay as they are")]
    private static partial void LogFailed(ILogger logger, string project, Exception cause);
}
