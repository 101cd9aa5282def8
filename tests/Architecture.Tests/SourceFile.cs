namespace Trove.Architecture.Tests;

/// <summary>A text file of the repository.</summary>
/// <param name="Path">From the root, with slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public static SourceFile Load(string path) => new(path, House.Read(path));

    public override string ToString() => Path;
}
