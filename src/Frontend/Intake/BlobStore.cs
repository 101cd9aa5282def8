using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Trove.Contracts;

namespace Trove.Frontend.Intake;

/// <summary>
/// Bytes under the name of their SHA-256, <c>blobs/ab/cd/&lt;hash&gt;</c> in the data folder. A name that exists is complete and on disk:
/// a blob is written beside, synced, renamed, and the folder synced, so a crash leaves at most a stray file in <c>blobs/new</c>.
/// </summary>
internal sealed partial class BlobStore
{
    private readonly string _root;
    private readonly string _new;
    private readonly long _spare;

    public BlobStore(string dataFolder, long spareBytes)
    {
        _root = Path.Combine(dataFolder, "blobs");
        _new = Path.Combine(_root, "new");
        _spare = spareBytes;
        Directory.CreateDirectory(_new);
    }

    /// <summary>Whether <paramref name="hash"/> is a name that this store could have given: 64 lower-case hex digits. Nothing else ever becomes a path.</summary>
    public static bool IsHash(string? hash) => hash is { Length: 64 } && !hash.AsSpan().ContainsAnyExcept("0123456789abcdef");

    /// <summary>Path of a stored blob, null when there is none.</summary>
    public string? Find(string hash) => IsHash(hash) && PathOf(hash) is var path && File.Exists(path) ? path : null;

    /// <summary>A file to write to that vanishes when closed; on the same file system as the blobs.</summary>
    public FileStream Scratch() => new(
        Path.Combine(_new, Guid.NewGuid().ToString("N")),
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        });

    /// <summary>Stores bytes; storing the same again changes nothing.</summary>
    /// <returns>The hash, or <c>storage-full</c> when it would leave the disk without reserve.</returns>
    public Result<string> Put(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        using var hashing = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in pieces)
        {
            hashing.AppendData(piece.Span);
        }

        var hash = Convert.ToHexStringLower(hashing.GetHashAndReset());
        if (Find(hash) is not null)
        {
            return hash;
        }

        if (new DriveInfo(Path.GetFullPath(_root)).AvailableFreeSpace - pieces.Sum(piece => (long)piece.Length) < _spare)
        {
            return new Problem("storage-full", "The disk of this Trove is nearly full, so nothing more is stored. Tell its operator.");
        }

        Write(pieces, PathOf(hash));
        return hash;
    }

    private void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, string target)
    {
        var temporary = Path.Combine(_new, Guid.NewGuid().ToString("N"));
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, pieces, 0);
                RandomAccess.FlushToDisk(file);
            }

            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            File.Move(temporary, target, overwrite: true);
            SyncFolder(folder);
            SyncFolder(Path.GetDirectoryName(folder)!);
            SyncFolder(_root);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private string PathOf(string hash) => Path.Combine(_root, hash[..2], hash[2..4], hash);

    /// <summary>A rename is durable when its folder is synced. Windows journals renames itself and opens no folder as a file.</summary>
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened to sync it (error {Marshal.GetLastPInvokeError()}).");
        }

        var failed = FSync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"The folder {folder} cannot be synced (error {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
