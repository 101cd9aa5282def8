using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Grains.Commit;
using Trove.Grains.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Auditing;

/// <summary>Shell of <see cref="AuditLog"/>: identity, commit, pages. It calls no other grain, so whoever awaits it can't be waited for.</summary>
[Reentrant, GrainType("audit-log")]
internal sealed partial class AuditLogGrain(
    [PersistentState("audit-log", TroveStores.Records)] IPersistentState<AuditLogRecord> record,
    [FromKeyedServices(TroveStores.Bulk)] IGrainStorage storage,
    TimeProvider time,
    ILogger<AuditLogGrain> logger) : Grain, IAuditLogGrain
{
    /// <summary>Pages that one search reads: a thousand entries.</summary>
    private const int PagesOfSearch = 16;

    private string _key = "";
    private AuditLog _log = null!;
    private BulkRecords _pages = null!;
    private CommitGate _gate = null!;
    private long _durable;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        _log = new AuditLog(record.State);
        _durable = _log.Count;
        _pages = new BulkRecords(storage, this.GetGrainId());
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public async Task Append(ImmutableArray<AuditEntry> entries)
    {
        var changed = false;
        foreach (var entry in entries)
        {
            changed |= !await StandsOnPage(entry) && _log.Add(entry, time.GetUtcNow());
        }

        await (changed ? _gate.CommitAsync() : _gate.CoveredAsync());
    }

    public async Task<AuditSlice> Search(AuditQuery query)
    {
        var search = new AuditSearch(query, _log.Count);
        search.Look((long)_log.Pages * AuditLogPage.Size, _log.Tail);
        await _gate.CoveredAsync();
        for (var pages = PagesOfSearch; pages > 0 && !search.IsDone; pages--)
        {
            var number = search.NextPage;
            search.Look((long)number * AuditLogPage.Size, (await ReadPage(number)).Acts);
        }

        return search.Slice;
    }

    public async Task<Result<Done>> Forget()
    {
        if (!AuditLogs.IsAccount(_key))
        {
            return new Problem("log-kept", "Only the log of an account can be deleted.");
        }

        if (!_log.IsForgotten)
        {
            _log.Forget();
            await _gate.CommitAsync();
        }

        // One more than were cut: a page may be written, and its cut prevented by this or by a crash. No write begun before the commit is still under way.
        for (var number = _log.Pages; number >= 0; number--)
        {
            await _pages.Remove<AuditLogPage>(AuditLogPage.Name(number));
        }

        if (_log.Pages > 0)
        {
            _log.PagesRemoved();
            await _gate.CommitAsync();
        }

        await _gate.CoveredAsync();
        return Done.Instance;
    }

    /// <summary>Whether an entry that comes late came before. While pages are read others may be cut: those are read too.</summary>
    private async Task<bool> StandsOnPage(AuditEntry entry)
    {
        for (var read = 0; read < _log.Pages && _log.MayStandOnPage(entry);)
        {
            var from = read;
            read = _log.Pages;
            for (var number = read - 1; number >= from; number--)
            {
                var acts = (await ReadPage(number)).Acts;
                if (acts.Any(act => act.Entry.Id == entry.Id))
                {
                    return true;
                }

                if (acts.IsEmpty || acts[^1].Arrived < entry.At)
                {
                    break; // whatever arrived before was there before this was done
                }
            }
        }

        return false;
    }

    private async Task<AuditLogPage> ReadPage(int number) => (await _pages.Read<AuditLogPage>(AuditLogPage.Name(number))).State!;

    private async Task WriteAsync()
    {
        // Only entries that are durable go on pages, so two lives that overlap would write the same page.
        while (_log.PageDue is { } page && (page.Number + 1L) * AuditLogPage.Size <= _durable)
        {
            await _pages.Create(AuditLogPage.Name(page.Number), page);
            _log.Cut(page);
        }

        var count = _log.Count;
        record.State = _log.ToRecord();
        await record.WriteStateAsync();
        _durable = count;
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, _key, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1440, Level = LogLevel.Warning, Message = "The audit log {Log} could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, string log, Exception cause);
}
