using System.Text;

namespace Trove.Silo.Records;

/// <summary>What became of a write that reached the disk.</summary>
/// <param name="Done">False: the record has another version than expected, nothing was changed.</param>
/// <param name="Version">The version now stored; 0 when there is none.</param>
public readonly record struct WriteResult(bool Done, long Version);

/// <summary>
/// A queued change. Applied inside a transaction on the writer's thread; the waiting task ends only after that transaction is
/// on disk, with what <see cref="Apply"/> found.
/// </summary>
internal abstract class WriteOperation() : TaskCompletionSource<WriteResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public abstract int Bytes { get; }

    public WriteResult Result { get; private set; }

    public void Run(WriterStatements statements) => Result = Apply(statements);

    protected abstract WriteResult Apply(WriterStatements statements);
}

/// <summary>Stores (or with no value removes) one record if it still has the expected version; 0 expects none.</summary>
internal sealed class RecordWrite(RecordTable table, string key, ReadOnlyMemory<byte>? value, long expected) : WriteOperation
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public override int Bytes => _key.Length + (value?.Length ?? 0);

    protected override WriteResult Apply(WriterStatements statements)
    {
        var sql = statements[table];
        if (value is not { } bytes)
        {
            if (expected != 0 && sql.Delete.BindText(1, _key).Bind(2, expected).Run() == 1) return new(Done: true, 0);
            return Stored(sql) is var stored && stored == 0 && expected == 0 ? new(Done: true, 0) : new(Done: false, stored);
        }

        var version = statements.NextVersion();
        var crc = RecordFileFormat.Checksum(_key, version, bytes.Span);
        var write = expected == 0 ? sql.Insert : sql.Update.Bind(5, expected);
        return write.BindText(1, _key).Bind(2, version).Bind(3, crc).BindBlob(4, bytes.Span).Run() == 1
            ? new(Done: true, version)
            : new(Done: false, Stored(sql));
    }

    private long Stored(TableStatements sql)
    {
        var stored = sql.Version.BindText(1, _key).Step() ? sql.Version.Number(0) : 0;
        sql.Version.Reset();
        return stored;
    }
}

/// <summary>The writer's prepared statements, and the versions it hands out.</summary>
internal sealed class WriterStatements(SqliteDb db, long firstVersion) : IDisposable
{
    private readonly TableStatements[] _tables = [.. Enum.GetValues<RecordTable>().Select(table => new TableStatements(db, table))];
    private long _version = firstVersion;

    public SqliteQuery Begin { get; } = db.Prepare("BEGIN IMMEDIATE");

    public SqliteQuery Commit { get; } = db.Prepare("COMMIT");

    public SqliteQuery PutReminder { get; } = db.Prepare(
        "INSERT INTO reminders(grain, name, first_due, period) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(grain, name) DO UPDATE SET first_due = ?3, period = ?4");

    public SqliteQuery DeleteReminder { get; } = db.Prepare("DELETE FROM reminders WHERE grain = ?1 AND name = ?2");

    public TableStatements this[RecordTable table] => _tables[(int)table];

    public long NextVersion() => ++_version;

    public void Dispose()
    {
        foreach (var table in _tables) table.Dispose();
        Begin.Dispose();
        Commit.Dispose();
        PutReminder.Dispose();
        DeleteReminder.Dispose();
    }
}

internal sealed class TableStatements(SqliteDb db, RecordTable table) : IDisposable
{
    public SqliteQuery Insert { get; } = db.Prepare(
        $"INSERT INTO {RecordFileFormat.Name(table)}(key, version, crc, value) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(key) DO NOTHING");

    public SqliteQuery Update { get; } = db.Prepare(
        $"UPDATE {RecordFileFormat.Name(table)} SET version = ?2, crc = ?3, value = ?4 WHERE key = ?1 AND version = ?5");

    public SqliteQuery Delete { get; } = db.Prepare($"DELETE FROM {RecordFileFormat.Name(table)} WHERE key = ?1 AND version = ?2");

    public SqliteQuery Version { get; } = db.Prepare($"SELECT version FROM {RecordFileFormat.Name(table)} WHERE key = ?1");

    public void Dispose()
    {
        Insert.Dispose();
        Update.Dispose();
        Delete.Dispose();
        Version.Dispose();
    }
}
