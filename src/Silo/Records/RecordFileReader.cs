using SQLitePCL;

namespace Trove.Silo.Records;

/// <summary>
/// Reads the record file of a stopped or a running store without owning it, for audits. Changes nothing in it.
/// </summary>
public sealed class RecordFileReader : IDisposable
{
    private readonly ReadConnection _reader;

    private RecordFileReader(ReadConnection reader) => _reader = reader;

    /// <summary>Opens the file of a data folder for reading.</summary>
    /// <exception cref="RecordFileException">There is none, or it is damaged, foreign or too new.</exception>
    public static RecordFileReader Open(string folder)
    {
        var path = new RecordFileOptions { Folder = folder }.Path;
        if (!File.Exists(path)) throw new RecordFileException(RecordFileFault.Failed, $"There is no record file '{path}'.");
        RecordFileCheck.Header(path, logged: true); // its length is in motion while a store runs
        var db = SqliteDb.Open(path, raw.SQLITE_OPEN_READONLY, vfs: null);
        RecordFileFormat.Complete(db);
        return new RecordFileReader(new ReadConnection(db));
    }

    /// <summary>Every record whose key starts with the prefix (empty: all), in key order and short slices.</summary>
    public IEnumerable<RecordRow> Scan(RecordTable table, string prefix = "")
    {
        for (var after = prefix; _reader.Slice(table, prefix, after) is { Count: > 0 } slice; after = slice[^1].Key)
        {
            foreach (var row in slice) yield return row;
        }
    }

    /// <summary>The record with this key, or null.</summary>
    public RecordRow? Read(RecordTable table, string key) => _reader.Get(table, key);

    /// <summary>
    /// The full check: structure of the whole file, then the checksum of every record. Empty when all is well. Takes minutes on a
    /// large file; on a running store the log grows meanwhile.
    /// </summary>
    public IReadOnlyList<string> CheckAll()
    {
        var findings = new List<string>();
        Try(() => findings.AddRange(_reader.All("PRAGMA integrity_check(100)", row => row.Text(0)).Where(finding => finding != "ok")));
        foreach (var table in Enum.GetValues<RecordTable>()) Try(() => _ = Scan(table).Count());
        return findings;

        void Try(Action look)
        {
            try
            {
                look();
            }
            catch (RecordFileException e)
            {
                findings.Add(e.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
