using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Trove.Silo.Records;

/// <summary>
/// The records of one process in one SQLite file (<c>records.db</c> in the data folder): keys to bytes, in three tables.
/// <list type="bullet">
/// <item>A write's task ends only after the write is on disk. Writes that wait for the disk at the same time share one sync.</item>
/// <item>A failed sync fails every write of that batch, and none of them is kept; later writes work again when the disk does.</item>
/// <item>Versions grow and are never used twice: a write names the version it replaces and does nothing if that is not the one stored.</item>
/// <item>Reads see every acknowledged write and nothing that is not on disk; they never wait for the writer.</item>
/// </list>
/// </summary>
public sealed class SqliteRecordFile : IAsyncDisposable
{
    private const int MaxKeyLength = 1024;
    private const int MaxValueLength = 64 << 20;

    private readonly FolderLock _lock;
    private readonly GroupCommitWriter _writer;
    private readonly ReadConnections _readers;

    private SqliteRecordFile(FolderLock folderLock, GroupCommitWriter writer, ReadConnections readers, RecordFileCounters counters, string path)
    {
        (_lock, _writer, _readers) = (folderLock, writer, readers);
        (Counters, Path) = (counters, path);
    }

    /// <summary>What the store has done so far.</summary>
    public RecordFileCounters Counters { get; }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Takes the data folder, makes the file if there is none, and checks the one that is there before touching it.</summary>
    /// <exception cref="RecordFileException">In use, read-only, full, or a file that is damaged, foreign or too new; the message says what to do.</exception>
    public static SqliteRecordFile Open(RecordFileOptions options, ILogger<SqliteRecordFile>? logger = null)
    {
        var path = options.Path;
        var folderLock = FolderLock.Take(MakeFolder(options.Folder));
        try
        {
            if (File.Exists(path)) RecordFileCheck.Run(path, options.Vfs);
            else if (File.Exists(path + "-wal")) throw RecordFileException.Damaged(path, "it is missing, but its log 'records.db-wal' is still there");
            else RecordFileFormat.Create(path, options.Vfs);

            var counters = new RecordFileCounters();
            var writer = new GroupCommitWriter(options, counters, logger ?? NullLogger<SqliteRecordFile>.Instance);
            return new SqliteRecordFile(folderLock, writer, new ReadConnections(path, options.Vfs, options.Readers), counters, path);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>The record with this key, or null.</summary>
    /// <exception cref="RecordFileException">The record does not match its checksum, or the device failed.</exception>
    public Task<RecordRow?> ReadAsync(RecordTable table, string key, CancellationToken cancellation = default)
    {
        Counters.Read();
        return table != RecordTable.Bulk
            ? _readers.RunHereAsync(reader => reader.Get(table, key), cancellation)
            : _readers.RunAsync(reader => reader.Get(table, key), cancellation);
    }

    /// <summary>Stores a record that has <paramref name="expectedVersion"/> now (0: that is not there). The bytes must not change until the task ends.</summary>
    /// <exception cref="RecordFileException">The write did not reach the disk.</exception>
    public Task<WriteResult> WriteAsync(
        RecordTable table, string key, ReadOnlyMemory<byte> value, long expectedVersion, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxValueLength, nameof(value));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxKeyLength, nameof(key));
        return _writer.WriteAsync(new RecordWrite(table, key, value, expectedVersion), cancellation);
    }

    /// <summary>Removes a record that has <paramref name="expectedVersion"/> now (0: succeeds if there is none).</summary>
    /// <exception cref="RecordFileException">The removal did not reach the disk.</exception>
    public Task<WriteResult> DeleteAsync(RecordTable table, string key, long expectedVersion, CancellationToken cancellation = default) =>
        _writer.WriteAsync(new RecordWrite(table, key, value: null, expectedVersion), cancellation);

    /// <summary>
    /// Completes when no byte is left, in the file or its log, of a value of <see cref="RecordTable.Personal"/> that was removed or replaced before this call.
    /// Says nothing of backups, nor of blocks that the disk itself keeps. May be repeated; while it waits, writing goes on.
    /// </summary>
    /// <exception cref="RecordFileException">Somebody read an older state for all of <see cref="RecordFileOptions.ErasureTimeout"/>, or the device failed.</exception>
    public Task EraseAsync() => _writer.EraseAsync();

    /// <summary>
    /// Every record whose key starts with <paramref name="prefix"/> (see <see cref="RecordKey.Prefix"/>), in key order. Read in
    /// short slices: a record written meanwhile may be seen or not, none is seen twice.
    /// </summary>
    public async IAsyncEnumerable<RecordRow> ScanAsync(
        RecordTable table, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var after = prefix; ;)
        {
            var from = after;
            var slice = await _readers.RunAsync(reader => reader.Slice(table, prefix, from), cancellation);
            if (slice.Count == 0) yield break;
            foreach (var row in slice) yield return row;
            after = slice[^1].Key;
        }
    }

    internal Task<WriteResult> WriteAsync(WriteOperation operation, CancellationToken cancellation) => _writer.WriteAsync(operation, cancellation);

    internal Task<T> ReadAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellation) => _readers.RunAsync(read, cancellation);

    /// <summary>Completes the queued writes, or fails them when the disk does not take them in time, and gives the folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        var stopped = await _writer.StopAsync();
        _readers.Dispose();
        if (stopped) _lock.Dispose(); // else the writer may yet write: only the end of the process may free the folder
    }

    private static string MakeFolder(string folder)
    {
        try
        {
            return Directory.CreateDirectory(System.IO.Path.GetFullPath(folder)).FullName;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new RecordFileException(RecordFileFault.ReadOnly, $"The data folder '{folder}' can't be made: {e.Message}", e);
        }
    }
}
