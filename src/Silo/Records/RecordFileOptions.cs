using Microsoft.Extensions.Options;

namespace Trove.Silo.Records;

/// <summary>Where the record file lies and how much memory and log it may use.</summary>
public sealed class RecordFileOptions
{
    /// <summary>The data folder; made if missing. One process at a time owns it.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Writes queued for the disk at a time; a caller beyond that waits before the queue. Default 4,096.</summary>
    public int QueueLimit { get; set; } = 4096;

    /// <summary>Bytes of records in one transaction; reached, the rest goes in the next. Default 4 MiB.</summary>
    public int BatchBytes { get; set; } = 4 << 20;

    /// <summary>Size of the log at which it is folded into the database file: larger saves writes, smaller keeps the pauses of scattered writing short (p99 48 ms at 4 MiB, 120 ms at 16). Default 4 MiB.</summary>
    public int LogBytes { get; set; } = 4 << 20;

    /// <summary>Page cache of the writer. Scattered writes are several times faster while their pages fit. Default 64 MiB.</summary>
    public int CacheBytes { get; set; } = 64 << 20;

    /// <summary>Connections that read at the same time. Default 4.</summary>
    public int Readers { get; set; } = 4;

    /// <summary>How long a shutdown waits for queued writes before it fails them. Default 10 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an erasure waits for those who still read an older state, such as an audit of the running store, before it fails. Default 30 s.</summary>
    public TimeSpan ErasureTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The file system layer under SQLite; tests put one there that loses what was not synced.</summary>
    internal string? Vfs { get; set; }

    /// <summary>Tests take the sync away to prove that they would notice.</summary>
    internal string Synchronous { get; set; } = "FULL";

    /// <summary>Tests leave deleted bytes lying to prove that they would find them.</summary>
    internal string SecureDelete { get; set; } = "ON";

    internal string Path => System.IO.Path.Combine(System.IO.Path.GetFullPath(Folder), RecordFileFormat.FileName);
}

internal sealed class RecordFileOptionsValidator : IValidateOptions<RecordFileOptions>
{
    public ValidateOptionsResult Validate(string? name, RecordFileOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Folder)) errors.Add($"{nameof(options.Folder)} names the data folder and must not be empty.");
        AtLeast(nameof(options.QueueLimit), options.QueueLimit, 1);
        AtLeast(nameof(options.BatchBytes), options.BatchBytes, 1);
        AtLeast(nameof(options.LogBytes), options.LogBytes, 64 << 10);
        AtLeast(nameof(options.CacheBytes), options.CacheBytes, 1 << 20);
        AtLeast(nameof(options.Readers), options.Readers, 1);
        if (options.ShutdownTimeout < TimeSpan.Zero) errors.Add($"{nameof(options.ShutdownTimeout)} must not be negative.");
        if (options.ErasureTimeout < TimeSpan.Zero) errors.Add($"{nameof(options.ErasureTimeout)} must not be negative.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void AtLeast(string property, int value, int least)
        {
            if (value < least) errors.Add($"{property} must be at least {least}, it is {value}.");
        }
    }
}
