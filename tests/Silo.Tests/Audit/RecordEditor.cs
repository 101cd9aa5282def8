using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Silo.Tests.Audit;

/// <summary>Rewrites records of a file past the grains.</summary>
internal sealed class RecordEditor(SqliteRecordFile file)
{
    private static readonly RecordSerializer Serializer = new();

    /// <summary>Every task with a record, those that its page knows as closed marked.</summary>
    public async Task<List<(TaskId Id, LabelTaskRecord Record, bool IsClosed)>> TasksAsync()
    {
        var tasks = new List<(TaskId, LabelTaskRecord, bool)>();
        await foreach (var row in file.ScanAsync(RecordTable.Records, "task/"))
        {
            var id = TaskId.Parse(RecordKey.Parse(row.Key).GrainKey);
            var pool = await ReadAsync<TaskPoolRecord>(RecordTable.Records, PoolKey(id.Page));
            tasks.Add((id, Serializer.Deserialize<LabelTaskRecord>(row.Value), new PageBits(pool.Closed.AsSpan())[id.Index]));
        }

        return tasks;
    }

    /// <summary>The first task that is still open and fits.</summary>
    public async Task<(TaskId Id, LabelTaskRecord Record)> OpenTaskAsync(Func<LabelTaskRecord, bool> fits) =>
        (await TasksAsync()).Where(task => task.Record.Outcome is null && fits(task.Record)).Select(task => (task.Id, task.Record)).First();

    /// <summary>The first closed task that fits.</summary>
    public async Task<(TaskId Id, LabelTaskRecord Record)> ClosedTaskAsync(Func<LabelTaskRecord, bool> fits) =>
        (await TasksAsync()).Where(task => task.IsClosed && fits(task.Record)).Select(task => (task.Id, task.Record)).First();

    public Task ChangeTaskAsync(TaskId id, Func<LabelTaskRecord, LabelTaskRecord> change) =>
        ChangeAsync(RecordTable.Records, RecordKey.Of("task", id.Key, "task"), change);

    public Task ChangePoolAsync(PageId id, Func<TaskPoolRecord, TaskPoolRecord> change) =>
        ChangeAsync(RecordTable.Records, PoolKey(id), change);

    public Task ChangeTotalsAsync(PageId id, Func<PoolTotals, PoolTotals> change) =>
        ChangePoolAsync(id, pool => pool with { Totals = change(pool.Totals) });

    /// <summary>Changes what the segment says of a task; null takes the entry away.</summary>
    public async Task ChangeEvidenceAsync(TaskId id, Func<TaskClosed, TaskClosed?> change)
    {
        for (var number = 0; ; number++)
        {
            var key = RecordKey.Of("pool", id.Page.Key, ResultSegment.Name(number));
            var segment = await ReadAsync<ResultSegment>(RecordTable.Bulk, key);
            if (segment.Entries.FirstOrDefault(entry => entry.Index == id.Index) is { } entry)
            {
                var others = segment.Entries.Remove(entry);
                await ChangeAsync<ResultSegment>(RecordTable.Bulk, key, _ => new ResultSegment(change(entry) is { } changed ? others.Add(changed) : others));
                return;
            }
        }
    }

    /// <summary>Puts the evidence of a task into its page's segments a second time.</summary>
    public async Task DoubleEvidenceAsync(TaskId id)
    {
        TaskClosed? again = null;
        await ChangeEvidenceAsync(id, entry => again = entry);
        await ChangeAsync<ResultSegment>(
            RecordTable.Bulk, RecordKey.Of("pool", id.Page.Key, ResultSegment.Name(0)), segment => new ResultSegment(segment.Entries.Add(again!)));
    }

    /// <summary>Changes a closed task everywhere: its record, its evidence, its page's sums.</summary>
    public async Task ChangeClosedAsync(TaskId id, Func<LabelTaskRecord, LabelTaskRecord> change)
    {
        TaskClosed? before = null, after = null;
        await ChangeTaskAsync(id, record =>
        {
            var changed = change(record);
            after = new LabelTask(id, 1, changed).Closed();
            return changed;
        });
        await ChangeEvidenceAsync(id, entry => (before = entry) is not null ? after : null);
        await ChangeTotalsAsync(id.Page, totals => totals.Without(before).With(after!));
    }

    /// <summary>Changes the definition of a task.</summary>
    public async Task ChangeDefinitionAsync(TaskId id, Func<TaskDefinition, TaskDefinition> change)
    {
        var key = RecordKey.Of("pool", id.Page.Key, TaskChunk.Name(id.Index / TaskDefinition.ChunkSize));
        await ChangeAsync<TaskChunk>(RecordTable.Bulk, key, chunk =>
            new TaskChunk(chunk.Definitions.SetItem(id.Index % TaskDefinition.ChunkSize, change(chunk.Definitions[id.Index % TaskDefinition.ChunkSize]))));
    }

    public async Task<HotFields> HotAsync(string contributor) => new((await RowAsync(RecordTable.Records, HotKey(contributor))).Value.Span);

    public async Task ChangeHotAsync(string contributor, Action<HotFields> change)
    {
        var hot = await HotAsync(contributor);
        change(hot);
        await WriteAsync(RecordTable.Records, HotKey(contributor), hot.ToBytes());
    }

    public async Task ChangeAsync<T>(RecordTable table, string key, Func<T, T> change) =>
        await WriteAsync(table, key, Serializer.Serialize(change(await ReadAsync<T>(table, key))));

    public async Task WriteAsync(RecordTable table, string key, byte[] bytes)
    {
        var version = (await file.ReadAsync(table, key))?.Version ?? 0;
        Assert.True((await file.WriteAsync(table, key, bytes, version)).Done);
    }

    public async Task RemoveAsync(RecordTable table, string key) =>
        Assert.True((await file.DeleteAsync(table, key, (await RowAsync(table, key)).Version)).Done);

    public async Task<T> ReadAsync<T>(RecordTable table, string key) => Serializer.Deserialize<T>((await RowAsync(table, key)).Value);

    public static string HotKey(string contributor) => RecordKey.Of("contributor", contributor, "contributor");

    private static string PoolKey(PageId id) => RecordKey.Of("pool", id.Key, "pool");

    private async Task<RecordRow> RowAsync(RecordTable table, string key) =>
        await file.ReadAsync(table, key) ?? throw new InvalidOperationException($"There is no record {key}.");
}
