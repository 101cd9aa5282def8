using System.Reflection;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Records;

/// <summary>
/// Holds records to the bytes that this release writes. A file <c>Golden/kind.vN.hex</c> is never changed once released: a
/// record that writes other bytes needs a higher version, and a new file beside the old one, which stays readable.
/// </summary>
internal static class Golden
{
    private static readonly RecordSerializer Serializer = new();

    /// <summary>The record writes exactly the bytes of its golden file, and those read back write them again.</summary>
    public static void Matches<T>(T record)
        where T : IRecord
    {
        var bytes = Serializer.Serialize(record);
        var (expected, actual) = (Read(T.RecordKind, T.RecordVersion), Lines(bytes));
        Assert.True(expected == actual, $"The bytes of {T.RecordKind}.v{T.RecordVersion} should be\n{expected}\nbut are\n{actual}\n");
        Assert.Equal(bytes, Serializer.Serialize(Serializer.Deserialize<T>(bytes)));
    }

    /// <summary>A record as an older release wrote it.</summary>
    public static T Older<T>(byte version)
        where T : IRecord => Serializer.Deserialize<T>(Convert.FromHexString(Read(T.RecordKind, version).ReplaceLineEndings("")));

    /// <summary>Kinds and versions that have a golden file.</summary>
    public static IReadOnlyCollection<string> Names() =>
        Directory.EnumerateFiles(Folder, "*.hex").Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();

    private static string Folder => Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Records", "Golden");

    private static string Read(string kind, byte version)
    {
        var file = Path.Combine(Folder, $"{kind}.v{version}.hex");
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd() : $"(no file {Path.GetFileName(file)})";
    }

    // Rows of 32 bytes, so that a difference shows where it is.
    private static string Lines(byte[] bytes) => string.Join('\n', bytes.Chunk(32).Select(Convert.ToHexStringLower));
}
