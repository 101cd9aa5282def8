using System.Numerics;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>Which of the tables: small hot records, large ones that are written once and read in order, or those made to be erased.</summary>
public enum RecordTable
{
    /// <summary>Hot records of grains.</summary>
    Records,

    /// <summary>Definitions, result segments, ledger pages.</summary>
    Bulk,

    /// <summary>Records of persons: what is removed or replaced leaves no byte of its value behind, see <see cref="SqliteRecordFile.EraseAsync"/>.</summary>
    Personal,
}

/// <summary>The names, numbers and tables of the file. A change of any of them is a new <see cref="Version"/>.</summary>
internal static class RecordFileFormat
{
    public const string FileName = "records.db";
    public const int Version = 2;
    public const int PageSize = 4096;

    /// <summary>"Trov": marks the file as ours in SQLite's header.</summary>
    public const int ApplicationId = 0x54726f76;

    private const string Schema =
        """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE records(key TEXT PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE bulk(key TEXT PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE reminders(grain TEXT NOT NULL, name TEXT NOT NULL, first_due INTEGER NOT NULL, period INTEGER NOT NULL, PRIMARY KEY(grain, name)) WITHOUT ROWID;
        """ + Personal;

    /// <summary>
    /// Since version 2. SQLite zeroes what is deleted, but when it moves rows between neighbouring pages it leaves copies of them in the unused middle of
    /// the old page, which later deletions don't find. What a row keeps in overflow pages is never moved. A page holds at most 1,002 bytes of a row
    /// (https://sqlite.org/fileformat2.html, of an index tree with pages of 4,096), so the pad fills all of that, and the value lies in overflow pages alone.
    /// </summary>
    private const string Personal =
        """
        CREATE TABLE personal(key TEXT PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, pad BLOB NOT NULL DEFAULT (zeroblob(1002)), value BLOB NOT NULL) WITHOUT ROWID;
        """;

    public static string Name(RecordTable table) => table switch
    {
        RecordTable.Records => "records",
        RecordTable.Bulk => "bulk",
        _ => "personal",
    };

    /// <summary>Brings an older file, opened for writing, to this version; all or nothing.</summary>
    public static void Upgrade(SqliteDb db)
    {
        if (Stored(db) < 2) db.Execute($"BEGIN IMMEDIATE; {Personal} UPDATE meta SET value = {Version} WHERE name = 'format'; PRAGMA user_version = {Version}; COMMIT");
    }

    /// <summary>Lets this connection read an older file as if it were of this version; changes nothing in it.</summary>
    public static void Complete(SqliteDb db)
    {
        if (Stored(db) < 2) db.Execute("CREATE TEMP TABLE personal(key, version, crc, value)");
    }

    private static long Stored(SqliteDb db) => db.ReadNumber("SELECT value FROM meta WHERE name = 'format'");

    /// <summary>
    /// Makes a new file beside its final name and moves it there whole: a crash while making it never leaves half a file.
    /// The folder itself is synced by SQLite when it makes the log there, before the first record is acknowledged.
    /// </summary>
    public static void Create(string path, string? vfs)
    {
        var draft = path + ".new";
        foreach (var leftover in (string[])["", "-journal", "-wal", "-shm"]) File.Delete(draft + leftover);
        using (var db = SqliteDb.Open(draft, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, vfs))
        {
            db.Execute($"PRAGMA page_size = {PageSize}; PRAGMA synchronous = FULL; BEGIN; PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}; {Schema}");
            using (var insert = db.Prepare("INSERT INTO meta(name, value) VALUES(?1, ?2)"))
            {
                insert.BindText(1, "format").Bind(2, Version).Run();
                insert.BindText(1, "epoch").Bind(2, 0).Run();
                insert.BindText(1, "store").BindText(2, Guid.NewGuid().ToString("N")).Run();
                insert.BindText(1, "createdBy").BindText(2, $"Trove {typeof(RecordFileFormat).Assembly.GetName().Version}").Run();
            }

            db.Execute("COMMIT; PRAGMA journal_mode = WAL");
            db.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }

        File.Delete(draft + "-wal");
        File.Delete(draft + "-shm");
        File.Move(draft, path);
    }

    /// <summary>CRC-32C over key, version and bytes: SQLite itself does not notice a flipped bit inside a value.</summary>
    public static uint Checksum(ReadOnlySpan<byte> key, long version, ReadOnlySpan<byte> value) =>
        Crc(Crc(BitOperations.Crc32C(~0u, (ulong)version), key), value);

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
