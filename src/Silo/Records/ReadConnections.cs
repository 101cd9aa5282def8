using System.Collections.Concurrent;
using System.Text;
using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>
/// Connections that read beside the writer. Every read is a short transaction of its own: a long one would hold the log, which
/// can only be folded in up to the oldest state somebody still reads. At most <c>limit</c> threads of the pool wait for the disk.
/// </summary>
internal sealed class ReadConnections(string path, string? vfs, int limit) : IDisposable
{
    private readonly SemaphoreSlim _free = new(limit);
    private readonly ConcurrentBag<ReadConnection> _idle = [];
    private volatile bool _closed;

    /// <summary>
    /// Reads on the caller's own thread, if not too many read already: for the record of a grain, which is read while nothing else can run in that grain.
    /// </summary>
    public Task<T> RunHereAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellation)
    {
        if (!_free.Wait(0, CancellationToken.None)) return RunAsync(read, cancellation);
        try
        {
            return Task.FromResult(Run(read));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Reads on a thread of the pool, off the caller's turn: a cold page is a disk read.</summary>
    public async Task<T> RunAsync<T>(Func<ReadConnection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Run(read), CancellationToken.None);
        }
        finally
        {
            _free.Release();
        }
    }

    private T Run<T>(Func<ReadConnection, T> read)
    {
        if (_closed) throw new RecordFileException(RecordFileFault.Closed, $"'{path}' is shut down.");
        var reader = _idle.TryTake(out var idle) ? idle : new ReadConnection(SqliteDb.Open(path, raw.SQLITE_OPEN_READONLY, vfs));
        try
        {
            return read(reader);
        }
        finally
        {
            _idle.Add(reader);
            if (_closed) Dispose();
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }
}

/// <summary>One reading connection with its prepared statements.</summary>
internal sealed class ReadConnection(SqliteDb db) : IDisposable
{
    private const int SliceRows = 256;
    private const int SliceBytes = 1 << 20;

    private readonly (SqliteQuery Get, SqliteQuery Scan)[] _tables = [.. Enum.GetValues<RecordTable>().Select(table => (
        db.Prepare($"SELECT key, version, crc, value FROM {RecordFileFormat.Name(table)} WHERE key = ?1"),
        db.Prepare($"SELECT key, version, crc, value FROM {RecordFileFormat.Name(table)} WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT {SliceRows}")))];

    public RecordRow? Get(RecordTable table, string key)
    {
        var query = _tables[(int)table].Get.BindText(1, key);
        try
        {
            return query.Step() ? RecordRow.Read(query, table, db.Path) : null;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>The next records after <paramref name="after"/> whose keys start with the prefix; empty at the end.</summary>
    public List<RecordRow> Slice(RecordTable table, string prefix, string after)
    {
        var rows = new List<RecordRow>();
        var query = _tables[(int)table].Scan.BindText(1, after).BindText(2, End(prefix));
        try
        {
            for (var bytes = 0; bytes < SliceBytes && query.Step(); bytes += rows[^1].Value.Length) rows.Add(RecordRow.Read(query, table, db.Path));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    public List<T> All<T>(string sql, Func<SqliteQuery, T> read)
    {
        using var query = db.Prepare(sql);
        var rows = new List<T>();
        while (query.Step()) rows.Add(read(query));
        return rows;
    }

    // 0xff never occurs in UTF-8: every text that starts with the prefix is smaller.
    private static byte[] End(string prefix) => [.. Encoding.UTF8.GetBytes(prefix), 0xff];

    public void Dispose()
    {
        foreach (var (get, scan) in _tables)
        {
            get.Dispose();
            scan.Dispose();
        }

        db.Dispose();
    }
}
