using Microsoft.AspNetCore.SignalR;

namespace Trove.Frontend.Hubs;

/// <summary>Stands before every hub method: limits how fast one connection sends, and lets no inner detail out.</summary>
internal sealed partial class HubGuard(FrontendOptions options, ConnectionRights rights, HubRules rules, TimeProvider clock, ILogger<HubGuard> logger) : IHubFilter
{
    private static readonly object Bucket = new();

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        if (options.HubMessagesPerSecond > 0)
        {
            context.Context.Items[Bucket] = new TokenBucket(options.HubMessagesPerSecond, options.HubBurst, clock);
        }

        rights.Add(context.Context);
        return next(context);
    }

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext context, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (options.HubMessagesPerSecond > 0 && context.Context.Items[Bucket] is TokenBucket bucket && !bucket.TryTake())
        {
            if (bucket.Refused > options.HubBurst)
            {
                LogFlood(logger, context.Context.ConnectionId);
                context.Context.Abort();
            }

            throw Refusal("too-many-messages", "This connection sends faster than allowed. Wait a second; who goes on is disconnected.");
        }

        try
        {
            if (rules.Of(context.HubMethod) is { } policy && await rules.Refusal(context, policy) is { } refusal)
            {
                throw Refusal(refusal);
            }

            return await next(context);
        }
        catch (HubException)
        {
            throw;
        }
        catch (Exception) when (context.Context.ConnectionAborted.IsCancellationRequested)
        {
            throw Refusal("gone", "The connection ended.");
        }
        catch (Exception exception) when (GrainCalls.IsTransient(exception))
        {
            LogUnavailable(logger, exception, context.HubMethodName);
            throw Refusal(GrainCalls.Unavailable);
        }
        catch (Exception exception)
        {
            var id = Guid.NewGuid().ToString("N");
            LogUnexpected(logger, exception, context.HubMethodName, id);
            throw Refusal("unexpected", $"Something went wrong here that should not. Tell the operator this number: {id}.");
        }
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        rights.Remove(context.Context);
        try
        {
            await next(context, exception);
        }
        catch (Exception failure)
        {
            // Grains learn that nobody is here from the missing renewals, only later.
            LogFarewell(logger, failure, context.Context.ConnectionId);
        }
    }

    /// <summary>A refusal as the client sees it, <c>code: detail</c>.</summary>
    public static HubException Refusal(string code, string detail) => new($"{code}: {detail}");

    /// <inheritdoc cref="Refusal(string, string)"/>
    public static HubException Refusal(Problem problem) => Refusal(problem.Code, problem.Detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} floods its hub and is disconnected")]
    private static partial void LogFlood(ILogger logger, string connection);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The end of connection {Connection} could not be told")]
    private static partial void LogFarewell(ILogger logger, Exception exception, string connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Hub method {Method} found Trove unavailable")]
    private static partial void LogUnavailable(ILogger logger, Exception exception, string method);

    [LoggerMessage(Level = LogLevel.Error, Message = "Hub method {Method} failed; correlation {Correlation}")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string correlation);
}
