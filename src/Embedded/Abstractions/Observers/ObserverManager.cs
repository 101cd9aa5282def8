using System.Collections;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>Observers by their reference.</summary>
public class ObserverManager<TObserver>(TimeSpan expiration, ILogger log) : ObserverManager<IAddressable, TObserver>(expiration, log);

/// <summary>
/// Who watches a grain. Subscriptions lapse unless renewed, because a watcher that died cannot unsubscribe.
/// Used from the grain's turns only.
/// </summary>
public partial class ObserverManager<TIdentity, TObserver> : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly ILogger _log;

    // Immutable, so that a notification that awaits keeps the list it began with while others subscribe.
    private ImmutableDictionary<TIdentity, Entry> _entries = ImmutableDictionary<TIdentity, Entry>.Empty;

    /// <summary>Subscriptions live for <paramref name="expiration"/> after their last renewal.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ExpirationDuration = expiration;
        _log = log;
    }

    /// <summary>The clock, UTC.</summary>
    public Func<DateTime> GetDateTime { get; set; } = () => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>How long a subscription lives after its last renewal.</summary>
    public TimeSpan ExpirationDuration { get; set; }

    /// <summary>How many are subscribed, lapsed ones included until the next notification.</summary>
    public int Count => _entries.Count;

    /// <summary>A copy of who is subscribed.</summary>
    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Observer);

    /// <summary>Forgets everybody.</summary>
    public void Clear() => _entries = _entries.Clear();

    /// <summary>Subscribes or renews.</summary>
    public void Subscribe(TIdentity id, TObserver observer)
    {
        _entries = _entries.SetItem(id, new(observer, GetDateTime()));
        LogSubscribed(_log, id, _entries.Count);
    }

    /// <summary>Forgets one.</summary>
    public void Unsubscribe(TIdentity id)
    {
        _entries = _entries.Remove(id);
        LogUnsubscribed(_log, id, _entries.Count);
    }

    /// <summary>Tells each in turn, and forgets those that fail or have lapsed.</summary>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ClearExpired();
        foreach (var (id, entry) in _entries)
        {
            if (predicate is not null && !predicate(entry.Observer)) continue;
            try
            {
                await notification(entry.Observer);
            }
            catch (Exception failure)
            {
                Forget(id, entry, failure);
            }
        }
    }

    /// <inheritdoc cref="Notify(Func{TObserver, Task}, Func{TObserver, bool}?)"/>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ClearExpired();
        foreach (var (id, entry) in _entries)
        {
            if (predicate is not null && !predicate(entry.Observer)) continue;
            try
            {
                notification(entry.Observer);
            }
            catch (Exception failure)
            {
                Forget(id, entry, failure);
            }
        }
    }

    /// <summary>Forgets those that have lapsed.</summary>
    public void ClearExpired()
    {
        var oldest = GetDateTime() - ExpirationDuration;
        _entries = _entries.RemoveRange(_entries.Where(entry => entry.Value.LastSeen < oldest).Select(entry => entry.Key));
    }

    /// <inheritdoc/>
    public IEnumerator<TObserver> GetEnumerator() => _entries.Values.Select(entry => entry.Observer).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Only the entry that failed: the watcher may have renewed with a new reference while the call was under way.
    private void Forget(TIdentity id, Entry failed, Exception failure)
    {
        if (_entries.TryGetValue(id, out var current) && ReferenceEquals(current, failed)) _entries = _entries.Remove(id);
        LogFailed(_log, id, failure);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Observer {Id} subscribed or renewed; {Count} in all")]
    private static partial void LogSubscribed(ILogger logger, TIdentity id, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Observer {Id} unsubscribed; {Count} left")]
    private static partial void LogUnsubscribed(ILogger logger, TIdentity id, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Observer {Id} failed and is forgotten")]
    private static partial void LogFailed(ILogger logger, TIdentity id, Exception failure);

    private sealed record Entry(TObserver Observer, DateTime LastSeen);
}
