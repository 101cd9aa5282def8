using System.Threading.Channels;

namespace Trove.Frontend.Identity;

/// <summary>
/// Slow work on passwords, on threads of its own: half of the machine's cores at most, so that however many sign in, those who work are served by the other half,
/// and the threads that serve requests never compute. What does not fit in the queue is refused at once instead of piling up.
/// </summary>
internal sealed class HashQueue : IDisposable
{
    /// <summary>Pieces of work that wait. At about a tenth of a second each, the last one waits a browser's patience.</summary>
    public const int Capacity = 128;

    private readonly Channel<Action> _waiting = Channel.CreateBounded<Action>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });
    private long _hashes;

    public HashQueue()
    {
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            new Thread(Work) { IsBackground = true, Name = "trove-hash", Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    /// <summary>Password hashes computed so far: who looks unknown must cost as many as who is known.</summary>
    public long Hashes => Interlocked.Read(ref _hashes);

    /// <summary>Runs <paramref name="work"/> when its turn comes.</summary>
    /// <exception cref="BusyException">Too much waits already.</exception>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = _waiting.Writer.TryWrite(() =>
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
        return taken ? done.Task : throw new BusyException();
    }

    /// <summary>A password hash was computed.</summary>
    public void Count() => Interlocked.Increment(ref _hashes);

    public void Dispose() => _waiting.Writer.TryComplete();

    private void Work()
    {
        // A thread of its own may block: it serves nothing else.
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var work))
            {
                work();
            }
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
