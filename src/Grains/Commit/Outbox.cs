namespace Trove.Grains.Commit;

/// <summary>One thing to tell someone.</summary>
/// <param name="Key">What it is known by: it is removed by its key, never by its place or by counting.</param>
/// <param name="Message">What is told.</param>
/// <param name="Last">Told only when nothing older is left to tell.</param>
internal readonly record struct OutboxEntry<TKey, TMessage>(TKey Key, TMessage Message, bool Last = false)
    where TKey : IEquatable<TKey>;

/// <summary>
/// What is still to be told to others, in order. It is part of its owner's record: an entry is added in the same commit
/// as the change that it announces, so either both happen or neither. Removing needs no commit of its own: after a crash
/// the entry is told again, and every receiver knows it by its key.
/// </summary>
internal sealed class Outbox<TKey, TMessage>
    where TKey : IEquatable<TKey>
{
    private readonly List<OutboxEntry<TKey, TMessage>> _entries;

    /// <summary>An empty one.</summary>
    public Outbox()
        : this([])
    {
    }

    /// <summary>As it stood in the record.</summary>
    public Outbox(IEnumerable<OutboxEntry<TKey, TMessage>> entries) => _entries = [.. entries];

    /// <summary>What is left to tell, oldest first.</summary>
    public IReadOnlyList<OutboxEntry<TKey, TMessage>> Entries => _entries;

    /// <summary>Entries left.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds an entry at the end. False, and nothing changes, when its key stands here already.</summary>
    public bool Add(TKey key, TMessage message, bool last = false)
    {
        if (Find(key) >= 0)
        {
            return false;
        }

        _entries.Add(new OutboxEntry<TKey, TMessage>(key, message, last));
        return true;
    }

    /// <summary>Whether an entry with this key is left to tell.</summary>
    public bool Contains(TKey key) => Find(key) >= 0;

    /// <summary>Forgets an entry that was acknowledged. False when it is not here.</summary>
    public bool Remove(TKey key)
    {
        var index = Find(key);
        if (index < 0)
        {
            return false;
        }

        _entries.RemoveAt(index);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>How many of the oldest entries may be told now: all up to the first that must come last and has older ones before it.</summary>
    public int ReadyCount
    {
        get
        {
            var ready = Math.Min(1, _entries.Count);
            while (ready < _entries.Count && !_entries[ready].Last)
            {
                ready++;
            }

            return ready;
        }
    }

    private int Find(TKey key)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key.Equals(key))
            {
                return i;
            }
        }

        return -1;
    }
}
