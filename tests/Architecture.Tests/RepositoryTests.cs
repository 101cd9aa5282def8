using System.Text.RegularExpressions;

namespace Trove.Architecture.Tests;

/// <summary>A repository that one finds one's way in: few things at the root, no file too long to read.</summary>
public sealed partial class RepositoryTests
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

    [Fact]
    public void No_two_log_messages_share_a_number() => Rule.Holds(
        files => files.SelectMany(file => EventId().Matches(file.Text).Select(match => (Number: match.Groups["number"].Value, file.Path)))
            .GroupBy(message => message.Number, StringComparer.Ordinal)
            .Where(messages => messages.Count() > 1)
            .Select(messages => $"{messages.Key} is used in {string.Join(" and ", messages.Select(message => message.Path))}"),
        House.Files("src", "*.cs").Select(SourceFile.Load),
        [new SourceFile("src/Grains/Twice.cs", "EventId = 1, EventId = 1,")],
        "Choose another EventId: whoever watches the log for one would be woken by the other.");

    [GeneratedRegex(@"EventId = (?<number>\d+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EventId();
}
