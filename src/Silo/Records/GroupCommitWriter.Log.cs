using Microsoft.Extensions.Logging;

namespace Trove.Silo.Records;

internal sealed partial class GroupCommitWriter
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A batch of {Writes} writes failed; none of it is kept")]
        public static partial void BatchFailed(ILogger logger, Exception failure, int writes);

        [LoggerMessage(2, LogLevel.Error, "A failed batch could not be rolled back")]
        public static partial void RollbackFailed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Error, "The disk did not take {Writes} queued writes before the shutdown's time was over")]
        public static partial void ShutdownTimedOut(ILogger logger, int writes);

        [LoggerMessage(4, LogLevel.Warning, "The log could not be started afresh; it grows until that works again")]
        public static partial void RestartFailed(ILogger logger, Exception failure);
    }
}
