using Microsoft.Extensions.Logging;

namespace Trove.Grains.Projects;

internal sealed partial class ProjectGrain
{
    [LoggerMessage(EventId = 1100, Level = LogLevel.Warning, Message = "Project {Project} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string project, Exception cause);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Project {Project} could not tell everybody and tries again")]
    private static partial void LogTellingFailed(ILogger logger, string project, Exception cause);
}
