using Microsoft.Extensions.Logging;

namespace Trove.Silo.Records;

internal sealed partial class Checkpointer
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The log could not be folded into the database file; it grows until that works again")]
        public static partial void CheckpointFailed(ILogger logger, Exception failure);
    }
}
