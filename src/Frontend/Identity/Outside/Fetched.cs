namespace Trove.Frontend.Identity.Outside;

/// <summary>Something that is fetched and kept for a while. Whoever asks while it is on its way waits for the same fetch; a failure is told to those, and the next one tries again.</summary>
internal sealed class Fetched<T>(Func<Task<T>> fetch, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private Task<T>? _value;
    private DateTimeOffset _asked;

    /// <summary>What was fetched no longer ago than <paramref name="oldest"/>.</summary>
    public Task<T> Get(TimeSpan oldest)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_value is null or { IsFaulted: true } || (_value.IsCompleted && _asked + oldest <= now))
            {
                (_value, _asked) = (fetch(), now);
            }

            return _value;
        }
    }
}
