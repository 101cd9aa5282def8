using System.Runtime.ExceptionServices;
using Orleans.Runtime;
using Polly;
using Polly.Retry;

namespace Trove.Frontend.Hubs;

/// <summary>
/// The one place that repeats calls: three attempts, exponential with jitter, all within a deadline shorter than the engine's own time-out.
/// Only for commands that may be repeated. While nothing fails, it costs one state machine.
/// </summary>
internal sealed partial class GrainCalls(TimeProvider clock, ILogger<GrainCalls> logger)
{
    /// <summary>What a caller is told when the attempts are used up.</summary>
    public static readonly Problem Unavailable = new("unavailable", "Trove is busy or restarting. Nothing is lost: send the same again in a few seconds.");

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);

    private readonly ResiliencePipeline _again = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && IsTransient(exception)),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
        })
        .Build();

    /// <summary>Whether the same call may succeed a moment later: no answer in time, refused before it ran, or a commit that failed.</summary>
    public static bool IsTransient(Exception exception) => exception is TimeoutException or OrleansException or CommitFailedException;

    /// <summary>Calls, and calls again while the failure is transient. <paramref name="call"/> is static, its arguments are <paramref name="arguments"/>: no closure on the hot path.</summary>
    public async Task<T> Run<TArguments, T>(TArguments arguments, Func<TArguments, Task<T>> call)
    {
        var begun = clock.GetTimestamp();
        ExceptionDispatchInfo failure;
        try
        {
            return await call(arguments);
        }
        catch (Exception exception) when (IsTransient(exception))
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        LogAgain(logger, failure.SourceException);
        return await RunAgain(arguments, call, failure, Deadline - clock.GetElapsedTime(begun));
    }

    private async Task<T> RunAgain<TArguments, T>(TArguments arguments, Func<TArguments, Task<T>> call, ExceptionDispatchInfo failure, TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            failure.Throw();
        }

        using var deadline = new CancellationTokenSource(left, clock);
        var first = true;
        try
        {
            return await _again.ExecuteAsync(
                async token =>
                {
                    if (first)
                    {
                        // The attempt that has failed already: the pipeline waits after it as after its own.
                        first = false;
                        failure.Throw();
                    }

                    return await call(arguments).WaitAsync(token);
                },
                deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            failure.Throw();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A grain call failed and is repeated")]
    private static partial void LogAgain(ILogger logger, Exception exception);
}
