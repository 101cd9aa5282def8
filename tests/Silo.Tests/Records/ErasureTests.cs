using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SQLitePCL;
using Trove.Silo.Records;
using Trove.Testing;

namespace Trove.Silo.Tests.Records;

/// <summary>Erased means gone: after an erasure, a search through every byte of every file in the folder.</summary>
public sealed partial class ErasureTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ON", 40, true)]
    [InlineData("ON", 600, true)]
    [InlineData("ON", 3_000, true)]
    [InlineData("ON", 100_000, true)]
    [InlineData("OFF", 40, false)] // a store that does not zero what it frees must fail this check, or the check is worth nothing
    [InlineData("OFF", 100_000, false)]
    public async Task A_removed_record_leaves_no_byte(string secureDelete, int length, bool gone)
    {
        await using var file = Open(secureDelete);
        var person = new Person(1, length);
        var written = await file.WriteAsync(RecordTable.Personal, person.Key, person.Value(), 0);
        await file.DeleteAsync(RecordTable.Personal, person.Key, written.Version);
        Assert.Contains(1, Found());

        await file.EraseAsync();
        Assert.Equal(gone, !Found().Contains(1));
    }

    [Fact]
    public async Task A_record_written_many_times_over_leaves_nothing_but_its_last_value()
    {
        await using var file = Open();
        var version = 0L;
        for (var number = 0; number < 300; number++)
            version = (await file.WriteAsync(RecordTable.Personal, "account/one#state", new Person(number, number * 37 % 9_000).Value(), version)).Version;
        await file.EraseAsync();
        Assert.Equal([299], Found());
    }

    /// <summary>Rows grow, shrink and go, so that SQLite moves their neighbours from page to page and leaves copies behind, as it does in the other tables.</summary>
    [Theory]
    [InlineData(RecordTable.Personal, 1, true)]
    [InlineData(RecordTable.Personal, 2, true)]
    [InlineData(RecordTable.Records, 1, false)]
    [InlineData(RecordTable.Records, 2, false)]
    public async Task No_history_of_a_table_leaves_a_copy_of_a_dead_value_if_it_is_the_one_for_persons(RecordTable table, int seed, bool gone)
    {
        await using var file = Open();
        var random = new Random(seed);
        int[] lengths = [20, 60, 200, 500, 900, 1_500];
        var live = new Dictionary<string, (long Version, int Number)>(StringComparer.Ordinal);
        for (var number = 0; number < 12_000; number += 60)
        {
            var writes = Enumerable.Range(number, 60)
                .Select(i => (Key: $"k/{random.Next(1_500)}#s", Person: new Person(i, lengths[random.Next(lengths.Length)]), Remove: random.NextDouble() < 0.3))
                .DistinctBy(write => write.Key)
                .ToArray();
            await Task.WhenAll(writes.Select(write => live.TryGetValue(write.Key, out var old) && write.Remove
                ? file.DeleteAsync(table, write.Key, old.Version)
                : file.WriteAsync(table, write.Key, write.Person.Value(), old.Version)).ToArray()).ContinueWith(
                results =>
                {
                    foreach (var (write, result) in writes.Zip(results.Result))
                    {
                        if (result.Version == 0) live.Remove(write.Key);
                        else live[write.Key] = (result.Version, write.Person.Number);
                    }
                },
                TaskScheduler.Default);
        }

        await file.EraseAsync();
        Assert.Equal(gone, !Found().Except(live.Values.Select(row => row.Number)).Any());
    }

    [Fact]
    public async Task An_erasure_amid_constant_writing_covers_what_was_removed_before_it()
    {
        await using var file = Open();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (long round = 0, version = 0; !stop.IsCancellationRequested; round++)
                version = (await file.WriteAsync(RecordTable.Records, $"w/{writer}#s", BitConverter.GetBytes(round), version)).Version;
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            var person = new Person(number, 10_000);
            var written = await file.WriteAsync(RecordTable.Personal, person.Key, person.Value(), 0);
            await file.DeleteAsync(RecordTable.Personal, person.Key, written.Version);
            await file.EraseAsync();
            Assert.DoesNotContain(number, Found());
        }));
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task An_erasure_waits_for_those_who_read_an_older_state()
    {
        await using var file = Open();
        var person = await WrittenAndRemovedAsync(file);
        Task erased;
        using (Reading(file))
        {
            erased = file.EraseAsync();
            await file.WriteAsync(RecordTable.Records, "other", "1"u8.ToArray(), 0);
            Assert.False(erased.IsCompleted);
        }

        await erased;
        Assert.DoesNotContain(person.Number, Found());
    }

    [Fact]
    public async Task An_erasure_that_others_hold_up_for_too_long_fails_and_works_when_they_are_done()
    {
        await using var file = Open(timeout: TimeSpan.Zero);
        var person = await WrittenAndRemovedAsync(file);
        using (Reading(file))
        {
            var held = await Assert.ThrowsAsync<RecordFileException>(file.EraseAsync);
            Assert.Contains("reads an older state", held.Message, StringComparison.Ordinal);
            Assert.Contains(person.Number, Found());
        }

        await file.EraseAsync();
        Assert.DoesNotContain(person.Number, Found());
    }

    [Fact]
    public async Task A_shutdown_completes_an_erasure_and_refuses_later_ones()
    {
        var file = Open();
        var person = await WrittenAndRemovedAsync(file);
        var erased = file.EraseAsync();
        await file.DisposeAsync();
        await erased;
        Assert.DoesNotContain(person.Number, Found());
        Assert.Equal(RecordFileFault.Closed, (await Assert.ThrowsAsync<RecordFileException>(file.EraseAsync)).Fault);
    }

    [Fact]
    public async Task After_a_kill_in_the_middle_an_erasure_still_leaves_nothing()
    {
        var removed = new List<int>();
        using (var child = ChildProcess.Start("erase-until-killed", _folder.Path))
        {
            while (removed.Count < 200 && await child.Output.ReadLineAsync() is { } line) removed.Add(int.Parse(line, CultureInfo.InvariantCulture));
            child.Kill();
        }

        Assert.Equal(200, removed.Count);
        await using var file = Open();
        await file.EraseAsync();
        var found = Found();
        Assert.Empty(found.Intersect(removed));
        Assert.NotEmpty(found); // those who were not removed
    }

    [Fact]
    public async Task A_file_of_the_first_format_is_read_as_it_is_and_gets_the_table_for_persons_when_it_is_opened()
    {
        await using (var file = Open()) await file.WriteAsync(RecordTable.Records, "a", "one"u8.ToArray(), 0);
        using (var db = SqliteDb.Open(new RecordFileOptions { Folder = _folder.Path }.Path, raw.SQLITE_OPEN_READWRITE, vfs: null))
        {
            db.Execute("DROP TABLE personal; UPDATE meta SET value = 1 WHERE name = 'format'; PRAGMA user_version = 1");
            db.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }

        using (var reader = RecordFileReader.Open(_folder.Path))
        {
            Assert.Single(reader.Scan(RecordTable.Records));
            Assert.Empty(reader.Scan(RecordTable.Personal));
            Assert.Empty(reader.CheckAll());
        }

        for (var start = 0; start < 2; start++)
        {
            await using var file = Open();
            Assert.NotNull(await file.ReadAsync(RecordTable.Records, "a"));
            Assert.True((await file.WriteAsync(RecordTable.Personal, $"p{start}", "two"u8.ToArray(), 0)).Done);
        }
    }

    private SqliteRecordFile Open(string secureDelete = "ON", TimeSpan? timeout = null) =>
        SqliteRecordFile.Open(new RecordFileOptions { Folder = _folder.Path, SecureDelete = secureDelete, ErasureTimeout = timeout ?? TimeSpan.FromMinutes(1) });

    private static async Task<Person> WrittenAndRemovedAsync(SqliteRecordFile file)
    {
        var person = new Person(7, 500);
        var written = await file.WriteAsync(RecordTable.Personal, person.Key, person.Value(), 0);
        await file.DeleteAsync(RecordTable.Personal, person.Key, written.Version);
        return person;
    }

    /// <summary>Somebody in the middle of reading the file as it is now.</summary>
    private static SqliteDb Reading(SqliteRecordFile file)
    {
        var db = SqliteDb.Open(file.Path, raw.SQLITE_OPEN_READONLY, vfs: null);
        db.Execute("BEGIN");
        db.ReadNumber("SELECT count(*) FROM records");
        return db;
    }

    /// <summary>Numbers of the persons of whom anything lies in any file of the folder.</summary>
    private HashSet<int> Found() => [.. Directory.EnumerateFiles(_folder.Path)
        .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)) // empty, and its owner lets nobody in
        .SelectMany(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(file, Encoding.Latin1);
            return Marks().Matches(text.ReadToEnd()).Select(mark => int.Parse(mark.Groups["number"].Value, CultureInfo.InvariantCulture));
        })];

    [GeneratedRegex(@"<person (?<number>\d{6})>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Marks();

    /// <summary>A record full of marks that name it, so that any piece of it is found.</summary>
    internal sealed record Person(int Number, int Length = 400)
    {
        public string Key => $"account/{Number:D6}#state";

        public byte[] Value()
        {
            var mark = $"<person {Number:D6}>";
            return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(mark, Math.Max(1, Length / mark.Length))));
        }
    }
}
