using Microsoft.Extensions.Logging;
using Trove.Contracts;

namespace Trove.Grains.Contributors;

internal sealed partial class ContributorGrain
{
    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "Contributor {Contributor} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string contributor, Exception cause);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "Work for contributor {Contributor} could not be found and is looked for again")]
    private static partial void LogRefillFailed(ILogger logger, string contributor, Exception cause);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "Whether contributor {Contributor} got a lease of {Task} is unknown; it is released")]
    private static partial void LogLeaseUnknown(ILogger logger, string contributor, TaskId task, Exception cause);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Error, Message = "A verdict about assignment {Assignment} of contributor {Contributor} from {Task} is kept in suspense: {Reason}")]
    private static partial void LogSuspense(ILogger logger, string contributor, long assignment, TaskId task, string reason);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Information, Message = "A push to contributor {Contributor} did not arrive; the session counts as lost")]
    private static partial void LogPushLost(ILogger logger, string contributor, Exception cause);
}
