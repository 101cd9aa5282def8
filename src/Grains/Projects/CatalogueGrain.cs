using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Trove.Contracts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Projects;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Projects;

/// <summary>The list of projects, in order of their keys.</summary>
[Reentrant, GrainType("catalogue")]
internal sealed partial class CatalogueGrain(
    [PersistentState("catalogue", TroveStores.Records)] IPersistentState<CatalogueRecord> record,
    TimeProvider time,
    ILogger<CatalogueGrain> logger) : Grain, ICatalogueGrain
{
    /// <summary>Most entries of one slice.</summary>
    public const int MaxSlice = 200;

    private ImmutableSortedDictionary<string, CatalogueEntry> _entries = null!;
    private CommitGate _gate = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _entries = record.State.Entries.ToImmutableSortedDictionary(entry => entry.Project, entry => entry, StringComparer.Ordinal);
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public Task Enter(CatalogueEntry entry)
    {
        if (_entries.GetValueOrDefault(entry.Project) == entry)
        {
            return _gate.CoveredAsync();
        }

        _entries = _entries.SetItem(entry.Project, entry);
        return _gate.CommitAsync();
    }

    public async Task<CataloguePage> List(string? after, int limit, string? viewer, bool all)
    {
        var entries = _entries;
        await _gate.CoveredAsync();
        limit = Math.Clamp(limit, 1, MaxSlice);
        var slice = entries.Values
            .SkipWhile(entry => after is not null && string.CompareOrdinal(entry.Project, after) <= 0)
            .Where(entry => all || IsListed(entry, viewer))
            .Take(limit + 1)
            .Select(entry => entry with { Members = default })
            .ToImmutableArray();
        return slice.Length > limit
            ? new CataloguePage(slice[..limit], slice[limit - 1].Project)
            : new CataloguePage(slice, null);
    }

    public async Task<ImmutableArray<CatalogueEntry>> Of(string account)
    {
        var entries = _entries;
        await _gate.CoveredAsync();
        return [.. entries.Values.Where(entry => IsOf(entry, account)).Select(entry => entry with { Members = default })];
    }

    private static bool IsListed(CatalogueEntry entry, string? viewer) =>
        entry is { Simulated: false, State: not ProjectState.Draft } || (viewer is not null && IsOf(entry, viewer));

    private static bool IsOf(CatalogueEntry entry, string account) => entry.Owner == account || entry.Members.OrEmpty().Contains(account, StringComparer.Ordinal);

    private Task WriteAsync()
    {
        record.State = new CatalogueRecord { Entries = [.. _entries.Values] };
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Warning, Message = "The catalogue could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
