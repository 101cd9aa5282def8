using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>
/// Folds the log into the database file on a thread and connection of its own, so that the slow part (scattered page writes
/// and a sync of the file) passes beside the writer. The writer does the short rest between two batches.
/// <para>
/// A fold here starts only on the writer's request, when frames wait for it, and the next one only after the writer has
/// emptied the log: two in a row over one log are what leads into the "WAL reset" race of SQLite before 3.51.3
/// (https://sqlite.org/wal.html), which can lose committed pages.
/// </para>
/// </summary>
internal sealed partial class Checkpointer : IDisposable
{
    private enum Step
    {
        Idle,
        Requested,
        Done,
    }

    private readonly RecordFileCounters _counters;
    private readonly ILogger _logger;
    private readonly SqliteDb _db;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private volatile Step _step = Step.Idle;
    private volatile bool _stopping;

    public Checkpointer(RecordFileOptions options, RecordFileCounters counters, ILogger logger)
    {
        (_counters, _logger) = (counters, logger);
        _db = SqliteDb.Open(options.Path, raw.SQLITE_OPEN_READWRITE, options.Vfs);
        _db.Execute($"PRAGMA synchronous = {options.Synchronous}");
        _thread = new Thread(Run) { IsBackground = true, Name = "Trove checkpointer" };
        _thread.Start();
    }

    /// <summary>Asks for a fold; false while one is under way or waits for the writer's part.</summary>
    public bool Request()
    {
        if (_step != Step.Idle) return false;
        _step = Step.Requested;
        _wake.Release();
        return true;
    }

    /// <summary>True once after each fold: the writer empties the log before its next batch.</summary>
    public bool TakeDone()
    {
        if (_step != Step.Done) return false;
        _step = Step.Idle;
        return true;
    }

    /// <summary>Waits out a fold that is under way, so that the writer may fold and cut the log itself.</summary>
    public void AwaitRest() => SpinWait.SpinUntil(() => _step != Step.Requested);

    private void Run()
    {
        while (true)
        {
            _wake.Wait();
            if (_stopping) return;
            try
            {
                _db.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
                _counters.Checkpointed();
                _step = Step.Done;
            }
            catch (RecordFileException e)
            {
                Log.CheckpointFailed(_logger, e);
                _step = Step.Idle;
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Release();
        _thread.Join();
        _db.Dispose();
        _wake.Dispose();
    }
}
