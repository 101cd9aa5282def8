using System.Collections.Immutable;
using System.Text.Json;
using Trove.Contracts.Contributors;

namespace Trove.Cli.Soak;

/// <summary>What a contributor was told by the server, and nothing else: one line for each counted answer.</summary>
internal sealed record Told(int Task, ImmutableArray<string> Values, string Token);

/// <summary>
/// A contributor's own file of what it was told. Written before the next answer, in the driver's process, which is not the one that is killed: what it holds was promised.
/// </summary>
internal sealed class Notebook(string folder, string contributor) : IDisposable
{
    private readonly StreamWriter _lines = new(Path.Combine(folder, contributor + ".jsonl"), append: true);

    public void Write(Offer offer, ImmutableArray<string> values)
    {
        _lines.WriteLine(JsonSerializer.Serialize(new Told(offer.Task, values, offer.Token)));
        _lines.Flush();
    }

    /// <summary>Reads every notebook of a folder.</summary>
    public static IEnumerable<(string Contributor, Told Told)> ReadAll(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.jsonl")
        from line in File.ReadLines(file)
        select (Path.GetFileNameWithoutExtension(file), JsonSerializer.Deserialize<Told>(line)!);

    public void Dispose() => _lines.Dispose();
}
