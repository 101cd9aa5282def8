using Microsoft.Extensions.Logging;

namespace Trove.Embedded;

public sealed partial class EmbeddedEngine
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Calls were still under way {Timeout} after the stop began; they fail")]
    private static partial void LogNotDrained(ILogger logger, TimeSpan timeout);
}
