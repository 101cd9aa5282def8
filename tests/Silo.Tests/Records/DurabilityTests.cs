using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using SQLitePCL;
using Trove.Silo.Records;
using Trove.Testing;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Records;

/// <summary>
/// No reply leaves before its sync. All on <see cref="UnsyncedVfs"/>: a file there holds what was synced and nothing else, so
/// that a copy taken at any moment is what a power cut at that moment leaves.
/// </summary>
public sealed class DurabilityTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _copies = new();
    private readonly UnsyncedVfs _vfs = UnsyncedVfs.Get(Guid.NewGuid().ToString("N"));
    private readonly ManualResetEventSlim _release = new();
    private SqliteRecordFile? _file;

    private SqliteRecordFile Store => _file ??= SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path, Vfs = _vfs.Name });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _vfs.OnSync = _ => raw.SQLITE_OK;
        _release.Set(); // a sync that a failed test left hanging
        if (_file is not null) await _file.DisposeAsync();
        _folder.Dispose();
        _copies.Dispose();
    }

    [Fact]
    public async Task While_the_sync_hangs_no_write_is_acknowledged_and_no_reader_sees_it()
    {
        await WriteAsync("before", 1);
        using var reached = new SemaphoreSlim(0);
        _vfs.OnSync = _ =>
        {
            reached.Release();
            _release.Wait();
            return raw.SQLITE_OK;
        };
        var writes = Enumerable.Range(0, 100).Select(i => WriteAsync($"key{i}", 1)).ToArray();
        await reached.WaitAsync();

        Assert.All(writes, write => Assert.False(write.IsCompleted));
        Assert.NotNull(await Store.ReadAsync(RecordTable.Records, "before"));
        Assert.Null(await Store.ReadAsync(RecordTable.Records, "key0"));
        await using (var cut = PowerCut()) Assert.Null(await cut.ReadAsync(RecordTable.Records, "key0"));

        _vfs.OnSync = _ => raw.SQLITE_OK;
        _release.Set();
        await Task.WhenAll(writes);
        await using var after = PowerCut();
        foreach (var i in Enumerable.Range(0, 100)) Assert.NotNull(await after.ReadAsync(RecordTable.Records, $"key{i}"));
    }

    [Fact]
    public async Task A_failed_sync_fails_every_caller_of_its_batch_keeps_nothing_of_it_and_writing_goes_on_when_the_disk_does()
    {
        var first = await WriteAsync("kept", 1);
        using var reached = new SemaphoreSlim(0);
        _vfs.OnSync = _ =>
        {
            reached.Release();
            _release.Wait();
            return raw.SQLITE_IOERR_FSYNC;
        };
        // The first write holds the sync while the others gather into the next batch.
        var head = WriteAsync("head", 1);
        await reached.WaitAsync();
        Task<WriteResult>[] batch = [head, WriteAsync("kept", 2, first.Version), .. Enumerable.Range(0, 50).Select(i => WriteAsync($"lost{i}", 1))];
        _release.Set();

        foreach (var write in batch)
        {
            var error = await Assert.ThrowsAsync<RecordFileException>(() => write);
            Assert.Equal(RecordFileFault.Failed, error.Fault);
            Assert.Contains(Store.Path, error.Message, StringComparison.Ordinal);
        }

        Assert.Null(await Store.ReadAsync(RecordTable.Records, "head"));
        Assert.Equal(first.Version, (await Store.ReadAsync(RecordTable.Records, "kept"))!.Version);

        _vfs.OnSync = _ => raw.SQLITE_OK;
        Assert.True((await WriteAsync("kept", 3, first.Version)).Done);
        await using var after = PowerCut();
        Assert.Equal("3", Text(await after.ReadAsync(RecordTable.Records, "kept")));
        Assert.Null(await after.ReadAsync(RecordTable.Records, "head"));
        Assert.Null(await after.ReadAsync(RecordTable.Records, "lost0"));
    }

    [Fact]
    public async Task A_disk_without_room_fails_the_batch_and_takes_later_writes()
    {
        var first = await WriteAsync("kept", 1);
        _vfs.OnWrite = _ => raw.SQLITE_FULL;
        var error = await Assert.ThrowsAsync<RecordFileException>(() => WriteAsync("kept", 2, first.Version));
        Assert.Equal(RecordFileFault.Full, error.Fault);
        _vfs.OnWrite = _ => raw.SQLITE_OK;
        Assert.True((await WriteAsync("kept", 3, first.Version)).Done);
    }

    [Theory]
    [InlineData("FULL", true)]
    [InlineData("OFF", false)] // a store that does not sync must fail this check, or the check is worth nothing
    public async Task Every_write_acknowledged_before_a_power_cut_is_there_after_it(string synchronous, bool holds)
    {
        _file = SqliteRecordFile.Open(new RecordFileOptions
        {
            Folder = _folder.Path, Vfs = _vfs.Name, Synchronous = synchronous, LogBytes = 64 << 10,
        });
        var told = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        using var acknowledged = new SemaphoreSlim(0);
        var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(() => WriteOnAsync($"writer{writer}", told, acknowledged, stop.Token))).ToArray();
        var lost = 0;
        for (var cut = 0; cut < 20; cut++)
        {
            for (var i = 0; i < 50; i++) await acknowledged.WaitAsync();
            var before = told.ToArray();
            lost += await LostAsync(before, () => PowerCut(cut % 2 == 0 ? null : new Random(cut))); // every other one lets some unsynced writes through
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Equal(holds, lost == 0);
    }

    [Theory]
    [InlineData("FULL", true)]
    [InlineData("OFF", false)]
    public async Task Every_write_told_by_a_process_is_there_after_it_is_killed(string synchronous, bool holds)
    {
        using var child = ChildProcess.Start("write-until-killed", _folder.Path, synchronous);
        var told = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var lines = 0; lines < 2000 && await child.Output.ReadLineAsync() is { } line; lines++)
        {
            var words = line.Split(' ');
            told[words[0]] = long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        child.Kill();
        Assert.Equal(16, told.Count);
        var lost = await LostAsync(told, () => SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path }));
        Assert.Equal(holds, lost == 0);
    }

    [Fact]
    public async Task A_shutdown_completes_what_is_queued()
    {
        var writes = Enumerable.Range(0, 500).Select(i => WriteAsync($"key{i}", 1)).ToArray();
        await Store.DisposeAsync();
        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        var late = await Assert.ThrowsAsync<RecordFileException>(() => WriteAsync("late", 1));
        Assert.Equal(RecordFileFault.Closed, late.Fault);
        late = await Assert.ThrowsAsync<RecordFileException>(() => Store.ReadAsync(RecordTable.Records, "key0"));
        Assert.Equal(RecordFileFault.Closed, late.Fault);
    }

    [Fact]
    public async Task A_shutdown_on_a_hanging_disk_fails_what_is_queued_and_keeps_the_folder()
    {
        _file = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path, Vfs = _vfs.Name, ShutdownTimeout = TimeSpan.Zero });
        _vfs.OnSync = _ =>
        {
            _release.Wait();
            return raw.SQLITE_OK;
        };
        var writes = Enumerable.Range(0, 20).Select(i => WriteAsync($"key{i}", 1)).ToArray();
        await Store.DisposeAsync();
        foreach (var write in writes) Assert.Equal(RecordFileFault.Closed, (await Assert.ThrowsAsync<RecordFileException>(() => write)).Fault);
        Assert.Equal(RecordFileFault.InUse, Assert.Throws<RecordFileException>(() => SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path })).Fault);
        _release.Set();
    }

    [Fact]
    public async Task A_caller_that_waits_before_a_full_queue_can_give_up()
    {
        _file = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path, Vfs = _vfs.Name, QueueLimit = 2 });
        using var reached = new SemaphoreSlim(0);
        _vfs.OnSync = _ =>
        {
            reached.Release();
            _release.Wait();
            return raw.SQLITE_OK;
        };
        var head = WriteAsync("head", 1);
        await reached.WaitAsync();
        Task[] queued = [WriteAsync("a", 1), WriteAsync("b", 1)];
        using var patience = new CancellationTokenSource();
        var waiting = Store.WriteAsync(RecordTable.Records, "c", "1"u8.ToArray(), 0, patience.Token);
        var patient = WriteAsync("d", 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _release.Set();
        await Task.WhenAll([head, patient, .. queued]);
        Assert.Null(await Store.ReadAsync(RecordTable.Records, "c"));
    }

    private async Task WriteOnAsync(string key, ConcurrentDictionary<string, long> told, SemaphoreSlim acknowledged, CancellationToken stop)
    {
        for (long count = 1, version = 0; !stop.IsCancellationRequested; count++)
        {
            version = (await WriteAsync(key, count, version)).Version;
            told[key] = count;
            acknowledged.Release();
        }
    }

    /// <summary>How many of the counts that writers were told are not in the file; all, if it can't even be opened.</summary>
    private static async Task<int> LostAsync(IReadOnlyCollection<KeyValuePair<string, long>> told, Func<SqliteRecordFile> open)
    {
        try
        {
            await using var left = open();
            var lost = 0;
            foreach (var (key, count) in told)
            {
                if (!long.TryParse(Text(await left.ReadAsync(RecordTable.Records, key)), CultureInfo.InvariantCulture, out var there) || there < count) lost++;
            }

            return lost;
        }
        catch (RecordFileException e) when (e.Fault == RecordFileFault.Damaged)
        {
            return told.Count;
        }
    }

    private Task<WriteResult> WriteAsync(string key, long count, long version = 0) =>
        Store.WriteAsync(RecordTable.Records, key, Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)), version);

    private SqliteRecordFile PowerCut(Random? chance = null)
    {
        var target = Directory.CreateDirectory(_copies[Guid.NewGuid().ToString("N")]).FullName;
        _vfs.CopyDurable(Store.Path, Path.Combine(target, Path.GetFileName(Store.Path)), chance);
        return SqliteRecordFile.Open(new RecordFileOptions { Folder = target });
    }

    private static string? Text(RecordRow? row) => row is null ? null : Encoding.ASCII.GetString(row.Value.Span);
}
