namespace Orleans.CodeGeneration;

/// <summary>How requests of a method are scheduled among others.</summary>
[Flags]
public enum InvokeMethodOptions
{
    /// <summary>Alone, or as its class says.</summary>
    None = 0,

    /// <summary>Between the turns of other read-only requests.</summary>
    ReadOnly = 1 << 1,

    /// <summary>Between the turns of any request.</summary>
    AlwaysInterleave = 1 << 2,
}

/// <summary>A method of a grain interface, described once per method by generated code.</summary>
public sealed class GrainMethod(Type interfaceType, string name, InvokeMethodOptions options = InvokeMethodOptions.None, string? timeout = null)
{
    /// <summary>How its requests are scheduled.</summary>
    public InvokeMethodOptions Options { get; } = options;

    /// <summary>Its own time-out in milliseconds, or 0 for the engine's.</summary>
    public long TimeoutMilliseconds { get; } =
        timeout is null ? 0 : (long)TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture).TotalMilliseconds;

    /// <inheritdoc/>
    public override string ToString() => $"{interfaceType.Name}.{name}";
}

/// <summary>Says which generated class calls which interface.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class GrainProxyAttribute(Type interfaceType, Type proxyType) : Attribute
{
    /// <summary>The interface.</summary>
    public Type InterfaceType { get; } = interfaceType;

    /// <summary>The class, with a static method <c>Create(GrainReferenceShared, IdSpan)</c>.</summary>
    public Type ProxyType { get; } = proxyType;
}

/// <summary>Copies the arguments and the result of a request as sending them through a wire would.</summary>
public interface IMessageCopier
{
    /// <summary>A copy that shares nothing mutable with <paramref name="value"/>. <paramref name="member"/> names it in errors.</summary>
    T Copy<T>(T value, string member);
}
