using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SQLitePCL;
using Trove.Silo.Records;
using Trove.Testing;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Records;

/// <summary>A file that is not what the store left is refused, by name and with advice, and stays as it is to the byte.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Db => _folder["records.db"];

    private string Log => Db + "-wal";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_file_is_refused()
    {
        File.WriteAllBytes(Db, []);
        Refused(RecordFileFault.Damaged, "empty");
    }

    [Fact]
    public void A_text_file_is_refused()
    {
        File.WriteAllText(Db, new string('x', 5000));
        Refused(RecordFileFault.Foreign, "not a database of Trove");
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Batteries_V2.Init();
        raw.sqlite3_open(Db, out var other);
        raw.sqlite3_exec(other, "CREATE TABLE t(x)");
        other.Close();
        Refused(RecordFileFault.Foreign, "another program");
    }

    [Fact]
    public async Task A_newer_file_is_refused()
    {
        await MakeAsync();
        Change(Db, file => BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(60), RecordFileFormat.Version + 1));
        Refused(RecordFileFault.Newer, $"format {RecordFileFormat.Version + 1}");
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(4096)]
    [InlineData(400)]
    [InlineData(40)]
    public async Task A_cut_file_is_refused(int length)
    {
        await MakeAsync();
        var bytes = await File.ReadAllBytesAsync(Db);
        await File.WriteAllBytesAsync(Db, bytes[..length]);
        Refused(RecordFileFault.Damaged, "bytes");
    }

    [Theory]
    [InlineData(16)] // page size
    [InlineData(18)] // journal mode
    [InlineData(28)] // page count
    [InlineData(100)] // first page of the schema
    public async Task A_flipped_byte_in_the_first_page_is_refused(int offset)
    {
        await MakeAsync();
        Change(Db, file => file[offset] ^= 0x55);
        Refused(RecordFileFault.Damaged, "damaged");
    }

    [Fact]
    public async Task A_page_overwritten_with_noise_is_refused()
    {
        await MakeAsync();
        Change(Db, file => new Random(3).NextBytes(file.AsSpan(10 * 4096, 4096)));
        Refused(RecordFileFault.Damaged, "damaged");
    }

    [Fact]
    public async Task A_flipped_bit_inside_a_record_is_refused()
    {
        await MakeAsync();
        Change(Db, file => file[file.AsSpan().IndexOf("record 7 "u8)] ^= 1);
        Refused(RecordFileFault.Damaged, "checksum");
    }

    [Fact]
    public async Task A_flipped_bit_beyond_the_sample_is_found_when_read_and_by_the_full_check()
    {
        await MakeAsync(records: 5000);
        Change(Db, file => file[file.AsSpan().IndexOf("record 2500 "u8)] ^= 1);
        await using (var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path }))
        {
            var error = await Assert.ThrowsAsync<RecordFileException>(() => file.ReadAsync(RecordTable.Records, RecordKey.Of("t", "2500", "s")));
            Assert.Equal(RecordFileFault.Damaged, error.Fault);
            Assert.NotNull(await file.ReadAsync(RecordTable.Records, RecordKey.Of("t", "2501", "s")));
        }

        using var reader = RecordFileReader.Open(_folder.Path);
        Assert.Contains("t/4:2500#s", Assert.Single(reader.CheckAll()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_its_file_is_refused()
    {
        File.WriteAllText(Log, "what is left");
        Refused(RecordFileFault.Damaged, "missing");
    }

    [Fact]
    public async Task A_log_as_a_kill_leaves_it_is_read()
    {
        await MakeWithLogAsync();
        Assert.True(new FileInfo(Log).Length > 20 * 4096);
        Assert.Equal(20, await CountAsync());
    }

    [Theory]
    [InlineData(0)] // magic
    [InlineData(20)] // salt
    [InlineData(32 + 10 * 4120 + 500)] // inside a page
    [InlineData(32 + 10 * 4120 + 1)] // page number
    [InlineData(32 + 10 * 4120 + 9)] // a frame's salt
    [InlineData(32 + 10 * 4120 + 17)] // a frame's checksum
    public async Task A_flipped_byte_in_a_log_with_transactions_behind_it_is_refused(int offset)
    {
        await MakeWithLogAsync();
        Change(Log, log => log[offset] ^= 0x10);
        Refused(RecordFileFault.Damaged, "checksum");
    }

    [Fact]
    public async Task A_log_cut_inside_its_last_transaction_is_read_up_to_there()
    {
        await MakeWithLogAsync();
        var log = await File.ReadAllBytesAsync(Log);
        await File.WriteAllBytesAsync(Log, log[..^100]);
        Assert.Equal(19, await CountAsync());
    }

    [Fact]
    public async Task A_second_opener_is_told_which_process_owns_the_folder()
    {
        await using var owner = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path });
        var error = Assert.Throws<RecordFileException>(() => SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path }));
        Assert.Equal(RecordFileFault.InUse, error.Fault);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_owner_frees_the_folder_and_a_living_one_in_another_process_does_not()
    {
        using var child = ChildProcess.Start("open", _folder.Path);
        Assert.Equal("open", await child.Output.ReadLineAsync());
        var error = Assert.Throws<RecordFileException>(() => SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path }));
        Assert.Contains($"process {child.Id}", error.Message, StringComparison.Ordinal);
        child.Kill();
        await using var next = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path });
    }

    [FactWithMounts]
    public async Task A_full_disk_says_so_loses_nothing_and_takes_writes_again_once_there_is_room()
    {
        using var child = ChildProcess.StartWithMounts(
            $"mount -t tmpfs -o size=4m tmpfs {_folder.Path} && head -c 1500000 /dev/zero > {_folder["ballast1"]} && head -c 500000 /dev/zero > {_folder["ballast2"]}", "fill", _folder.Path, _folder["ballast"]);
        var (code, output, error) = await child.EndAsync();
        Assert.True(code == 0, output + error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"Full: No room left to write '{Db}'", lines[0], StringComparison.Ordinal);
        Assert.Matches("^acknowledged [1-9]", lines[1]);
        Assert.Equal("checked", lines[2]); // a line between would name a lost record
    }

    [FactWithMounts]
    public async Task A_read_only_folder_is_refused_and_left_alone()
    {
        await MakeAsync();
        using var child = ChildProcess.StartWithMounts(
            $"mount --bind {_folder.Path} {_folder.Path} && mount -o remount,ro,bind {_folder.Path}", "open", _folder.Path);
        var (code, output, _) = await child.EndAsync();
        Assert.Equal(1, code);
        Assert.StartsWith($"ReadOnly: The data folder '{_folder.Path}' can't be", output, StringComparison.Ordinal);
        Assert.Equal(200, await CountAsync());
    }

    private async Task MakeAsync(int records = 200)
    {
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path });
        await Task.WhenAll(Enumerable.Range(0, records).Select(i => file.WriteAsync(RecordTable.Records, RecordKey.Of("t", $"{i}", "s"), Value(i), 0)));
    }

    /// <summary>The files of a process that was killed after twenty transactions, with all of them still in the log.</summary>
    private async Task MakeWithLogAsync()
    {
        using var folder = new TempFolder();
        var vfs = UnsyncedVfs.Get(Guid.NewGuid().ToString("N"));
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder.Path, Vfs = vfs.Name });
        for (var i = 0; i < 20; i++) await file.WriteAsync(RecordTable.Records, RecordKey.Of("t", $"{i}", "s"), Value(i), 0);
        vfs.CopyDurable(file.Path, Db);
    }

    private async Task<int> CountAsync()
    {
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path });
        var count = 0;
        await foreach (var _ in file.ScanAsync(RecordTable.Records, "")) count++;
        return count;
    }

    private void Refused(RecordFileFault fault, string because)
    {
        var before = Contents();
        var error = Assert.Throws<RecordFileException>(() => SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path }));
        Assert.Equal(fault, error.Fault);
        Assert.Contains(Db, error.Message, StringComparison.Ordinal);
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.Contains("left as it is", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    private string[] Contents() => [.. Directory.GetFiles(_folder.Path).Where(path => Path.GetExtension(path) is not (".lock" or ".pid"))
        .Order(StringComparer.Ordinal).Select(path => path + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))))];

    private static void Change(string path, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static byte[] Value(int i) => Encoding.ASCII.GetBytes($"record {i} " + new string('.', 600));
}
