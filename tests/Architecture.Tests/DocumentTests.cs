using System.Text.RegularExpressions;

namespace Trove.Architecture.Tests;

/// <summary>Documents that can be found and that lead somewhere.</summary>
public sealed partial class DocumentTests
{
    private const string Decisions = "docs/adr";
    private const string Index = $"{Decisions}/README.md";

    private static IEnumerable<SourceFile> Documents => House.Files("docs", "*.md").Append("README.md").Select(SourceFile.Load);

    private static IEnumerable<SourceFile> Records => Documents.Where(file => file.Path.StartsWith(Decisions + "/", StringComparison.Ordinal) && file.Path != Index);

    [Fact]
    public void Every_decision_record_carries_its_number_and_its_three_parts() => Rule.Holds(
        records => records
            .Where(record => !RecordName().IsMatch(Path.GetFileName(record.Path))
                || !record.Text.StartsWith($"# {Path.GetFileName(record.Path)[..4]} ", StringComparison.Ordinal)
                || !new[] { "## Context", "## Decision", "## Consequences" }.All(part => record.Text.Contains(part, StringComparison.Ordinal)))
            .Select(record => $"{record} is not of the form"),
        Records,
        [new SourceFile("docs/adr/0099-wrong.md", "# 0098 Wrong")],
        "A record is docs/adr/NNNN-title.md, begins with '# NNNN ', and says context, decision and consequences.");

    [Fact]
    public void Decision_records_are_numbered_from_1_without_gaps() => Rule.Holds(
        records => records.Select(record => Path.GetFileName(record.Path)[..4])
            .Order(StringComparer.Ordinal)
            .Select((number, i) => (number, Expected: $"{i + 1:D4}"))
            .Where(record => record.number != record.Expected)
            .Select(record => $"{record.number} stands where {record.Expected} is due"),
        Records,
        [new SourceFile("docs/adr/0099-wrong.md", "")],
        "Two records have one number, or one is missing: take the next free number.");

    [Fact]
    public void Every_decision_record_is_listed_in_the_index()
    {
        var index = House.Read(Index);
        Rule.Holds(
            records => records.Where(record => !index.Contains($"({Path.GetFileName(record.Path)})", StringComparison.Ordinal)).Select(record => $"{record} is not listed"),
            Records,
            [new SourceFile("docs/adr/0099-wrong.md", "")],
            $"Add a line to {Index}.");
    }

    [Fact]
    public void Every_relative_link_leads_to_something() => Rule.Holds(
        documents => documents.SelectMany(document => Link().Matches(document.Text)
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains(':', StringComparison.Ordinal) && target.Length > 0)
            .Where(target => !Path.Exists(Path.Combine(House.Root, Path.GetDirectoryName(document.Path)!, target)))
            .Select(target => $"{document} links to {target}")),
        Documents,
        [new SourceFile("docs/wrong.md", "[nowhere](nowhere.md)")],
        "Correct the link; it is relative to the document it stands in.");

    /// <summary>Its table says of each requirement where it is tested; a test that is renamed or a file that is moved must not leave it saying so.</summary>
    [Fact]
    public void Each_test_and_file_that_the_security_document_names_exists()
    {
        var sources = House.Files("src", "*.*").Concat(House.Files("tests", "*.*")).Append("Directory.Packages.props").ToList();
        var files = sources.Select(path => Path.GetFileName(path)).ToHashSet(StringComparer.Ordinal);
        var tests = sources.Where(path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith("Tests.cs", StringComparison.Ordinal))
            .SelectMany(path => TestMethod().Matches(House.Read(path)))
            .Select(method => method.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            documents => documents.SelectMany(document => Named().Matches(document.Text)
                .Select(named => named.Groups["name"].Value)
                .Where(name => name.Contains('.', StringComparison.Ordinal) ? !files.Contains(name) : !tests.Contains(name))
                .Select(name => $"{document} names {name}")),
            [SourceFile.Load("docs/security.md")],
            [new SourceFile("docs/wrong.md", "`No_test_is_called_this`"), new SourceFile("docs/wrong.md", "`NoFile.cs`")],
            "Name the test or the file as it is called now, or say what holds the requirement instead.");
    }

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecordName();

    /// <summary>Between backticks: a test, which reads as a sentence, or a file of source by its name alone.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w*(_\w+){2,}|[\w.]+\.(cs|csv|props))`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*public (async )?(Task|void) (?<name>\w+)\(", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestMethod();

    /// <summary>Markdown links and images, and pictures in HTML; without the part after <c>#</c>.</summary>
    [GeneratedRegex("""(\]\(|(src|srcset|href)=")(?<target>[^)"#\s]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
