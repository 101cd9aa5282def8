using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Trove.Grains.Records;

namespace Trove.Silo.Records;

/// <summary>
/// The records of grains in one table of the record file. ETags are the file's versions in decimal. The state is turned into
/// bytes before the first await, on the caller's turn: what reaches the disk is the state of that moment.
/// </summary>
internal sealed class SqliteGrainStorage(SqliteRecordFile file, RecordTable table, IRecordSerializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var row = await file.ReadAsync(table, Key(stateName, grainId), cancellationToken);
        grainState.State = row is null ? serializer.Create<T>() : serializer.Deserialize<T>(row.Value);
        Mark(grainState, row?.Version ?? 0);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var bytes = serializer.Serialize(grainState.State!);
        var result = await file.WriteAsync(table, Key(stateName, grainId), bytes, Expected(grainState.ETag), cancellationToken);
        ThrowUnlessDone(result, stateName, grainId, grainState.ETag);
        Mark(grainState, result.Version);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var result = await file.DeleteAsync(table, Key(stateName, grainId), Expected(grainState.ETag), cancellationToken);
        ThrowUnlessDone(result, stateName, grainId, grainState.ETag);
        grainState.State = serializer.Create<T>();
        Mark(grainState, version: 0);
    }

    private static string Key(string stateName, GrainId grainId) =>
        RecordKey.Of(grainId.Type.ToString(), grainId.Key.ToString(), stateName);

    private static void Mark<T>(IGrainState<T> grainState, long version)
    {
        grainState.ETag = version == 0 ? null : Text(version);
        grainState.RecordExists = version != 0;
    }

    // An ETag that is no version of ours can't be the stored one: -1 matches none.
    private static long Expected(string? etag) =>
        etag is null ? 0 : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : -1;

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static void ThrowUnlessDone(WriteResult result, string stateName, GrainId grainId, string? etag)
    {
        if (result.Done) return;
        throw new InconsistentStateException(
            $"The record '{stateName}' of {grainId} was changed by someone else.", result.Version == 0 ? null : Text(result.Version), etag);
    }
}
