using System.Diagnostics.CodeAnalysis;
using System.Text;
using SQLitePCL;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>
/// The record file as it stood at one moment: everything is read in one read transaction, so that a running instance can't change
/// what was read already. While it is open the log of a running instance can't be emptied and grows.
/// </summary>
internal sealed class AuditFile : IDisposable
{
    private readonly SqliteDb _db;
    private readonly RecordSerializer _serializer = new();
    private readonly CancellationToken _cancellation;

    private AuditFile(SqliteDb db, CancellationToken cancellation) => (_db, _cancellation) = (db, cancellation);

    /// <summary>Where it lies.</summary>
    public string Path => _db.Path;

    /// <exception cref="RecordFileException">There is none, or it is foreign, too new, or damaged beyond reading.</exception>
    public static AuditFile Open(string dataFolder, CancellationToken cancellation)
    {
        var path = PathIn(dataFolder);
        if (!File.Exists(path))
        {
            throw new RecordFileException(RecordFileFault.Failed, $"There is no record file '{path}'.");
        }

        RecordFileCheck.Header(path, logged: true); // its length is in motion while an instance runs
        var db = SqliteDb.Open(path, raw.SQLITE_OPEN_READONLY, vfs: null);
        try
        {
            db.Execute("BEGIN");
            RecordFileFormat.Complete(db); // the moment: a transaction begins with its first read
            return new AuditFile(db, cancellation);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    public static string PathIn(string dataFolder) => new RecordFileOptions { Folder = dataFolder }.Path;

    /// <summary>What SQLite says of the structure of the whole file; empty when all is well.</summary>
    public List<string> BrokenStructure()
    {
        using var check = _db.Prepare("PRAGMA integrity_check(100)");
        var broken = new List<string>();
        while (check.Step())
        {
            if (check.Text(0) is var line and not "ok")
            {
                broken.Add(line);
            }
        }

        return broken;
    }

    /// <summary>The records with <paramref name="from"/> ≤ key &lt; <paramref name="to"/>, in order of key.</summary>
    public IEnumerable<AuditRow> Rows(RecordTable table, string from, string to)
    {
        using var rows = _db.Prepare($"SELECT key, version, crc, value FROM {RecordFileFormat.Name(table)} WHERE key >= ?1 AND key < ?2 ORDER BY key");
        rows.BindText(1, from).BindText(2, to);
        while (rows.Step())
        {
            _cancellation.ThrowIfCancellationRequested();
            yield return Row(rows, table);
        }
    }

    /// <summary>The record with this key, or null.</summary>
    public AuditRow? Find(RecordTable table, string key)
    {
        using var rows = _db.Prepare($"SELECT key, version, crc, value FROM {RecordFileFormat.Name(table)} WHERE key = ?1");
        rows.BindText(1, key);
        return rows.Step() ? Row(rows, table) : null;
    }

    /// <summary>The first key with <paramref name="from"/> ≤ key &lt; <paramref name="to"/>, or null.</summary>
    public string? FirstKey(RecordTable table, string from, string to)
    {
        using var rows = _db.Prepare($"SELECT key FROM {RecordFileFormat.Name(table)} WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT 1");
        rows.BindText(1, from).BindText(2, to);
        return rows.Step() ? rows.Text(0) : null;
    }

    /// <summary>The record of a row, or null when it can't be read. Only <see cref="FileChecks"/> asks why: it names each such record once.</summary>
    public T? Decode<T>(AuditRow row)
        where T : class
    {
        try
        {
            return row.IsIntact ? _serializer.Deserialize<T>(row.Value) : null;
        }
        catch (Exception e) when (e is RecordDamagedException or RecordTooNewException)
        {
            return null;
        }
    }

    /// <summary>Reads the grain's key in a record's key. False when it makes no sense; <see cref="FileChecks"/> names it.</summary>
    public static bool TryParse<T>(string key, Func<string, T> parse, [MaybeNullWhen(false)] out T id)
    {
        try
        {
            id = parse(RecordKey.Parse(key).GrainKey);
            return true;
        }
        catch (FormatException)
        {
            id = default;
            return false;
        }
    }

    public void Dispose() => _db.Dispose();

    private static AuditRow Row(SqliteQuery row, RecordTable table)
    {
        var key = row.Text(0);
        var value = row.Blob(3).ToArray();
        return new AuditRow(table, key, value, row.Number(2) == RecordFileFormat.Checksum(Encoding.UTF8.GetBytes(key), row.Number(1), value));
    }
}

/// <summary>A record as it lies in the file.</summary>
/// <param name="Table">Which table.</param>
/// <param name="Key">Its key in the file, see <see cref="RecordKey"/>.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="IsIntact">Whether they match their checksum.</param>
internal sealed record AuditRow(RecordTable Table, string Key, byte[] Value, bool IsIntact);
