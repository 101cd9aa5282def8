using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Utilities;

namespace Trove.Engine.Tests.Grains;

[Alias("test.listener")]
public interface IListener : IGrainObserver
{
    [Alias("Hear")]
    Task Hear(string news);
}

[Alias("test.newspaper")]
public interface INewspaperGrain : IGrainWithStringKey
{
    [Alias("Subscribe")]
    Task Subscribe(string name, IListener listener);

    /// <summary>Tells everybody; how many are subscribed afterwards.</summary>
    [Alias("Publish")]
    Task<int> Publish(string news);

    /// <summary>Tells the one, without the manager's forgiveness.</summary>
    [Alias("Tell")]
    Task Tell(IListener listener, string news);

    [Alias("ForgetAfter")]
    Task ForgetAfter(TimeSpan expiration);
}

[GrainType("test-newspaper")]
public sealed class NewspaperGrain(TimeProvider clock) : Grain, INewspaperGrain
{
    private readonly ObserverManager<string, IListener> _listeners = new(TimeSpan.FromDays(1), NullLogger.Instance) { GetDateTime = () => clock.GetUtcNow().UtcDateTime };

    public Task Subscribe(string name, IListener listener)
    {
        _listeners.Subscribe(name, listener);
        return Task.CompletedTask;
    }

    public async Task<int> Publish(string news)
    {
        await _listeners.Notify(listener => listener.Hear(news));
        return _listeners.Count;
    }

    public Task Tell(IListener listener, string news) => listener.Hear(news);

    public Task ForgetAfter(TimeSpan expiration)
    {
        _listeners.ExpirationDuration = expiration;
        return Task.CompletedTask;
    }
}
