using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Trove.Contracts.Contributors;

namespace Trove.Client.Work;

/// <summary>
/// The items that a session holds. Kept by project and task, of which a contributor never has two leases, because a resumed lease may carry a new token.
/// </summary>
internal sealed class HeldOffers
{
    /// <summary>Items that wait to be read, at most. The server leases fewer; whoever reads slower than that stops the connection's reading side.</summary>
    private const int Capacity = 64;

    /// <summary>Answered items remembered: far more than a connection can have under way at once.</summary>
    private const int Remembered = 64;

    private readonly Lock _lock = new();
    private readonly HashSet<(string Project, int Task)> _counted = [];
    private readonly Queue<(string Project, int Task)> _countedInOrder = new();
    private readonly Dictionary<(string Project, int Task), Held> _held = [];
    private readonly Channel<Held> _queue = Channel.CreateBounded<Held>(new BoundedChannelOptions(Capacity) { SingleReader = false });

    private enum Stage
    {
        Queued,
        InHand,
        Answered,
        Dropped,
    }

    /// <summary>Tokens that the session would resume with.</summary>
    public ImmutableArray<string> Tokens()
    {
        lock (_lock)
        {
            return [.. _held.Values.Where(h => h.Stage != Stage.Dropped).Select(h => h.Offer.Token)];
        }
    }

    /// <summary>
    /// Takes an offer in. One that is held already only gets the newer token; one whose answer was counted is an echo of a join or a push that the
    /// answer has overtaken, and nobody should be asked the same twice.
    /// </summary>
    public ValueTask AddAsync(Offer offer, CancellationToken cancellation)
    {
        Held held;
        lock (_lock)
        {
            if (_counted.Contains(Key(offer)))
            {
                return ValueTask.CompletedTask;
            }

            if (_held.TryGetValue(Key(offer), out var known) && known.Stage != Stage.Dropped)
            {
                known.Offer = offer;
                return ValueTask.CompletedTask;
            }

            _held[Key(offer)] = held = new Held(offer);
        }

        return _queue.Writer.WriteAsync(held, cancellation);
    }

    /// <summary>Items in order of arrival, those dropped meanwhile left out, until the session ends.</summary>
    public async IAsyncEnumerable<Offer> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var held in _queue.Reader.ReadAllAsync(cancellation))
        {
            if (Advance(held, Stage.Queued, Stage.InHand))
            {
                yield return held.Offer;
            }
        }
    }

    /// <summary>Marks an item as answered, after which a recall no longer drops it. False when it was dropped before.</summary>
    public bool Answer(Offer offer)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(Key(offer), out var held))
            {
                held = _held[Key(offer)] = new Held(offer);
            }

            if (held.Stage == Stage.Dropped)
            {
                _held.Remove(Key(offer));
                return false;
            }

            held.Stage = Stage.Answered;
            return true;
        }
    }

    /// <summary>The newest token of an item.</summary>
    public string TokenOf(Offer offer)
    {
        lock (_lock)
        {
            return _held.TryGetValue(Key(offer), out var held) ? held.Offer.Token : offer.Token;
        }
    }

    /// <summary>The item is done with.</summary>
    /// <param name="offer">The item.</param>
    /// <param name="isCounted">Its answer counts, so that it is never to be answered again.</param>
    public void End(Offer offer, bool isCounted = false)
    {
        lock (_lock)
        {
            _held.Remove(Key(offer));
            if (isCounted && _counted.Add(Key(offer)))
            {
                _countedInOrder.Enqueue(Key(offer));
                if (_countedInOrder.Count > Remembered)
                {
                    _counted.Remove(_countedInOrder.Dequeue());
                }
            }
        }
    }

    /// <summary>Drops an item by its token, unless its answer is on the way. True when it was dropped.</summary>
    public bool Drop(string token)
    {
        lock (_lock)
        {
            foreach (var (key, held) in _held)
            {
                if (held.Offer.Token != token || held.Stage is Stage.Answered or Stage.Dropped)
                {
                    continue;
                }

                // An item in somebody's hand stays known as dropped, so that its late answer is refused here.
                if (held.Stage == Stage.Queued)
                {
                    _held.Remove(key);
                }

                held.Stage = Stage.Dropped;
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the reading; <paramref name="cause"/> surfaces there.</summary>
    public void Complete(Exception? cause) => _queue.Writer.TryComplete(cause);

    private static (string, int) Key(Offer offer) => (offer.Project, offer.Task);

    private bool Advance(Held held, Stage from, Stage to)
    {
        lock (_lock)
        {
            if (held.Stage != from)
            {
                return false;
            }

            held.Stage = to;
            return true;
        }
    }

    private sealed class Held(Offer offer)
    {
        public Offer Offer { get; set; } = offer;

        public Stage Stage { get; set; } = Stage.Queued;
    }
}
