using Orleans.CodeGeneration;

namespace Orleans.Runtime;

/// <summary>What all references to grains of one type have in common.</summary>
public sealed class GrainReferenceShared
{
    internal GrainReferenceShared(GrainReferenceRuntime runtime, GrainType grainType)
    {
        Runtime = runtime;
        GrainType = grainType;
    }

    internal GrainReferenceRuntime Runtime { get; }

    internal GrainType GrainType { get; }
}

/// <summary>Calls a grain or an observer by its identity. Generated code derives one class per interface.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly IdSpan _key;
    private readonly GrainReferenceShared _shared;

    // Where the last call went; the engine checks that it is still there.
    internal object? Route;

    /// <summary>Made by generated code.</summary>
    protected GrainReference(GrainReferenceShared shared, IdSpan key)
    {
        _shared = shared;
        _key = key;
    }

    /// <summary>Who is called.</summary>
    public GrainId GrainId => new(_shared.GrainType, _key);

    /// <summary>Same identity.</summary>
    public static bool operator ==(GrainReference? left, GrainReference? right) => left?.Equals(right) ?? right is null;

    /// <summary>Different identity.</summary>
    public static bool operator !=(GrainReference? left, GrainReference? right) => !(left == right);

    /// <summary>A reference of another interface to the same grain.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>() =>
        this is TGrainInterface same ? same : (TGrainInterface)_shared.Runtime.MakeReference(typeof(TGrainInterface), GrainId);

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    /// <summary>Sends a request; the task completes with the reply.</summary>
    protected Task<T> Send<T>(Request<T> request, CancellationToken cancellationToken = default)
    {
        request.Target = this;
        if (cancellationToken.CanBeCanceled) request.LinkTo(cancellationToken);
        _shared.Runtime.Send(request);
        return request.ReplyTask;
    }

    /// <summary>Sends a request; the task completes with the reply.</summary>
    protected Task Send(VoidRequest request, CancellationToken cancellationToken = default)
    {
        request.Target = this;
        if (cancellationToken.CanBeCanceled) request.LinkTo(cancellationToken);
        _shared.Runtime.Send(request);
        return request.ReplyTask;
    }
}

/// <summary>The engine, as references see it.</summary>
internal abstract class GrainReferenceRuntime
{
    public abstract void Send(Request request);

    public abstract IAddressable MakeReference(Type interfaceType, GrainId grainId);
}
