using Microsoft.Extensions.Logging;

namespace Trove.Embedded.Activations;

internal sealed partial class Activation
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} did not start; the calls that waited for it fail")]
    private static partial void LogNotStarted(ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} failed to end in good order; what it had written is kept")]
    private static partial void LogFarewellFailed(ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Grain} is given up")]
    private static partial void LogGivenUp(ILogger logger, GrainId grain, Exception error);
}
