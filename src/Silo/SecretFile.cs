using System.Security.Cryptography;
using Trove.Grains;

namespace Trove.Silo;

/// <summary>Keys of this installation, each a file of random bytes in <c>keys/</c> of the data folder that only its owner can read.</summary>
public static class SecretFile
{
    private const int Length = 32;

    /// <summary>The key of this name, made at first use.</summary>
    /// <exception cref="InvalidDataException">The file is not a key.</exception>
    public static byte[] LoadOrCreate(string dataFolder, string name) => LoadOrCreate(PathOf(dataFolder, name));

    /// <summary>Where the key of this name lies.</summary>
    public static string PathOf(string dataFolder, string name) => Path.Combine(dataFolder, "keys", name);

    /// <summary>The key in this file, made at first use.</summary>
    /// <exception cref="InvalidDataException">The file is not a key.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == Length ? key : throw new InvalidDataException(
            $"'{path}' is not a key: it has {key.Length} bytes, not {Length}. Put it back from a backup; without it, tokens and links given before are worthless.");
    }

    internal static TroveSecrets LoadSecrets(string dataFolder) =>
        new(LoadOrCreate(dataFolder, "leases"), LoadOrCreate(dataFolder, "pseudonyms"));

    /// <summary>Written whole and synced under another name first, so that a crash leaves either no key or a whole one.</summary>
    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Length));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: false);
    }
}
