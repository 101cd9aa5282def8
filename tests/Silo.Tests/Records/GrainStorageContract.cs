using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Trove.Silo.Tests.Records;

public sealed class Note
{
    public string Text { get; set; } = "";
}

/// <summary>What grains rely on, whatever the store: one suite for the record file's two tables and for the fake of the tests.</summary>
public abstract class GrainStorageContract
{
    private static readonly GrainId Grain = GrainId.Create("note", "p1/label/12");

    protected abstract IGrainStorage Storage { get; }

    [Fact]
    public async Task A_record_never_written_reads_as_new_without_an_etag()
    {
        var state = new GrainState<Note> { State = new Note { Text = "stale" }, ETag = "77", RecordExists = true };
        await Storage.ReadStateAsync("state", Grain, state);
        Assert.Equal("", state.State!.Text);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task What_was_written_is_read_back_with_the_same_etag()
    {
        var written = await WriteAsync(Grain, "first");
        var read = await ReadAsync(Grain);
        Assert.Equal("first", read.State!.Text);
        Assert.True(written.RecordExists);
        Assert.True(read.RecordExists);
        Assert.NotNull(written.ETag);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    public async Task Every_write_gives_a_new_etag()
    {
        var state = await WriteAsync(Grain, "first");
        var etags = new HashSet<string?> { state.ETag };
        for (var i = 0; i < 20; i++)
        {
            await Storage.WriteStateAsync("state", Grain, state);
            Assert.True(etags.Add(state.ETag));
        }
    }

    [Fact]
    public async Task A_write_with_an_old_etag_is_refused_names_both_and_changes_nothing()
    {
        var mine = await WriteAsync(Grain, "first");
        var theirs = await ReadAsync(Grain);
        theirs.State!.Text = "theirs";
        await Storage.WriteStateAsync("state", Grain, theirs);

        var old = mine.ETag;
        mine.State!.Text = "mine";
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, mine));
        Assert.Equal(theirs.ETag, error.StoredEtag);
        Assert.Equal(old, error.CurrentEtag);
        Assert.Equal(old, mine.ETag);
        Assert.Equal("theirs", (await ReadAsync(Grain)).State!.Text);
    }

    [Fact]
    public async Task A_write_without_an_etag_is_refused_when_there_is_a_record()
    {
        await WriteAsync(Grain, "first");
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(Grain, "second"));
    }

    [Theory]
    [InlineData("12")]
    [InlineData("not a version")]
    [InlineData("")]
    public async Task A_write_with_an_etag_is_refused_when_there_is_no_record(string etag)
    {
        var state = new GrainState<Note>(new Note(), etag);
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, state));
        Assert.Null(error.StoredEtag);
        Assert.False((await ReadAsync(Grain)).RecordExists);
    }

    [Fact]
    public async Task A_cleared_record_is_gone_and_can_be_written_anew_but_not_with_its_old_etag()
    {
        var state = await WriteAsync(Grain, "first");
        var old = state.ETag;
        await Storage.ClearStateAsync("state", Grain, state);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
        Assert.Equal("", state.State!.Text);
        Assert.False((await ReadAsync(Grain)).RecordExists);

        var again = await WriteAsync(Grain, "again");
        Assert.NotEqual(old, again.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, new GrainState<Note>(new Note(), old)));
    }

    [Fact]
    public async Task Clearing_with_an_old_etag_is_refused()
    {
        var state = await WriteAsync(Grain, "first");
        var old = state.ETag;
        await Storage.WriteStateAsync("state", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", Grain, new GrainState<Note>(new Note(), old)));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", Grain, new GrainState<Note>(new Note())));
        Assert.True((await ReadAsync(Grain)).RecordExists);
    }

    [Fact]
    public async Task Clearing_what_is_not_there_succeeds() =>
        await Storage.ClearStateAsync("state", Grain, new GrainState<Note>(new Note()));

    [Fact]
    public async Task States_of_one_grain_and_grains_of_one_key_are_apart()
    {
        await WriteAsync(Grain, "state");
        var other = new GrainState<Note>(new Note { Text = "other" });
        await Storage.WriteStateAsync("drafts", Grain, other);
        await WriteAsync(GrainId.Create("memo", "p1/label/12"), "memo");
        await WriteAsync(GrainId.Create("note", "p1/label/1"), "one");
        await WriteAsync(GrainId.Create("note", "p1/label/012"), "leading zero");
        Assert.Equal("state", (await ReadAsync(Grain)).State!.Text);
        Assert.Equal("leading zero", (await ReadAsync(GrainId.Create("note", "p1/label/012"))).State!.Text);
    }

    [Fact]
    public async Task What_is_written_is_the_state_at_the_call_not_at_the_disk()
    {
        var state = new GrainState<Note>(new Note { Text = "at the call" });
        var write = Storage.WriteStateAsync("state", Grain, state);
        state.State!.Text = "later";
        await write;
        Assert.Equal("at the call", (await ReadAsync(Grain)).State!.Text);
    }

    [Fact]
    public async Task Of_many_writers_with_one_etag_exactly_one_wins()
    {
        var start = (await WriteAsync(Grain, "start")).ETag;
        var attempts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            try
            {
                await Storage.WriteStateAsync("state", Grain, new GrainState<Note>(new Note { Text = $"writer {i}" }, start));
                return i;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));
        var winner = Assert.Single(attempts, i => i >= 0);
        Assert.Equal($"writer {winner}", (await ReadAsync(Grain)).State!.Text);
    }

    [Fact]
    public async Task A_record_of_a_mebibyte_is_kept()
    {
        var text = new string('x', 1 << 20);
        await WriteAsync(Grain, text);
        Assert.Equal(text, (await ReadAsync(Grain)).State!.Text);
    }

    private async Task<GrainState<Note>> WriteAsync(GrainId grain, string text)
    {
        var state = new GrainState<Note>(new Note { Text = text });
        await Storage.WriteStateAsync("state", grain, state);
        return state;
    }

    private async Task<GrainState<Note>> ReadAsync(GrainId grain)
    {
        var state = new GrainState<Note>(new Note());
        await Storage.ReadStateAsync("state", grain, state);
        return state;
    }
}
