using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>
/// The one writer of the file: a thread that takes everything queued, applies it in one transaction, commits, and only after
/// the commit (which in this mode ends with a sync of the log) lets the callers go. While one sync is under way the next batch
/// gathers, so that the slower the disk, the larger the batches.
/// </summary>
internal sealed partial class GroupCommitWriter
{
    /// <summary>A batch of so many comes from many writers who do not wait for each other.</summary>
    private const int Crowd = 8;

    /// <summary>From the start of a commit to the start of the next one, while there is a crowd.</summary>
    private static readonly TimeSpan CommitSpacing = TimeSpan.FromMilliseconds(4);

    private readonly RecordFileOptions _options;
    private readonly RecordFileCounters _counters;
    private readonly ILogger _logger;
    private readonly SqliteDb _db;
    private readonly WriterStatements _statements;
    private readonly Checkpointer _checkpointer;
    private readonly SemaphoreSlim _room;
    private readonly object _gate = new(); // guards queue and batch, and wakes the writer: Lock has no wait
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteOperation> _batch = [];
    private readonly Stopwatch _sinceCommit = Stopwatch.StartNew();
    private Queue<WriteOperation> _queue = new();
    private bool _stopping;
    private bool _logSuspect;
    private int _pagesInLog;

    public GroupCommitWriter(RecordFileOptions options, RecordFileCounters counters, ILogger logger)
    {
        (_options, _counters, _logger) = (options, counters, logger);
        _room = new SemaphoreSlim(options.QueueLimit);
        _db = SqliteDb.Open(options.Path, raw.SQLITE_OPEN_READWRITE, options.Vfs);
        try
        {
            _db.Execute($"PRAGMA synchronous = {options.Synchronous}; PRAGMA cache_size = -{options.CacheBytes >> 10}; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = {options.SecureDelete}");
            RecordFileFormat.Upgrade(_db);
            _db.WaitWhenBusy(50); // a reader's slice is shorter than this
            _statements = new WriterStatements(_db, TakeEpoch(_db) << 40);
            _checkpointer = new Checkpointer(options, counters, logger);
        }
        catch
        {
            _statements?.Dispose();
            _db.Dispose();
            throw;
        }

        new Thread(Run) { IsBackground = true, Name = "Trove record writer" }.Start();
    }

    /// <summary>The result once it is on disk. The token counts while the caller waits for room in the queue, not after.</summary>
    public Task<WriteResult> WriteAsync(WriteOperation operation, CancellationToken cancellation)
    {
        return _room.Wait(0, CancellationToken.None) ? Enqueue(operation) : WhenThereIsRoom();

        async Task<WriteResult> WhenThereIsRoom()
        {
            await _room.WaitAsync(cancellation);
            return await Enqueue(operation);
        }
    }

