using Trove.Contracts.Projects;
using Trove.Testing;

namespace Trove.Silo.Tests.Audit;

/// <summary>
/// One sound record file, made once: two pages with tasks that are closed, in transit, open and untouched, and ledgers long enough for pages.
/// Tests change copies of it.
/// </summary>
public sealed class SoundFile : IAsyncLifetime
{
    internal static readonly Brief Brief = new(
        "Birds", "Knowing birds", "Is this a bird?", new LabelSchema(LabelKind.YesNo, []), new Redundancy(RedundancyKind.Dynamic, 2, 4, 0.9),
        TaskOrder.Depth, new HandOut(), PriceMinor: 10);

    internal const int Tasks = 670;

    private const int Seed = 20260301;

    private readonly TempFolder _folder = new();

    /// <summary>A copy of the folder.</summary>
    public TempFolder Copy()
    {
        var copy = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
        {
            File.Copy(file, copy[Path.GetFileName(file)]);
        }

        return copy;
    }

    public async Task InitializeAsync()
    {
        var history = await History.PlayAsync(new Random(Seed), Brief, contributors: 8, pages: [Tasks - 70, 70], steps: 10_000, crashes: 0);
        await history.StoreAsync(_folder.Path);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
