using Microsoft.Extensions.Logging;
using Trove.Contracts;

namespace Trove.Grains.Labeling;

internal sealed partial class LabelTaskGrain
{
    [LoggerMessage(EventId = 1210, Level = LogLevel.Warning, Message = "Task {Task} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, TaskId task, Exception cause);
}
