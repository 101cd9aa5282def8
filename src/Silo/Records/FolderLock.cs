using System.Globalization;

namespace Trove.Silo.Records;

/// <summary>
/// One process at a time owns a data folder. The system drops the lock with the process, however it ends, so that a stale
/// lock file never has to be removed by hand; the number in it is for the message only.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "records.lock";
    private const int WouldBlockLinux = 11; // EWOULDBLOCK of flock: .NET hands the number through
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                file.SetLength(0);
                file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
                file.Flush();
            }
            catch (IOException)
            {
                // No room for a few digits: the lock holds all the same, and whether records fit is the store's to find out.
            }

            return new FolderLock(file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RecordFileException(RecordFileFault.ReadOnly,
                $"The data folder '{folder}' can't be written ({e.Message.TrimEnd('.')}). Give this user write access, or choose another folder.", e);
        }
        catch (IOException e) when (e.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac)
        {
            throw new RecordFileException(RecordFileFault.InUse,
                $"The data folder '{folder}' is in use by process {Owner(path)}. Stop that one first, or choose another folder.", e);
        }
        catch (IOException e)
        {
            throw new RecordFileException(RecordFileFault.ReadOnly,
                $"The data folder '{folder}' can't be locked ({e.Message.TrimEnd('.')}). Free some room or give write access, or choose another folder.", e);
        }
    }

    private static string Owner(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd() is { Length: > 0 } text ? text : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }

    public void Dispose() => _file.Dispose();
}
