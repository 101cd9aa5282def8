using Trove.Contracts;
namespace Trove.Grains.Commit;

/// <summary>
/// One write in flight; what changed meanwhile goes in the next. Every handler mutates without awaiting, then awaits
/// the commit that covers it, so no reply ever tells of something that a crash could take back.
/// Used from the turns of one activation only; that is why there is no lock here.
/// </summary>
/// <remarks>
/// Any failed write fences: memory may now be ahead of the record or behind it (the write may have arrived although it
/// failed), so nothing that memory says can be told to anyone. All who wait fail, nothing is written again, and the
/// activation ends; the next one reads the truth.
/// </remarks>
/// <param name="write">Writes the whole state as it is now. Never called twice at a time.</param>
/// <param name="fence">Ends the activation; called once, with what the store said.</param>
/// <param name="time">The clock of joins.</param>
/// <param name="join">How long the first change of a batch waits for company, unless the commit says otherwise.</param>
internal sealed class CommitGate(Func<Task> write, Action<Exception> fence, TimeProvider time, TimeSpan join = default)
{
    private TaskCompletionSource? _gathering; // whose changes the next write will contain
    private TaskCompletionSource? _writing;   // whose changes the write in flight contains
    private TaskCompletionSource? _hurry;     // ends the wait for company
    private long _due;                        // timestamp at which the gathering batch goes at the latest
    private bool _running;
    private Task? _failed;

    /// <summary>Whether a write failed: this activation is over.</summary>
    public bool IsFenced => _failed is not null;

    /// <summary>Whether something changed that is not durable yet.</summary>
    public bool Outstanding => _gathering is not null || _writing is not null;

    /// <summary>I changed state: completes when a write that contains the change has completed.</summary>
    public Task CommitAsync() => CommitAsync(join);

    /// <summary>The same, but in no hurry: others may join for so long. A commit in more of a hurry takes this one along.</summary>
    public Task CommitAsync(TimeSpan join)
    {
        if (_failed is not null)
        {
            return _failed;
        }

        var due = join > TimeSpan.Zero ? time.GetTimestamp() + (long)(join.TotalSeconds * time.TimestampFrequency) : long.MinValue;
        if (_gathering is null)
        {
            // Waiters continue in turns of their own: they may commit again, and must not find the loop half-way.
            _gathering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _due = due;
        }
        else if (due < _due)
        {
            _due = due;
            _hurry?.TrySetResult();
        }

        var mine = _gathering.Task;
        if (!_running)
        {
            _running = true;
            _ = RunAsync();
        }

        return mine;
    }

    /// <summary>I read state: completes when everything that changed so far is durable; at once when nothing is outstanding. Does not cut a join short.</summary>
    public Task CoveredAsync() => _failed ?? _gathering?.Task ?? _writing?.Task ?? Task.CompletedTask;

    private async Task RunAsync()
    {
        try
        {
            while (_gathering is not null)
            {
                while (_due != long.MinValue && time.GetElapsedTime(time.GetTimestamp(), _due) is var left && left > TimeSpan.Zero)
                {
                    await CompanyAsync(left);
                }

                _writing = _gathering;
                _gathering = null;
                await write();
                _writing.SetResult();
                _writing = null;
            }

            _running = false;
        }
        catch (Exception e)
        {
            Fence(e);
        }
    }

    private async Task CompanyAsync(TimeSpan wait)
    {
        // The timer fires on a thread of its own: it may only complete the task, on which this turn's scheduler goes on.
        _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (time.CreateTimer(static hurry => ((TaskCompletionSource)hurry!).TrySetResult(), _hurry, wait, Timeout.InfiniteTimeSpan))
        {
            await _hurry.Task;
        }

        _hurry = null;
    }

    private void Fence(Exception cause)
    {
        var failure = new CommitFailedException(cause);
        _failed = Task.FromException(failure);
        _ = _failed.Exception; // seen: whoever asks gets it, and nobody need ask
        Fail(_writing);
        Fail(_gathering);
        _writing = _gathering = null;
        fence(cause);

        void Fail(TaskCompletionSource? batch)
        {
            batch?.SetException(failure);
            _ = batch?.Task.Exception;
        }
    }
}
