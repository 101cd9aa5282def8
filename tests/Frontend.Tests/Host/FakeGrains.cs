using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Trove.Contracts.Accounts;
using Trove.Frontend.Tests.Identity;

namespace Trove.Frontend.Tests.Host;

/// <summary>Grains behind the frontend, one object per interface and key, made by the test. Observers are the objects themselves.</summary>
internal sealed partial class FakeGrains : IGrainFactory
{
    private readonly ConcurrentDictionary<(Type, string), object> _grains = new();
    private readonly Dictionary<Type, Func<string, object>> _makers = new()
    {
        [typeof(IAccountGrain)] = _ => new FakeAccount(),
        [typeof(IApiKeyGrain)] = id => new FakeApiKey(id),
        [typeof(IErasuresGrain)] = _ => new NoErasures(),
        [typeof(IFirstAdminGrain)] = _ => new ClosedDoor(),
        [typeof(IKeyRingGrain)] = _ => new FakeKeyRing(),
        [typeof(IStandingsGrain)] = _ => new NoNews(),
    };

    public FakeGrains With<TGrain>(Func<string, TGrain> make)
        where TGrain : class
    {
        _makers[typeof(TGrain)] = key => make(key);
        return this;
    }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)_grains.GetOrAdd((typeof(TGrainInterface), primaryKey), key => _makers[key.Item1](key.Item2));

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => (TGrainObserverInterface)obj;

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
    }
}
