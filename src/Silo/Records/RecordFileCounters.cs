namespace Trove.Silo.Records;

/// <summary>What the store has done since it was opened. Read at any time; benches take differences.</summary>
public sealed class RecordFileCounters
{
    private long _writes, _bytes, _commits, _largestBatch, _failedCommits, _conflicts, _reads, _pages, _checkpoints;

    /// <summary>Records, deletions and reminders that were acknowledged.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Bytes of keys and values in them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Transactions synced to disk; <see cref="Writes"/> per commit is the mean batch.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Most writes in one transaction.</summary>
    public long LargestBatch => Interlocked.Read(ref _largestBatch);

    /// <summary>Transactions that failed, with every caller in them.</summary>
    public long FailedCommits => Interlocked.Read(ref _failedCommits);

    /// <summary>Writes refused because the record had another version.</summary>
    public long Conflicts => Interlocked.Read(ref _conflicts);

    /// <summary>Records read one at a time.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Pages of 4,096 bytes added to the log.</summary>
    public long LogPages => Interlocked.Read(ref _pages);

    /// <summary>Times the log was folded into the database file.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    internal void Committed(int writes, int conflicts, long bytes, int pages)
    {
        Interlocked.Add(ref _writes, writes);
        Interlocked.Add(ref _conflicts, conflicts);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _pages, pages);
        Interlocked.Increment(ref _commits);
        if (writes > LargestBatch) Interlocked.Exchange(ref _largestBatch, writes); // only the writer's thread comes here
    }

    internal void Failed() => Interlocked.Increment(ref _failedCommits);

    internal void Read() => Interlocked.Increment(ref _reads);

    internal void Checkpointed() => Interlocked.Increment(ref _checkpoints);
}
