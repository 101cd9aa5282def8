namespace Trove.Cli.Hosting;

/// <summary>A folder of a command's own that goes with it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trove-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A file that is still held open stays behind in the system's temporary folder, which is what that is for.
        }
    }
}
