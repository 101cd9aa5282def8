namespace Trove.Silo.Records;

/// <summary>What stands in the way of the record file.</summary>
public enum RecordFileFault
{
    /// <summary>The device refused or failed the operation; what was being written is not acknowledged.</summary>
    Failed,

    /// <summary>No room left on the device or in the quota. Later writes work again once there is room.</summary>
    Full,

    /// <summary>The folder or the file can't be written.</summary>
    ReadOnly,

    /// <summary>The file or a record in it is not what was written. Nothing was changed.</summary>
    Damaged,

    /// <summary>The file was not made by Trove. Nothing was changed.</summary>
    Foreign,

    /// <summary>The file was made by a later version of Trove. Nothing was changed.</summary>
    Newer,

    /// <summary>Another process owns the folder.</summary>
    InUse,

    /// <summary>The store was shut down before this operation reached the disk; a write's outcome is unknown.</summary>
    Closed,
}

/// <summary>A failure of the record file, with a message that names the file, what is wrong and what to do.</summary>
public sealed class RecordFileException(RecordFileFault fault, string message, Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>The kind of failure, for callers that act on it (exit codes, health).</summary>
    public RecordFileFault Fault { get; } = fault;

    internal static RecordFileException FromSqlite(int code, string path, string detail)
    {
        var reason = $"{detail} (SQLite {code})";
        return (code & 0xff) switch
        {
            SQLitePCL.raw.SQLITE_FULL => new(RecordFileFault.Full,
                $"No room left to write '{path}': {reason}. Nothing acknowledged is lost; make room and writing goes on."),
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_CANTOPEN => new(RecordFileFault.ReadOnly,
                $"'{path}' can't be opened for writing: {reason}. Give this user write access to the data folder, or choose another one."),
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => Damaged(path, reason),
            _ => new(RecordFileFault.Failed,
                $"The device failed an operation on '{path}': {reason}. Nothing acknowledged is lost; check the disk and the system log."),
        };
    }

    internal static RecordFileException Damaged(string path, string what) => new(RecordFileFault.Damaged,
        $"'{path}' is damaged: {what}. It was left as it is. Keep a copy of the whole folder, then restore a backup.");
}
