using System.Globalization;

namespace Trove.Silo.Records;

/// <summary>
/// One process at a time owns a data folder. The system drops the lock with the process, however it ends, so that a stale
/// lock file never has to be removed by hand. The owner's number lies in a file of its own, since a locked one can't be read;
/// it is for the message only.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "records.lock";
    private const string OwnerName = "records.pid";
    private const int WouldBlockLinux = 11; // EWOULDBLOCK of flock: .NET hands the number through
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        try
        {
            var taken = new FolderLock(new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            taken.Sign(Path.Combine(folder, OwnerName));
            return taken;
        }
        catch (IOException e) when (e.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac)
        {
            throw new RecordFileException(RecordFileFault.InUse,
                $"The data folder '{folder}' is in use by process {Owner(Path.Combine(folder, OwnerName))}. Stop that one first, or choose another folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordFileException(RecordFileFault.ReadOnly,
                $"The data folder '{folder}' can't be written ({e.Message.TrimEnd('.')}). Give this user write access and some room, or choose another folder.", e);
        }
    }

    private void Sign(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // No room for a few digits: the lock holds all the same, and whether records fit is the store's to find out.
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static string Owner(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }

    public void Dispose() => _file.Dispose();
}
