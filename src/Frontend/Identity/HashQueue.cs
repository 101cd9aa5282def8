using System.Collections.Concurrent;

namespace Trove.Frontend.Identity;

/// <summary>
/// Slow work on passwords, on threads of its own: half of the machine's cores at most, so that however many sign in, those who work are served by the other half,
/// and the threads that serve requests never compute. What does not fit in the queue is refused at once instead of piling up.
/// </summary>
internal sealed class HashQueue : IDisposable
{
    /// <summary>Pieces of work that wait. At about a tenth of a second each, the last one waits a browser's patience.</summary>
    public const int Capacity = 128;

    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly BlockingCollection<Action> _waiting = []; // bounded by the places
    private int _places = Capacity + Threads;
    private long _hashes;

    public HashQueue()
    {
        for (var i = 0; i < Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "trove-hash", Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    /// <summary>Password hashes computed so far: who looks unknown must cost as many as who is known.</summary>
    public long Hashes => Interlocked.Read(ref _hashes);

    /// <summary>
    /// Takes a place, for work that follows or does not. Whoever counts attempts takes it first: who is sent away because there is no room has not tried.
    /// </summary>
    /// <exception cref="BusyException">Too much waits already.</exception>
    public Place Take()
    {
        if (Interlocked.Decrement(ref _places) < 0)
        {
            Interlocked.Increment(ref _places);
            throw new BusyException();
        }

        return new Place(this);
    }

    /// <summary>Runs <paramref name="work"/> when its turn comes.</summary>
    /// <exception cref="BusyException">Too much waits already.</exception>
    public Task<T> Run<T>(Func<T> work)
    {
        return In(Take());

        async Task<T> In(Place taken)
        {
            using (taken)
            {
                return await taken.Run(work);
            }
        }
    }

    /// <summary>A password hash was computed.</summary>
    public void Count() => Interlocked.Increment(ref _hashes);

    public void Dispose() => _waiting.CompleteAdding();

    /// <summary>A place in the queue, given back when disposed.</summary>
    public sealed class Place(HashQueue queue) : IDisposable
    {
        /// <summary>Runs <paramref name="work"/> when its turn comes.</summary>
        public Task<T> Run<T>(Func<T> work)
        {
            var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            queue._waiting.Add(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            });
            return done.Task;
        }

        public void Dispose() => Interlocked.Increment(ref queue._places);
    }

    private void Work()
    {
        // A thread of its own may block: it serves nothing else.
        foreach (var work in _waiting.GetConsumingEnumerable())
        {
            work();
        }
    }
}

/// <summary>More people sign in than this machine can check at a time.</summary>
internal sealed class BusyException() : Exception("Too many passwords wait to be checked.")
{
    /// <summary>When to come back, in seconds.</summary>
    public const int RetryAfter = 10;

    /// <summary>What the caller is told.</summary>
    public static readonly Problem Problem = new("busy", $"Too many people sign in at this moment. Send the same again in {RetryAfter} seconds.");
}
