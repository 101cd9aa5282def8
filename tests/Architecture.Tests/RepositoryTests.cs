namespace Trove.Architecture.Tests;

/// <summary>A repository that one finds one's way in: few things at the root, no file too long to read.</summary>
public sealed class RepositoryTests
{
    private const int LongestFile = 400;

    /// <summary>What may stand at the root, and what git does not see.</summary>
    private static readonly string[] RootEntries =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", "bench", "Directory.Build.props", "Directory.Packages.props", "docs", "global.json", "LICENSE",
        "README.md", "src", "tests", "trove", "Trove.sln",
        ".data", ".git", ".idea", ".vs", "artifacts", "BenchmarkDotNet.Artifacts", "TestResults",
    ];

    [Fact]
    public void The_root_holds_only_what_belongs_there() => Rule.Holds(
        entries => entries.Except(RootEntries, StringComparer.Ordinal).Select(entry => $"{entry} stands at the root"),
        Directory.EnumerateFileSystemEntries(House.Root).Select(entry => Path.GetFileName(entry)),
        ["NOTES.md"],
        "The root is the first thing that people see: put it into docs, tests or the room that it belongs to.");

    [Fact]
    public void No_source_file_is_longer_than_400_lines() => Rule.Holds(
        files => files.Select(file => (file.Path, Lines: file.Text.AsSpan().Count('\n')))
            .Where(file => file.Lines > LongestFile)
            .Select(file => $"{file.Path} has {file.Lines} lines"),
        House.Files("src", "*.cs").Select(SourceFile.Load),
        [new SourceFile("src/Grains/Everything.cs", new string('\n', LongestFile + 1))],
        "Find the second concept in it and give that a file of its own.");
}
