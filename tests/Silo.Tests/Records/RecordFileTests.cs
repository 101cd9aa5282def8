using System.Text;
using Trove.Silo.Records;
using Trove.Testing;

namespace Trove.Silo.Tests.Records;

public sealed class RecordFileTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteRecordFile _file = null!;

    public Task InitializeAsync()
    {
        _file = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Writers_that_wait_at_the_same_time_share_a_commit()
    {
        const int Rounds = 20;
        var before = _file.Counters.Commits;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            for (long round = 0, version = 0; round < Rounds; round++)
                version = (await _file.WriteAsync(RecordTable.Records, $"w{i}", new byte[500], version)).Version;
        }));
        Assert.Equal(200 * Rounds, _file.Counters.Writes);
        Assert.InRange(_file.Counters.Commits - before, Rounds, 200 * Rounds / 10);
        Assert.True(_file.Counters.LargestBatch > 20);
        Assert.Equal(200 * Rounds * 500L, _file.Counters.Bytes - Rounds * Enumerable.Range(0, 200).Sum(i => $"w{i}".Length));
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_versions_go_on_growing()
    {
        var first = await _file.WriteAsync(RecordTable.Records, "a", "one"u8.ToArray(), 0);
        await _file.WriteAsync(RecordTable.Bulk, "a", "two"u8.ToArray(), 0);
        await ReopenAsync();
        Assert.Equal("one", Text(await _file.ReadAsync(RecordTable.Records, "a")));
        Assert.Equal("two", Text(await _file.ReadAsync(RecordTable.Bulk, "a")));
        var second = await _file.WriteAsync(RecordTable.Records, "a", "three"u8.ToArray(), first.Version);
        Assert.True(second.Version > first.Version);
    }

    [Fact]
    public async Task A_version_is_never_given_twice_not_even_to_a_record_made_anew_after_a_restart()
    {
        var first = await _file.WriteAsync(RecordTable.Records, "a", "one"u8.ToArray(), 0);
        await _file.DeleteAsync(RecordTable.Records, "a", first.Version);
        await ReopenAsync();
        var second = await _file.WriteAsync(RecordTable.Records, "a", "two"u8.ToArray(), 0);
        Assert.True(second.Version > first.Version);
        Assert.Equal(new WriteResult(Done: false, second.Version), await _file.WriteAsync(RecordTable.Records, "a", "old"u8.ToArray(), first.Version));
    }

    [Fact]
    public async Task An_empty_value_and_a_large_one_are_kept()
    {
        var large = new byte[20 << 20];
        new Random(1).NextBytes(large);
        await _file.WriteAsync(RecordTable.Bulk, "empty", ReadOnlyMemory<byte>.Empty, 0);
        await _file.WriteAsync(RecordTable.Bulk, "large", large, 0);
        await ReopenAsync();
        Assert.Equal(0, (await _file.ReadAsync(RecordTable.Bulk, "empty"))!.Value.Length);
        Assert.True((await _file.ReadAsync(RecordTable.Bulk, "large"))!.Value.Span.SequenceEqual(large));
    }

    [Fact]
    public async Task A_scan_gives_each_record_of_a_prefix_once_in_the_order_of_its_numbers()
    {
        var order = Enumerable.Range(0, 1200).ToArray();
        new Random(2).Shuffle(order);
        await Task.WhenAll(order.Select(i => PutAsync("segment", $"p1/label/3/{i}")));
        await PutAsync("segment", "p1/label/30/0");
        await PutAsync("segment", "p2/label/3/0");
        await PutAsync("segments", "p1/label/3/0");

        var found = new List<string>();
        await foreach (var row in _file.ScanAsync(RecordTable.Bulk, RecordKey.Prefix("segment", "p1/label/3/"))) found.Add(RecordKey.Parse(row.Key).GrainKey);
        Assert.Equal(Enumerable.Range(0, 1200).Select(i => $"p1/label/3/{i}"), found);

        using var reader = RecordFileReader.Open(_folder.Path);
        Assert.Equal(1203, reader.Scan(RecordTable.Bulk).Count());
        Assert.Equal(1202, reader.Scan(RecordTable.Bulk, "segment/").Count());
        Assert.Empty(reader.CheckAll());

        Task PutAsync(string type, string key) => _file.WriteAsync(RecordTable.Bulk, RecordKey.Of(type, key, "s"), "x"u8.ToArray(), 0);
    }

    [Fact]
    public async Task The_log_stays_bounded_under_constant_writing_and_reading()
    {
        await ReopenAsync(options => options.LogBytes = 1 << 20);
        using var stop = new CancellationTokenSource();
        var scans = Task.Run(async () =>
        {
            var scanned = 0;
            while (!stop.IsCancellationRequested)
            {
                await foreach (var _ in _file.ScanAsync(RecordTable.Records, "")) scanned++;
            }

            return scanned;
        });
        var largest = 0L;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            for (long round = 0, version = 0; round < 100; round++)
            {
                var value = new byte[8000];
                Array.Fill(value, (byte)round); // SQLite does not write a page that would stay as it is
                version = (await _file.WriteAsync(RecordTable.Records, $"w{i}", value, version)).Version;
                if (i == 0) largest = Math.Max(largest, new FileInfo(_file.Path + "-wal").Length);
            }
        }));
        await stop.CancelAsync();
        Assert.True(await scans > 0);
        Assert.True(_file.Counters.LogPages * 4096 > 30 << 20, "enough was written for the log to be folded in many times");
        Assert.InRange(largest, 1, 12 << 20);
        Assert.True(_file.Counters.Checkpoints > 2);
    }

    [Fact]
    public async Task A_file_that_was_shut_down_needs_no_log()
    {
        await _file.WriteAsync(RecordTable.Records, "a", "one"u8.ToArray(), 0);
        await _file.DisposeAsync();
        using var copy = new TempFolder();
        File.Copy(_file.Path, copy["records.db"]);
        await using var other = SqliteRecordFile.Open(new RecordFileOptions { Folder = copy.Path });
        Assert.Equal("one", Text(await other.ReadAsync(RecordTable.Records, "a")));
    }

    [Fact]
    public void Options_are_refused_all_faults_at_once()
    {
        var result = new RecordFileOptionsValidator().Validate(name: null, new RecordFileOptions { QueueLimit = 0, Readers = 0 });
        Assert.Equal(3, result.Failures!.Count());
        Assert.True(new RecordFileOptionsValidator().Validate(name: null, new RecordFileOptions { Folder = "data" }).Succeeded);
    }

    private SqliteRecordFile Open(Action<RecordFileOptions>? configure = null)
    {
        var options = new RecordFileOptions { Folder = _folder.Path };
        configure?.Invoke(options);
        return SqliteRecordFile.Open(options);
    }

    private async Task ReopenAsync(Action<RecordFileOptions>? configure = null)
    {
        await _file.DisposeAsync();
        _file = Open(configure);
    }

    private static string Text(RecordRow? row) => Encoding.UTF8.GetString(row!.Value.Span);
}
