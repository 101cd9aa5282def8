using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What the engine offers to grains.</summary>
public interface IGrainRuntime
{
    /// <summary>Makes references.</summary>
    IGrainFactory GrainFactory { get; }

    /// <summary>Starts grain timers.</summary>
    ITimerRegistry TimerRegistry { get; }

    /// <summary>The services of the host.</summary>
    IServiceProvider ServiceProvider { get; }

    /// <summary>The clock of grain timers and reminders.</summary>
    TimeProvider TimeProvider { get; }

    /// <summary>Asks to deactivate as soon as no request is running.</summary>
    void DeactivateOnIdle(IGrainContext grainContext);

    /// <summary>Exempts an activation from idle collection for at least <paramref name="timeSpan"/>.</summary>
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}

/// <summary>Hands the context to the constructor of the grain that is being activated on this thread.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static IGrainContext? _current;

    public static IGrainContext? Current
    {
        get => _current;
        set => _current = value;
    }
}
