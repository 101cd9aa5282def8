namespace Trove.Embedded.Timers;

internal static class DetachedTimers
{
    /// <summary>A timer, not armed yet, that does not carry the context of whoever made it into its ticks.</summary>
    public static ITimer CreateDetachedTimer(this TimeProvider timeProvider, TimerCallback callback, object state)
    {
        // To suppress twice is an error.
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return timeProvider.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
