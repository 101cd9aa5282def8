using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Trove.Testing.Records;

/// <summary>
/// A file system layer under SQLite in which a write reaches the real file only at the next sync. Killing a process alone
/// proves nothing about syncs, because the system's page cache outlives it; with this layer a kill, or a copy taken by
/// <see cref="CopyDurable"/>, loses everything unsynced, as a power cut does. A sync can also be made to fail or to hang, and
/// a write to find no room. Locks, shared memory and names are the real ones.
/// </summary>
public sealed unsafe class UnsyncedVfs
{
    private static readonly ConcurrentDictionary<string, UnsyncedVfs> Registered = new(StringComparer.Ordinal);
    private static readonly sqlite3_io_methods* Methods = MakeMethods();

    private readonly ConcurrentDictionary<string, UnsyncedFile> _files = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly sqlite3_vfs* _real;

    private UnsyncedVfs(string name)
    {
        Batteries_V2.Init();
        Name = name;
        _real = sqlite3_vfs_find(null);
        var vfs = (sqlite3_vfs*)NativeMemory.Alloc((nuint)sizeof(sqlite3_vfs));
        *vfs = *_real; // names, access, randomness, time: the real functions
        vfs->zName = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        vfs->pNext = null;
        vfs->szOsFile = sizeof(OpenFile) + _real->szOsFile;
        vfs->pAppData = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(this));
        vfs->xOpen = &Open;
        vfs->xDelete = &Delete;
        if (sqlite3_vfs_register(vfs, 0) != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite did not take the layer {name}.");
    }

    /// <summary>What SQLite knows it by.</summary>
    public string Name { get; }

    /// <summary>Called with the path before each sync, on SQLite's thread: may block, and returns SQLite's code (0: go on).</summary>
    public Func<string, int> OnSync { get; set; } = _ => raw.SQLITE_OK;

    /// <summary>Called with the path before each write; returns SQLite's code (0: go on).</summary>
    public Func<string, int> OnWrite { get; set; } = _ => raw.SQLITE_OK;

    /// <summary>The layer of this name; made and registered for the life of the process when first asked for.</summary>
    public static UnsyncedVfs Get(string name) => Registered.GetOrAdd(name, key => new UnsyncedVfs(key));

