using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>
/// The look at a file before it is opened for writing. Works on read-only handles, so that a file it refuses stays as it is,
/// byte for byte, log included. Bounded: a file above <see cref="WholeCheckBytes"/> is sampled, the whole of it is the audit's.
/// </summary>
internal static class RecordFileCheck
{
    private const long WholeCheckBytes = 64 << 20;
    private const int SampleRows = 1000;
    private const int SampleBytes = 8 << 20;
    private const int HeaderSize = 100;

    public static void Run(string path, string? vfs)
    {
        var log = path + "-wal";
        var logged = File.Exists(log) && new FileInfo(log).Length > 0;
        Header(path, logged);
        if (logged) WriteAheadLog.Check(log);
        var shared = path + "-shm";
        var hadShared = File.Exists(shared);
        try
        {
            // Without a log nothing has to be recovered: "immutable" keeps SQLite from making a log or its index at all.
            var name = logged ? path : "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1";
            using var db = SqliteDb.Open(name, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, vfs);
            Contents(db, path, new FileInfo(path).Length);
        }
        catch (RecordFileException e) when (e.Fault == RecordFileFault.Damaged)
        {
            if (!hadShared) File.Delete(shared); // only the index SQLite made for this look
            throw;
        }
    }

    public static void Header(string path, bool logged)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[HeaderSize];
        var read = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        if (read == 0) throw RecordFileException.Damaged(path, "it is empty, and Trove never leaves an empty file behind");
        if (!header.StartsWith("SQLite format 3\0"u8))
        {
            throw new RecordFileException(RecordFileFault.Foreign,
                $"'{path}' is not a database of Trove (it does not start like one). It was left as it is. Move it away, or choose another data folder.");
        }

        if (read < HeaderSize) throw RecordFileException.Damaged(path, $"it ends after {read} bytes, inside its header");
        var application = BinaryPrimitives.ReadInt32BigEndian(header[68..]);
        if (application != RecordFileFormat.ApplicationId)
        {
            throw new RecordFileException(RecordFileFault.Foreign,
                $"'{path}' is a database of another program (application id 0x{application:x8}). It was left as it is. Move it away, or choose another data folder.");
        }

        var version = BinaryPrimitives.ReadInt32BigEndian(header[60..]);
        if (version > RecordFileFormat.Version) throw Newer(path, version);
        var pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        if (version < 1 || pageSize != RecordFileFormat.PageSize || header[18] != 2 || header[19] != 2)
            throw RecordFileException.Damaged(path, "its header makes no sense");

        // While a log is there a fold may have been cut short, and the log has the pages that are missing here.
        var pages = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        if (!logged && file.Length != (long)pages * pageSize)
            throw RecordFileException.Damaged(path, $"it has {file.Length} bytes where its header says {(long)pages * pageSize}");
    }

    private static void Contents(SqliteDb db, string path, long length)
    {
        try
        {
            // Not those of the header in the file itself: the log may have newer ones.
            var (format, version) = (db.ReadNumber("SELECT value FROM meta WHERE name = 'format'"), db.ReadNumber("PRAGMA user_version"));
            if (version > RecordFileFormat.Version) throw Newer(path, version);
            if (format != version) throw RecordFileException.Damaged(path, $"its format row says {format}");
            RecordFileFormat.Complete(db);
            if (length <= WholeCheckBytes)
            {
                using var check = db.Prepare("PRAGMA quick_check(1)");
                if (check.Step() && check.Text(0) is var finding && finding != "ok") throw RecordFileException.Damaged(path, finding);
            }
        }
        catch (RecordFileException e) when (e.Fault is RecordFileFault.Failed && e.Message.Contains("no such table", StringComparison.Ordinal))
        {
            throw RecordFileException.Damaged(path, "its tables are missing");
        }

        foreach (var table in Enum.GetValues<RecordTable>())
        {
            Sample(db, path, table, "ASC");
            Sample(db, path, table, "DESC");
        }
    }

    private static RecordFileException Newer(string path, long version) => new(RecordFileFault.Newer,
        $"'{path}' was written by a later Trove (format {version}; this one knows up to {RecordFileFormat.Version}). It was left as it is. Run the later version.");

    private static void Sample(SqliteDb db, string path, RecordTable table, string order)
    {
        using var rows = db.Prepare(string.Create(CultureInfo.InvariantCulture,
            $"SELECT key, version, crc, value FROM {RecordFileFormat.Name(table)} ORDER BY key {order} LIMIT {SampleRows}"));
        for (var bytes = 0L; bytes < SampleBytes && rows.Step();) bytes += RecordRow.Read(rows, table, path).Value.Length;
    }
}

/// <summary>One record as it lies in the file.</summary>
/// <param name="Table">Which table it lies in.</param>
/// <param name="Key">Its key in the file, see <see cref="RecordKey"/>.</param>
/// <param name="Version">Its version; never used twice in one file.</param>
/// <param name="Value">Its bytes.</param>
public sealed record RecordRow(RecordTable Table, string Key, long Version, ReadOnlyMemory<byte> Value)
{
    /// <summary>Reads the columns key, version, crc, value and refuses bytes that are not those written.</summary>
    internal static RecordRow Read(SqliteQuery row, RecordTable table, string path)
    {
        var key = row.Text(0);
        var version = row.Number(1);
        var value = row.Blob(3).ToArray();
        return row.Number(2) == RecordFileFormat.Checksum(Encoding.UTF8.GetBytes(key), version, value)
            ? new RecordRow(table, key, version, value)
            : throw RecordFileException.Damaged(path, $"the record '{key}' in {RecordFileFormat.Name(table)} does not match its checksum");
    }
}
