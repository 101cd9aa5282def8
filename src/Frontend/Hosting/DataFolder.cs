using Trove.Silo;

namespace Trove.Frontend.Hosting;

/// <summary>The folder of everything that is kept.</summary>
internal static class DataFolder
{
    /// <summary>The secret of this name, made at first use.</summary>
    public static byte[] Key(string folder, string name) => SecretFile.LoadOrCreate(folder, name);

    /// <summary>Where the secret of this name lies.</summary>
    public static string KeyFile(string folder, string name) => SecretFile.PathOf(folder, name);

    /// <summary>The secret in this file, made at first use.</summary>
    /// <exception cref="StartupException">The file is not a secret of Trove, or can't be read or made.</exception>
    public static byte[] Key(string path)
    {
        try
        {
            return SecretFile.LoadOrCreate(path);
        }
        catch (InvalidDataException reason)
        {
            throw new StartupException(reason.Message, reason);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartupException($"The key file '{path}' cannot be used: {reason.Message} Let this user read it, or name another.", reason);
        }
    }

    /// <summary>Makes the folder when it is missing, and tries that it can be written: better now than at the first answer.</summary>
    /// <returns>Its full path.</returns>
    public static string Prepare(string folder)
    {
        try
        {
            var path = Path.GetFullPath(folder);
            Make(path);
            using var probe = new FileStream(
                Path.Combine(path, $".probe-{Guid.NewGuid():N}"),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            probe.WriteByte(0);
            probe.Flush(flushToDisk: true);
            return path;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartupException(
                $"The data folder '{folder}' cannot be used: {reason.Message} Name another with --{FrontendOptions.Section}:DataFolder=PATH, or make this one writable and give it room.",
                reason);
        }
    }

    /// <summary>For its owner alone: everybody's records are in it. One that was there keeps the rights it was given.</summary>
    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