    /// <summary>
    /// Copies what a power cut at this moment would leave of a database and its log: all that was synced, and of the rest what
    /// <paramref name="chance"/> lets through, since a disk takes unsynced writes in any order (null: nothing of it).
    /// </summary>
    public void CopyDurable(string path, string target, Random? chance = null)
    {
        lock (_gate)
        {
            foreach (var part in (string[])["", "-wal"])
            {
                if (!File.Exists(path + part)) continue;
                File.Copy(path + part, target + part);
                if (chance is null || !_files.TryGetValue(path + part, out var unsynced)) continue;
                using var file = new FileStream(target + part, FileMode.Open, FileAccess.Write);
                foreach (var (offset, bytes) in unsynced.Unsynced().Where(_ => chance.Next(2) == 0))
                {
                    file.SetLength(bytes is null ? offset : Math.Max(file.Length, offset));
                    file.Position = offset;
                    if (bytes is not null) file.Write(bytes);
                }
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(sqlite3_vfs* vfs, byte* name, void* file, int flags, int* outFlags)
    {
        var self = (UnsyncedVfs)GCHandle.FromIntPtr((IntPtr)vfs->pAppData).Target!;
        if (name == null || (flags & (raw.SQLITE_OPEN_MAIN_DB | raw.SQLITE_OPEN_WAL | raw.SQLITE_OPEN_MAIN_JOURNAL)) == 0)
            return self._real->xOpen(self._real, name, file, flags, outFlags);

        var open = (OpenFile*)file;
        open->Methods = null;
        var code = self._real->xOpen(self._real, name, open->Real, flags, outFlags);
        if (code != raw.SQLITE_OK) return code;
        var path = Marshal.PtrToStringUTF8((IntPtr)name)!;
        var shared = self._files.GetOrAdd(path, key => new UnsyncedFile(File.ReadAllBytes(key)));
        open->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(new Handle(self, shared, path)));
        open->Methods = Methods;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(sqlite3_vfs* vfs, byte* name, int syncFolder)
    {
        var self = (UnsyncedVfs)GCHandle.FromIntPtr((IntPtr)vfs->pAppData).Target!;
        self._files.TryRemove(Marshal.PtrToStringUTF8((IntPtr)name)!, out _);
        return self._real->xDelete(self._real, name, syncFolder);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        GCHandle.FromIntPtr(file->Handle).Free();
        return file->Real->Methods->xClose(file->Real);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, void* target, int count, long offset) =>
        file->Of.File.Read(new Span<byte>(target, count), offset) ? raw.SQLITE_OK : raw.SQLITE_IOERR_SHORT_READ;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, void* source, int count, long offset)
    {
        var handle = file->Of;
        var code = Ask(handle.Vfs.OnWrite, handle.Path);
        if (code == raw.SQLITE_OK) handle.File.Write(new ReadOnlySpan<byte>(source, count), offset);
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(OpenFile* file, long length)
    {
        file->Of.File.Truncate(length);
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(OpenFile* file, int flags)
    {
        var handle = file->Of;
        var code = Ask(handle.Vfs.OnSync, handle.Path);
        if (code != raw.SQLITE_OK) return code;
        lock (handle.Vfs._gate)
        {
            var real = file->Real;
            handle.File.Sync((offset, bytes) =>
            {
                fixed (byte* start = bytes)
                    code |= bytes is null ? real->Methods->xTruncate(real, offset) : real->Methods->xWrite(real, start, bytes.Length, offset);
            });
            return code != raw.SQLITE_OK ? raw.SQLITE_IOERR_FSYNC : real->Methods->xSync(real, flags);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(OpenFile* file, long* size)
    {
        *size = file->Of.File.Length;
        return raw.SQLITE_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LockFile(OpenFile* file, int level) => file->Real->Methods->xLock(file->Real, level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int UnlockFile(OpenFile* file, int level) => file->Real->Methods->xUnlock(file->Real, level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(OpenFile* file, int* result) => file->Real->Methods->xCheckReservedLock(file->Real, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(OpenFile* file, int operation, void* argument) => file->Real->Methods->xFileControl(file->Real, operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(OpenFile* file) => file->Real->Methods->xSectorSize(file->Real);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(OpenFile* file) => file->Real->Methods->xDeviceCharacteristics(file->Real);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(OpenFile* file, int page, int size, int extend, void** result) => file->Real->Methods->xShmMap(file->Real, page, size, extend, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(OpenFile* file, int offset, int count, int flags) => file->Real->Methods->xShmLock(file->Real, offset, count, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(OpenFile* file) => file->Real->Methods->xShmBarrier(file->Real);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(OpenFile* file, int delete) => file->Real->Methods->xShmUnmap(file->Real, delete);

    // An exception can't pass through SQLite: it would end the process, and with it the report of the test that failed.
    private static int Ask(Func<string, int> hook, string path)
    {
        try
        {
            return hook(path);
        }
        catch (Exception)
        {
            return raw.SQLITE_IOERR;
        }
    }

    private static sqlite3_io_methods* MakeMethods()
    {
        var methods = (sqlite3_io_methods*)NativeMemory.Alloc((nuint)sizeof(sqlite3_io_methods));
        *methods = new sqlite3_io_methods
        {
            iVersion = 2, // without memory mapping, which would pass by these functions
            xClose = &Close,
            xRead = &Read,
            xWrite = &Write,
            xTruncate = &Truncate,
            xSync = &Sync,
            xFileSize = &FileSize,
            xLock = &LockFile,
            xUnlock = &UnlockFile,
            xCheckReservedLock = &CheckReservedLock,
            xFileControl = &FileControl,
            xSectorSize = &SectorSize,
            xDeviceCharacteristics = &DeviceCharacteristics,
            xShmMap = &ShmMap,
            xShmLock = &ShmLock,
            xShmBarrier = &ShmBarrier,
            xShmUnmap = &ShmUnmap,
        };
        return methods;
    }

    private sealed record Handle(UnsyncedVfs Vfs, UnsyncedFile File, string Path);

    /// <summary>SQLite's sqlite3_file: the table of functions first, then what the layer keeps; ours is followed by the real one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFile
    {
        public sqlite3_io_methods* Methods;
        public IntPtr Handle;

        public readonly Handle Of => (Handle)GCHandle.FromIntPtr(Handle).Target!;

        public OpenFile* Real => (OpenFile*)Unsafe.AsPointer(ref this) + 1;
    }

#pragma warning disable IDE1006 // SQLite's own names, as in sqlite3.h
    [StructLayout(LayoutKind.Sequential)]
    private struct sqlite3_vfs
    {
        public int iVersion, szOsFile, mxPathname;
        public sqlite3_vfs* pNext;
        public byte* zName;
        public void* pAppData;
        public delegate* unmanaged[Cdecl]<sqlite3_vfs*, byte*, void*, int, int*, int> xOpen;
        public delegate* unmanaged[Cdecl]<sqlite3_vfs*, byte*, int, int> xDelete;
        public void* xAccess, xFullPathname, xDlOpen, xDlError, xDlSym, xDlClose, xRandomness, xSleep, xCurrentTime, xGetLastError;
        public void* xCurrentTimeInt64, xSetSystemCall, xGetSystemCall, xNextSystemCall;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct sqlite3_io_methods
    {
        public int iVersion;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> xClose;
        public delegate* unmanaged[Cdecl]<OpenFile*, void*, int, long, int> xRead, xWrite;
        public delegate* unmanaged[Cdecl]<OpenFile*, long, int> xTruncate;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> xSync;
        public delegate* unmanaged[Cdecl]<OpenFile*, long*, int> xFileSize;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> xLock, xUnlock;
        public delegate* unmanaged[Cdecl]<OpenFile*, int*, int> xCheckReservedLock;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, void*, int> xFileControl;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> xSectorSize, xDeviceCharacteristics;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int, int, void**, int> xShmMap;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int, int, int> xShmLock;
        public delegate* unmanaged[Cdecl]<OpenFile*, void> xShmBarrier;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> xShmUnmap;
    }

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern sqlite3_vfs* sqlite3_vfs_find(byte* name);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_vfs_register(sqlite3_vfs* vfs, int makeDefault);
}