    private Task<WriteResult> Enqueue(WriteOperation operation)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                _room.Release(); // the next one in line learns of the shutdown the same way
                return Task.FromException<WriteResult>(Closed());
            }

            _queue.Enqueue(operation);
            if (_queue.Count == 1) Monitor.Pulse(_gate);
        }

        return operation.Task;
    }

    /// <summary>
    /// Versions are unique in the file for good, so that a record removed and made again never looks unchanged: the high bits
    /// count openings of the file (made durable here, before any write), the low 40 bits count writes of this one.
    /// </summary>
    private static long TakeEpoch(SqliteDb db)
    {
        db.Execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'");
        return db.ReadNumber("SELECT value FROM meta WHERE name = 'epoch'");
    }

    private void Run()
    {
        while (TakeBatch())
        {
            if (_batch.Count > 0) Commit();
            TryErase();
        }

        _checkpointer.Dispose();
        EndErasure(LeaveWholeFile());
        _statements.Dispose();
        _db.Dispose();
        _ended.SetResult();
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            var crowded = _batch.Count >= Crowd;
            _batch.Clear();
            while (_queue.Count == 0)
            {
                if (_stopping) return false;
                if (ErasureIsDue(out var wait)) return true;
                Monitor.Wait(_gate, wait);
            }

            // A commit costs much the same for one record as for a hundred (a sync, and a walk of the page cache after each insertion that moved
            // pages): where many write, one every few milliseconds takes more of them along.
            if (crowded && !_stopping && CommitSpacing - _sinceCommit.Elapsed is { Ticks: > 0 } left) Monitor.Wait(_gate, left);
            _sinceCommit.Restart();
            for (var bytes = 0L; bytes < _options.BatchBytes && _queue.TryDequeue(out var operation); bytes += operation.Bytes)
                _batch.Add(operation);
        }

        _room.Release(_batch.Count);
        return true;
    }

    private void Commit()
    {
        try
        {
            if (_logSuspect) DropFailedFrames();
            if (_checkpointer.TakeDone()) RestartLog();
            _statements.Begin.Run();
            foreach (var operation in _batch) operation.Run(_statements);
            _statements.Commit.Run();
        }
        catch (Exception e)
        {
            FailBatch(e);
            return;
        }

        var (bytes, done) = (0L, 0);
        foreach (var operation in _batch)
        {
            if (!operation.Result.Done) continue;
            bytes += operation.Bytes;
            done++;
        }

        var pages = _db.TakePagesWritten();
        _pagesInLog += pages;
        _counters.Committed(done, _batch.Count - done, bytes, pages);
        foreach (var operation in _batch) operation.TrySetResult(operation.Result);
        if ((long)_pagesInLog * RecordFileFormat.PageSize >= _options.LogBytes && _checkpointer.Request()) _pagesInLog = 0;
    }

    /// <summary>
    /// The frames of a failed commit may lie in the log, and a crash would bring back a batch whose callers were told that it
    /// failed. So the log is folded in and cut to nothing before the next batch, which fails in turn while that can't be done.
    /// </summary>
    private void DropFailedFrames()
    {
        if (!TryEmptyLog())
            throw new RecordFileException(RecordFileFault.Failed, $"A write to '{_db.Path}' failed, and others still read its log; writing goes on when they are done.");
    }

    /// <summary>Folds the log in and cuts it to nothing; false while somebody reads an older state. Only between two batches.</summary>
    private bool TryEmptyLog()
    {
        _checkpointer.AwaitRest();
        if (!_db.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE)) return false;
        _logSuspect = false;
        _pagesInLog = 0;
        return true;
    }

    /// <summary>
    /// Between two batches nothing is added to the log: the short rest is folded in, and the next transaction starts at its
    /// beginning. If someone still reads an older state, the log goes on growing until the next round.
    /// </summary>
    private void RestartLog()
    {
        try
        {
            _db.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        }
        catch (RecordFileException e)
        {
            Log.RestartFailed(_logger, e);
        }
    }

    // A file that was shut down needs no log to be read: it can be copied or opened read-only by itself.
    private bool LeaveWholeFile()
    {
        try
        {
            return _db.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        catch (RecordFileException e)
        {
            Log.RestartFailed(_logger, e);
            return false;
        }
    }

    private void FailBatch(Exception failure)
    {
        _logSuspect = true;
        _counters.Failed();
        Log.BatchFailed(_logger, failure, _batch.Count);
        try
        {
            if (_db.InTransaction) _db.Execute("ROLLBACK");
        }
        catch (RecordFileException e)
        {
            Log.RollbackFailed(_logger, e);
        }

        foreach (var operation in _batch) operation.TrySetException(failure);
    }

    /// <summary>Completes what is queued; what the disk does not take in time fails, its outcome unknown.</summary>
    /// <returns>False while a hanging disk still holds the writer, and with it the file.</returns>
    public async Task<bool> StopAsync()
    {
        lock (_gate)
        {
            if (_stopping) return _ended.Task.IsCompleted;
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        if (await Task.WhenAny(_ended.Task, Task.Delay(_options.ShutdownTimeout)) == _ended.Task) return true;
        WriteOperation[] left;
        lock (_gate)
        {
            left = [.. _batch, .. _queue];
            _queue = new Queue<WriteOperation>();
            _erasure?.End(Closed());
        }

        Log.ShutdownTimedOut(_logger, left.Length);
        foreach (var operation in left) operation.TrySetException(Closed());
        return false;
    }

    private RecordFileException Closed() => new(RecordFileFault.Closed, $"'{_db.Path}' is shut down; this write is not acknowledged and may or may not be there.");
}
