using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Records;

/// <summary>The fake itself is held to what tests of grains rely on.</summary>
public sealed class FaultyStoreTests
{
    private static readonly GrainId Grain = GrainId.Create("note", "a");
    private readonly FaultyStore _store = new(new JsonRecordSerializer());

    [Fact]
    public async Task A_write_that_fails_before_the_commit_is_not_there()
    {
        _store.FailNextBeforeCommit();
        await Assert.ThrowsAsync<StoreFaultException>(() => WriteAsync(_store, "lost"));
        Assert.Empty(_store.Snapshot());
        await WriteAsync(_store, "kept");
        Assert.Single(_store.Log);
    }

    [Fact]
    public async Task A_write_that_fails_after_the_commit_is_there()
    {
        _store.FailNextAfterCommit();
        await Assert.ThrowsAsync<StoreFaultException>(() => WriteAsync(_store, "kept"));
        Assert.Single(_store.Snapshot());
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(_store, "again"));
    }

    [Fact]
    public async Task Held_writes_are_kept_when_released()
    {
        var hold = _store.HoldWrites();
        var write = WriteAsync(_store, "held");
        Assert.Empty(_store.Snapshot());
        Assert.False(write.IsCompleted);
        hold.Dispose();
        await write;
        Assert.Single(_store.Snapshot());
    }

    [Fact]
    public async Task After_a_kill_nothing_under_way_is_kept_and_the_next_process_finds_what_was()
    {
        await WriteAsync(_store, "before");
        var hold = _store.HoldWrites();
        var clear = _store.ClearStateAsync("state", Grain, new GrainState<Note>(new Note(), "1"));
        var next = _store.Restart();
        hold.Dispose();
        var found = new GrainState<Note>(new Note());
        await next.ReadStateAsync("state", Grain, found);
        Assert.Equal("before", found.State!.Text);
        await next.WriteStateAsync("state", Grain, found);
        Assert.False(clear.IsCompleted);
        Assert.Equal(2, next.Log.Count);
    }

    private static Task WriteAsync(FaultyStore store, string text) =>
        store.WriteStateAsync("state", Grain, new GrainState<Note>(new Note { Text = text }));
}
