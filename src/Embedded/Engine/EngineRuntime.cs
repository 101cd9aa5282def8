using Orleans.Timers;
using Trove.Embedded.Activations;
using Trove.Embedded.Timers;

namespace Trove.Embedded;

/// <summary>The engine, as grains see it.</summary>
internal sealed class EngineRuntime(EmbeddedEngine engine, IGrainFactory factory) : IGrainRuntime, ITimerRegistry
{
    public IGrainFactory GrainFactory => factory;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => engine.Services;

    public TimeProvider TimeProvider => engine.TimeProvider;

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        new GrainTimer((Activation)grainContext, cancellationToken => callback(state, cancellationToken), options, engine.TimeProvider);
}
