namespace Trove.Silo.Records;

/// <summary>
/// Erasure: the log still has what the file itself no longer has, so it is folded in and cut to nothing. That is the writer's to do, between two batches. While
/// somebody reads an older state it is tried again and again, at a distance that leaves the writes their time.
/// </summary>
internal sealed partial class GroupCommitWriter
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(250);

    private Erasure? _erasure; // guarded by the gate

    /// <summary>Ends when the log has been emptied once after this call. Calls that wait at the same time are served together.</summary>
    public Task EraseAsync()
    {
        lock (_gate)
        {
            if (_stopping) return Task.FromException(Closed());
            _erasure ??= new Erasure(_options.ErasureTimeout);
            Monitor.Pulse(_gate);
            return _erasure.Task;
        }
    }

    private bool ErasureIsDue(out TimeSpan wait)
    {
        wait = _erasure?.UntilDue ?? Timeout.InfiniteTimeSpan;
        return wait == TimeSpan.Zero;
    }

    private void TryErase()
    {
        Erasure erasure;
        lock (_gate)
        {
            if (!ErasureIsDue(out _)) return;
            erasure = _erasure!;
        }

        // Whoever joins this erasure from here on is served by it too: his deletions were acknowledged by this thread, so they are in the log that it cuts.
        try
        {
            if (TryEmptyLog()) End(erasure, failure: null);
            else if (!erasure.TryAgain()) End(erasure, Held());
        }
        catch (RecordFileException e)
        {
            End(erasure, e);
        }
    }

    private void End(Erasure erasure, RecordFileException? failure)
    {
        lock (_gate) _erasure = null;
        erasure.End(failure);
    }

    private void EndErasure(bool logIsEmpty)
    {
        if (_erasure is { } erasure) End(erasure, logIsEmpty ? null : Held());
    }

    private RecordFileException Held() => new(RecordFileFault.Failed,
        $"What was erased is not yet gone from '{_db.Path}' and its log: somebody reads an older state, such as an audit. Erase again when that is done.");

    private sealed class Erasure(TimeSpan timeout)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        private long _due = Environment.TickCount64;

        public Task Task => _done.Task;

        public TimeSpan UntilDue => TimeSpan.FromMilliseconds(Math.Max(0, _due - Environment.TickCount64));

        public bool TryAgain()
        {
            var now = Environment.TickCount64;
            _due = now + (long)BetweenAttempts.TotalMilliseconds;
            return now < _end;
        }

        public void End(RecordFileException? failure)
        {
            if (failure is null) _done.TrySetResult();
            else _done.TrySetException(failure);
        }
    }
}
