using Microsoft.Extensions.Logging;
using Trove.Contracts;

namespace Trove.Grains.Labeling;

internal sealed partial class TaskPoolGrain
{
    [LoggerMessage(EventId = 1200, Level = LogLevel.Warning, Message = "Page {Page} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, PageId page, Exception cause);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "An errand of page {Page} failed and is tried again")]
    private static partial void LogErrandFailed(ILogger logger, PageId page, Exception cause);
}
