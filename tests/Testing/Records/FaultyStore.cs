using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Testing.Records;

/// <summary>One call of a store, as its log and its hooks see it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Store">Name of the store, see <see cref="TroveStores"/>.</param>
/// <param name="Key">The record's key, see <see cref="RecordKey"/>.</param>
/// <param name="Bytes">The bytes written; empty for reads and removals.</param>
public sealed record StoreCall(StoreCallKind Kind, string Store, string Key, ReadOnlyMemory<byte> Bytes);

/// <summary>What a <see cref="StoreCall"/> does.</summary>
public enum StoreCallKind
{
    /// <summary>Reads a record.</summary>
    Read,

    /// <summary>Stores a record.</summary>
    Write,

    /// <summary>Removes a record.</summary>
    Clear,
}

/// <summary>The failure that a <see cref="FaultyStore"/> was told to have.</summary>
public sealed class StoreFaultException(string message) : IOException(message);

/// <summary>
/// A store in memory for tests of grains: serialised bytes and ETags behind hooks. One instance is one process's way to the
/// disk: <see cref="Restart"/> cuts it off for good, whatever it still has under way, and returns the next process's way to
/// the same records.
/// </summary>
public sealed class FaultyStore : IGrainStorage
{
    private readonly IRecordSerializer _serializer;
    private readonly Disk _disk;
    private readonly TaskCompletionSource _never = new();
    private volatile bool _killed;

    /// <summary>An empty store.</summary>
    public FaultyStore(IRecordSerializer serializer)
        : this(serializer, new Disk())
    {
    }

    private FaultyStore(IRecordSerializer serializer, Disk disk) => (_serializer, _disk) = (serializer, disk);

    /// <summary>Awaited before a write or removal is kept: throw to fail it without a trace, wait to delay it or let it hang.</summary>
    public Func<StoreCall, Task> BeforeCommit { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited after a write or removal is kept and before its caller learns it: throw to fail a write that is there.</summary>
    public Func<StoreCall, Task> AfterCommit { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited before a read.</summary>
    public Func<StoreCall, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    /// <summary>Every write and removal that was kept, in order, over all restarts.</summary>
    public IReadOnlyCollection<StoreCall> Log => _disk.Log;

    /// <summary>The bytes of every record now kept, by store and key.</summary>
    public IReadOnlyDictionary<(string Store, string Key), ReadOnlyMemory<byte>> Snapshot()
    {
        lock (_disk) return _disk.Records.ToDictionary(record => record.Key, record => record.Value.Bytes);
    }

    /// <summary>This store under another name, with records of its own and the same hooks. The store itself is <see cref="TroveStores.Records"/>.</summary>
    public IGrainStorage Named(string name) => name == TroveStores.Records ? this : new View(this, name);

    /// <summary>The next write fails and is not kept.</summary>
    public void FailNextBeforeCommit() => BeforeCommit = Once(() => BeforeCommit = _ => Task.CompletedTask, "The write failed before it was kept.");

    /// <summary>The next write is kept, and its caller is told that it failed.</summary>
    public void FailNextAfterCommit() => AfterCommit = Once(() => AfterCommit = _ => Task.CompletedTask, "The write was kept, but its reply was lost.");

    /// <summary>Writes hang, unkept, until the result is disposed.</summary>
    public IDisposable HoldWrites()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        BeforeCommit = _ => release.Task;
        return new Release(() =>
        {
            BeforeCommit = _ => Task.CompletedTask;
            release.TrySetResult();
        });
    }

    /// <summary>From now on nothing of this instance reaches the records, and none of its calls ever ends: its process is dead.</summary>
    public void Kill()
    {
        lock (_disk) _killed = true;
    }

    /// <summary>Kills this instance; the records as the next process finds them, without hooks.</summary>
    public FaultyStore Restart()
    {
        Kill();
        return new FaultyStore(_serializer, _disk);
    }

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadAsync(TroveStores.Records, stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteAsync(TroveStores.Records, stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearAsync(TroveStores.Records, stateName, grainId, grainState);

    private async Task ReadAsync<T>(string store, string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var call = Call(StoreCallKind.Read, store, stateName, grainId, default);
        await AliveAsync();
        await BeforeRead(call);
        await AliveAsync();
        Record? found;
        lock (_disk) found = _disk.Records.GetValueOrDefault((store, call.Key));
        grainState.State = found is null ? _serializer.Create<T>() : _serializer.Deserialize<T>(found.Bytes);
        Mark(grainState, found?.ETag);
    }

    private async Task WriteAsync<T>(string store, string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = _serializer.Serialize(grainState.State!);
        var call = Call(StoreCallKind.Write, store, stateName, grainId, bytes);
        Mark(grainState, await CommitAsync(call, grainState.ETag));
    }

    private async Task ClearAsync<T>(string store, string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await CommitAsync(Call(StoreCallKind.Clear, store, stateName, grainId, default), grainState.ETag);
        grainState.State = _serializer.Create<T>();
        Mark(grainState, etag: null);
    }

    private async Task<string?> CommitAsync(StoreCall call, string? expected)
    {
        await AliveAsync();
        await BeforeCommit(call);
        var kept = false;
        string? etag = null;
        lock (_disk)
        {
            if (!_killed)
            {
                etag = _disk.Keep(call, expected);
                kept = true;
            }
        }

        if (!kept) await _never.Task;
        await AfterCommit(call);
        await AliveAsync();
        return etag;
    }

    // A real store never answers on the caller's stack.
    private async Task AliveAsync()
    {
        await Task.Yield();
        if (_killed) await _never.Task;
    }

    private static StoreCall Call(StoreCallKind kind, string store, string stateName, GrainId grainId, ReadOnlyMemory<byte> bytes) =>
        new(kind, store, RecordKey.Of(grainId.Type.ToString(), grainId.Key.ToString(), stateName), bytes);

    private static void Mark<T>(IGrainState<T> grainState, string? etag)
    {
        grainState.ETag = etag;
        grainState.RecordExists = etag is not null;
    }

    private static Func<StoreCall, Task> Once(Action reset, string message) => _ =>
    {
        reset();
        return Task.FromException(new StoreFaultException(message));
    };

    private sealed record Record(ReadOnlyMemory<byte> Bytes, string ETag);

    private sealed class Disk
    {
        private long _version;

        public Dictionary<(string Store, string Key), Record> Records { get; } = [];

        public ConcurrentQueue<StoreCall> Log { get; } = new();

        public string? Keep(StoreCall call, string? expected)
        {
            var stored = Records.GetValueOrDefault((call.Store, call.Key))?.ETag;
            if (!string.Equals(stored, expected, StringComparison.Ordinal))
                throw new InconsistentStateException($"The record '{call.Key}' was changed by someone else.", stored, expected);

            var etag = call.Kind == StoreCallKind.Clear ? null : (++_version).ToString(CultureInfo.InvariantCulture);
            if (etag is null) Records.Remove((call.Store, call.Key));
            else Records[(call.Store, call.Key)] = new Record(call.Bytes, etag);
            Log.Enqueue(call);
            return etag;
        }
    }

    private sealed class View(FaultyStore store, string name) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => store.ReadAsync(name, stateName, grainId, grainState);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => store.WriteAsync(name, stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => store.ClearAsync(name, stateName, grainId, grainState);
    }

    private sealed class Release(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
