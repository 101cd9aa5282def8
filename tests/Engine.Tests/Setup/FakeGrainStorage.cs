using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Trove.Engine.Tests.Setup;

/// <summary>Records as bytes with ETags, outside of either engine, so that they outlive it; and it fails when told to.</summary>
public sealed class FakeGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, string ETag)> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Exception> _failBefore = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Exception> _failAfter = new(StringComparer.Ordinal);
    private int _version;

    /// <summary>The next write of this grain fails and writes nothing.</summary>
    public void FailBeforeWrite(string key, Exception error) => _failBefore[key] = error;

    /// <summary>The next write of this grain is written, and then fails.</summary>
    public void FailAfterWrite(string key, Exception error) => _failAfter[key] = error;

    /// <summary>As if someone else had written the record.</summary>
    public void Touch(string key)
    {
        foreach (var record in _records.Where(each => each.Key.Contains(key, StringComparison.Ordinal))) _records[record.Key] = record.Value with { ETag = NextETag() };
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var exists = _records.TryGetValue(NameOf(stateName, grainId), out var record);
        if (exists) grainState.State = JsonSerializer.Deserialize<T>(record.Bytes);
        grainState.ETag = exists ? record.ETag : null;
        grainState.RecordExists = exists;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        if (_failBefore.TryRemove(grainId.Key.ToString()!, out var before)) throw before;

        Check(stateName, grainId, grainState.ETag);
        grainState.ETag = NextETag();
        grainState.RecordExists = true;
        _records[NameOf(stateName, grainId)] = (JsonSerializer.SerializeToUtf8Bytes(grainState.State), grainState.ETag);
        if (_failAfter.TryRemove(grainId.Key.ToString()!, out var after)) throw after;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState.ETag);
        _records.TryRemove(NameOf(stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static string NameOf(string stateName, GrainId grainId) => $"{grainId}#{stateName}";

    private string NextETag() => Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);

    private void Check(string stateName, GrainId grainId, string? etag)
    {
        var stored = _records.TryGetValue(NameOf(stateName, grainId), out var record) ? record.ETag : null;
        if (stored != etag) throw new InconsistentStateException($"{grainId} was written by someone else.", stored, etag);
    }
}
