namespace Trove.Frontend.Hubs;

/// <summary>
/// What waits to be sent down one connection, in order, at most <paramref name="capacity"/> items. Adding only queues and returns; a pump runs on the thread pool while there is
/// something to send and waits for this connection alone. An idle connection costs one empty object. When a slow connection lets the queue run full, the oldest item is lost.
/// </summary>
internal abstract class Outbox<T>(int capacity) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private Queue<T>? _waiting;
    private bool _pumping, _overflowing, _closed;

    /// <summary>Queues an item.</summary>
    public void Add(T item)
    {
        T? lost = default;
        bool isLost = false, isFirst = false, start;
        lock (_gate)
        {
            if (_closed || (_waiting is not null && IsQueued(_waiting, item)))
            {
                return;
            }

            _waiting ??= new Queue<T>(4);
            if (_waiting.Count == capacity)
            {
                lost = _waiting.Dequeue();
                isLost = true;
                isFirst = !_overflowing;
                _overflowing = true;
            }

            _waiting.Enqueue(item);
            start = !_pumping;
            _pumping = true;
        }

        if (isLost)
        {
            Lost(lost!, isFirst);
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _waiting = null;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = Pump();

    /// <summary>Sends one item; completes when the connection has taken it.</summary>
    protected abstract Task Send(T item);

    /// <summary>An item was dropped; <paramref name="first"/> once until the queue has run empty again.</summary>
    protected abstract void Lost(T item, bool first);

    /// <summary>Sending failed: the connection is of no use any more.</summary>
    protected abstract void Failed(Exception exception);

    /// <summary>Whether an item that waits already makes <paramref name="item"/> needless.</summary>
    protected virtual bool IsQueued(Queue<T> waiting, T item) => false;

    private async Task Pump()
    {
        try
        {
            while (TryNext(out var item))
            {
                await Send(item);
            }
        }
        catch (Exception exception)
        {
            Close();
            Failed(exception);
        }
    }

    private bool TryNext(out T item)
    {
        lock (_gate)
        {
            if (_waiting is not null && _waiting.TryDequeue(out item!))
            {
                return true;
            }

            // Released, so that a connection that had a burst once does not carry its queue for ever.
            _waiting = null;
            _pumping = _overflowing = false;
            item = default!;
            return false;
        }
    }
}
