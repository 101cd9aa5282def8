namespace Orleans.Runtime;

/// <summary>One activation of a grain, as its own code sees it.</summary>
public interface IGrainContext
{
    /// <summary>A reference to this grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The object of the grain's class, or null before it is constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>Services of this activation; scoped ones live as long as it does.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation has ended. Awaiting it inside the grain never ends.</summary>
    Task Deactivated { get; }

    internal IGrainRuntime Runtime { get; }

    /// <summary>Starts to deactivate as soon as no request is running. <paramref name="cancellationToken"/> cuts the grain's own farewell short.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
