using System.Collections.Concurrent;
using System.Reflection;
using Orleans.CodeGeneration;
using Trove.Embedded.Activations;

namespace Trove.Embedded.References;

/// <summary>Makes references from the classes that the generator wrote.</summary>
internal sealed class ReferenceFactory(GrainReferenceRuntime runtime, GrainClasses classes, ObserverDirectory observers) : IGrainFactory
{
    private readonly ConcurrentDictionary<Type, Func<GrainReferenceShared, IdSpan, GrainReference>> _proxies = new();
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainReferenceShared> _grains = new();
    private readonly ConcurrentDictionary<GrainType, GrainReferenceShared> _types = new();

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => (TGrainInterface)Get(typeof(TGrainInterface), primaryKey, grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => (IGrain)Get(grainInterfaceType, grainPrimaryKey, prefix: null);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)Make(typeof(TGrainInterface), grainId);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => (TGrainObserverInterface)Make(typeof(TGrainObserverInterface), observers.Add(obj));

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => observers.Remove(obj.GetGrainId());

    public IAddressable Make(Type interfaceType, GrainId id) =>
        ProxyOf(interfaceType)(SharedOf(id.Type), id.Key);

    public GrainReferenceShared SharedOf(GrainType type) => _types.GetOrAdd(type, static (name, sender) => new(sender, name), runtime);

    private IAddressable Get(Type interfaceType, string key, string? prefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var shared = _grains.TryGetValue((interfaceType, prefix), out var known)
            ? known
            : _grains.GetOrAdd((interfaceType, prefix), new GrainReferenceShared(runtime, classes.OfInterface(interfaceType, prefix).Type));
        return ProxyOf(interfaceType)(shared, IdSpan.Create(key));
    }

    private Func<GrainReferenceShared, IdSpan, GrainReference> ProxyOf(Type interfaceType) =>
        _proxies.TryGetValue(interfaceType, out var proxy) ? proxy : _proxies.GetOrAdd(interfaceType, Find);

    private static Func<GrainReferenceShared, IdSpan, GrainReference> Find(Type interfaceType)
    {
        var proxy = interfaceType.Assembly.GetCustomAttributes<GrainProxyAttribute>().FirstOrDefault(each => each.InterfaceType == interfaceType)?.ProxyType
            ?? throw new ArgumentException($"{interfaceType} is not a grain or observer interface of a project with the engine's generator.", nameof(interfaceType));
        return proxy.GetMethod("Create", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Func<GrainReferenceShared, IdSpan, GrainReference>>();
    }
}
