using Orleans.Runtime;

namespace Orleans;

/// <summary>Base class of grains. Its methods run one turn at a time on the scheduler of their activation.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainRuntime? _runtime;

    /// <summary>Takes the context of the activation that is being constructed.</summary>
    protected Grain() : this(RuntimeContext.Current!) { }

    /// <summary>Takes the given context; <paramref name="grainRuntime"/> replaces the one of the context.</summary>
    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        _runtime = grainRuntime;
    }

    /// <summary>The activation this object is the instance of.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain that others may keep and call.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>The identity as text, <c>type/key</c>.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Runtime.GrainFactory;

    /// <summary>The services of this activation.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    internal IGrainRuntime Runtime => _runtime ?? GrainContext?.Runtime
        ?? throw new InvalidOperationException("The grain was constructed outside the engine and no runtime was given.");

    /// <summary>Called before the first request. If it throws, the waiting calls fail with that error and the next call tries afresh.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after the last request, on orderly deactivation only: a killed process does not call it.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks to deactivate as soon as no request is running; requests that wait go to the next activation.</summary>
    protected void DeactivateOnIdle() => Runtime.DeactivateOnIdle(GrainContext);

    /// <summary>Exempts this activation from idle collection for at least <paramref name="timeSpan"/>.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Runtime.DelayDeactivation(GrainContext, timeSpan);
}
