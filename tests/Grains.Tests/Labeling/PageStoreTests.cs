using Orleans.Runtime;
using Trove.Contracts.Labeling;
using Trove.Grains.Labeling;
using Trove.Grains.Records;
using Trove.Testing.Records;
using static Trove.Grains.Tests.Labeling.PageOnTheBench;

namespace Trove.Grains.Tests.Labeling;

public sealed class PageStoreTests
{
    private readonly FaultyStore _disk = new(new RecordSerializer());
    private TaskPoolRecord _record = new();

    [Fact]
    public async Task Closed_tasks_fill_segment_after_segment()
    {
        var store = Awake();
        await store.WriteClosed([.. Enumerable.Range(0, 100).Select(i => ClosedAt(i))]);
        await store.WriteClosed([.. Enumerable.Range(100, 100).Select(i => ClosedAt(i))]);
        Assert.Equal(4, store.Segments);
        Assert.Equal(Enumerable.Range(0, 200), (await AllAsync(store)).Select(entry => entry.Index));
        var closed = await store.ReadClosed();
        Assert.Equal(150, closed[150].Index);
        Assert.False(closed.ContainsKey(200));
    }

    [Fact]
    public async Task A_later_revision_stands_in_the_place_of_the_earlier_one()
    {
        var store = Awake();
        await store.WriteClosed([.. Enumerable.Range(0, 70).Select(i => ClosedAt(i))]);
        await store.WriteClosed([ClosedAt(3, revision: 2), ClosedAt(69, revision: 2), ClosedAt(70, revision: 2)]);
        var entries = await AllAsync(store);
        Assert.Equal(Enumerable.Range(0, 71), entries.Select(entry => entry.Index));
        Assert.Equal([3, 69, 70], entries.Where(entry => entry.Revision == 2).Select(entry => entry.Index));
    }

    [Fact]
    public async Task Evidence_that_a_crash_left_behind_the_pages_record_is_not_written_twice()
    {
        var store = Awake();
        await store.WriteClosed([.. Enumerable.Range(0, 60).Select(i => ClosedAt(i))]);
        Save(store);
        await store.WriteClosed([.. Enumerable.Range(60, 80).Select(i => ClosedAt(i))]); // and the page's record is never written

        store = Awake();
        Assert.Equal(1, store.Segments);
        await store.WriteClosed([ClosedAt(62), ClosedAt(100), ClosedAt(139), ClosedAt(140)]);
        await store.WriteClosed([.. Enumerable.Range(60, 81).Select(i => ClosedAt(i))]);
        Assert.Equal(Enumerable.Range(0, 141), (await AllAsync(store)).Select(entry => entry.Index).Order());
    }

    [Fact]
    public async Task A_chunk_that_a_crash_left_behind_is_not_written_over()
    {
        var store = Awake();
        await store.WriteChunk([new TaskDefinition("lost")]);
        store = Awake();
        await store.WriteChunk([new TaskDefinition("a"), new TaskDefinition("b")]);
        await store.WriteChunk([new TaskDefinition("c")]);
        Assert.Equal([new ChunkRef(1, 2), new ChunkRef(2, 1)], store.Chunks.ToArray());
        Assert.Equal(["a", "b", "c"], (await store.ReadDefinitions()).Select(definition => definition.SourceId));
    }

    private static async Task<List<TaskClosed>> AllAsync(PageStore store)
    {
        var all = new List<TaskClosed>();
        for (var number = 0; number < store.Segments; number++)
        {
            all.AddRange(await store.ReadSegment(number));
        }

        return all;
    }

    private PageStore Awake() => new(new BulkRecords(_disk.Named(TroveStores.Bulk), GrainId.Create("pool", "p/label/0")), _record);

    private void Save(PageStore store) => _record = new TaskPoolRecord(store.Chunks, store.Segments, 0, [], null, default);
}
