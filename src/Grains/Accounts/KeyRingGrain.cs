using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Trove.Contracts.Accounts;
using Trove.Grains.Commit;
using Trove.Grains.Records;

namespace Trove.Grains.Accounts;

/// <summary>The frontends' key ring. It only grows, by a key in three months: old keys still read what they wrote.</summary>
[Reentrant, GrainType("key-ring")]
internal sealed partial class KeyRingGrain(
    [PersistentState("key-ring", TroveStores.Records)] IPersistentState<KeyRingRecord> record,
    TimeProvider time,
    ILogger<KeyRingGrain> logger) : Grain, IKeyRingGrain
{
    private ImmutableArray<KeyRingElement> _elements;
    private CommitGate _gate = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _elements = [.. record.State.Elements];
        _gate = new CommitGate(WriteAsync, Fence, time);
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<KeyRingElement>> All()
    {
        var elements = _elements;
        await _gate.CoveredAsync();
        return elements;
    }

    public Task Add(string name, string xml)
    {
        if (_elements.Any(element => element.Name == name))
        {
            return _gate.CoveredAsync();
        }

        _elements = _elements.Add(new KeyRingElement(name, xml));
        return _gate.CommitAsync();
    }

    private Task WriteAsync()
    {
        record.State = new KeyRingRecord { Elements = [.. _elements] };
        return record.WriteStateAsync();
    }

    private void Fence(Exception cause)
    {
        LogFenced(logger, cause);
        DeactivateOnIdle();
    }

    [LoggerMessage(EventId = 1412, Level = LogLevel.Warning, Message = "The key ring could not be written and starts over from its record")]
    private static partial void LogFenced(ILogger logger, Exception cause);
}
