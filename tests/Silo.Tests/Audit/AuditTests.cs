using System.Reflection;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Silo.Audit;
using Trove.Silo.Records;
using Trove.Testing;
using Xunit.Abstractions;

namespace Trove.Silo.Tests.Audit;

public sealed class AuditTests(SoundFile sound, ITestOutputHelper output) : IClassFixture<SoundFile>
{
    public static TheoryData<string> Codes => [.. Faults.ByCode.Keys];

    public static TheoryData<string> FaultsOfReopened => [.. Faults.OfReopened.Keys];

    [Fact]
    public async Task A_sound_file_is_clean_and_counted()
    {
        using var folder = sound.Copy();

        var report = await RecordAudit.RunAsync(folder.Path);

        output.WriteLine(report.Totals.ToString());
        Assert.Empty(report.Findings);
        Assert.True(report.Clean);
        var totals = report.Totals;
        Assert.Equal((SoundFile.Tasks, 8, 0, 0), (totals.Tasks, totals.Contributors, totals.Overshoot, totals.DoubleSettled));
        Assert.Equal(RecordAudit.ReadAnswers(folder.Path).Count(), totals.Answers);
        Assert.InRange(totals.Closed, 300, SoundFile.Tasks - 1);
        Assert.InRange(totals.Settled, 300, totals.Answers);
        Assert.NotEqual(0, totals.Unsettled);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Each_planted_fault_is_named_and_nothing_else(string code)
    {
        using var folder = sound.Copy();
        await using (var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder.Path }))
        {
            await Faults.ByCode[code](new RecordEditor(file));
        }

        var report = await RecordAudit.RunAsync(folder.Path);

        foreach (var finding in report.Findings)
        {
            output.WriteLine(finding.ToString());
        }

        Assert.False(report.Clean);
        Assert.Equal(code, Assert.Single(report.Findings).Code);
        Assert.Equal(code is AuditCodes.ExtraAnswer or AuditCodes.LateAnswer ? 1 : 0, report.Totals.Overshoot);
        Assert.Equal(code is AuditCodes.SettledTwice ? 1 : 0, report.Totals.DoubleSettled);
    }

    [Theory]
    [MemberData(nameof(FaultsOfReopened))]
    public async Task Each_fault_of_a_task_that_opened_again_is_named_and_nothing_else(string fault)
    {
        using var folder = sound.Copy();
        var (code, plant) = Faults.OfReopened[fault];
        await using (var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder.Path }))
        {
            await plant(new RecordEditor(file));
        }

        var report = await RecordAudit.RunAsync(folder.Path);

        foreach (var finding in report.Findings)
        {
            output.WriteLine(finding.ToString());
        }

        Assert.Equal(code, Assert.Single(report.Findings).Code);
    }

    [Fact]
    public void Every_code_has_a_fault_that_is_planted()
    {
        var codes = typeof(AuditCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);

        Assert.Equal(codes.Except([AuditCodes.FileDamaged]).Order(StringComparer.Ordinal), Faults.ByCode.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_whose_structure_is_broken_is_named_and_not_trusted_further()
    {
        using var folder = sound.Copy();
        var bytes = await File.ReadAllBytesAsync(folder["records.db"]);
        new Random(1).NextBytes(bytes.AsSpan(20 * 4096, 4096));
        await File.WriteAllBytesAsync(folder["records.db"], bytes);

        var report = await RecordAudit.RunAsync(folder.Path);

        Assert.NotEmpty(report.Findings);
        Assert.All(report.Findings, finding => Assert.Equal(AuditCodes.FileDamaged, finding.Code));
    }

    [Fact]
    public async Task Damage_in_the_log_that_SQLite_passes_over_in_silence_is_named()
    {
        using var running = sound.Copy();
        using var killed = new TempFolder();
        await using (var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = running.Path }))
        {
            for (var i = 0; i < 10; i++)
            {
                await file.WriteAsync(RecordTable.Bulk, $"x/{i}#x", new byte[5000], expectedVersion: 0);
            }

            File.Copy(running["records.db"], killed["records.db"]);
            File.Copy(running["records.db-wal"], killed["records.db-wal"]);
        }

        var log = await File.ReadAllBytesAsync(killed["records.db-wal"]);
        log[100] ^= 1;
        await File.WriteAllBytesAsync(killed["records.db-wal"], log);

        var finding = Assert.Single((await RecordAudit.RunAsync(killed.Path)).Findings);

        Assert.Equal((AuditCodes.FileDamaged, killed["records.db-wal"]), (finding.Code, finding.Subject));
    }

    [Fact]
    public async Task A_folder_without_a_record_file_is_no_clean_one()
    {
        using var folder = new TempFolder();

        await Assert.ThrowsAsync<RecordFileException>(() => RecordAudit.RunAsync(folder.Path));
    }

    [Theory]
    [InlineData(LabelKind.YesNo, RedundancyKind.Dynamic)]
    [InlineData(LabelKind.SingleChoice, RedundancyKind.Fixed)]
    [InlineData(LabelKind.MultiChoice, RedundancyKind.Dynamic)]
    [InlineData(LabelKind.Tags, RedundancyKind.All)]
    public async Task Whatever_happens_with_crashes_at_every_step_a_sound_history_is_clean(LabelKind label, RedundancyKind redundancy)
    {
        for (var round = 0; round < 12; round++)
        {
            var seed = Random.Shared.Next();
            output.WriteLine($"seed {seed}");
            var random = new Random(seed);
            var schema = new LabelSchema(label, label is LabelKind.SingleChoice or LabelKind.MultiChoice ? ["a", "b", "c"] : []);
            var brief = SoundFile.Brief with { Schema = schema, Redundancy = new Redundancy(redundancy, 2, 3, 0.9) };
            var history = await History.PlayAsync(random, brief, contributors: 5, pages: [random.Next(1, 200), 30], steps: 1500, crashes: round * 0.005);
            await AssertCleanAsync(history);

            if (round % 2 == 0)
            {
                await history.CloseProjectAsync();
                await AssertCleanAsync(history);
            }

            await history.SettleAllAsync();
            Assert.Equal(0, (await AssertCleanAsync(history)).Unsettled);
        }
    }

    [Fact]
    public async Task A_running_instance_is_seen_as_of_one_moment()
    {
        using var folder = sound.Copy();
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder.Path });
        var before = RecordAudit.ReadAnswers(folder.Path).Count();
        using var answers = RecordAudit.ReadAnswers(folder.Path).GetEnumerator();
        Assert.True(answers.MoveNext());

        var editor = new RecordEditor(file);
        foreach (var (id, _, _) in await editor.TasksAsync())
        {
            await editor.RemoveAsync(RecordTable.Records, RecordKey.Of("task", id.Key, "task"));
        }

        var seen = 1;
        while (answers.MoveNext())
        {
            seen++;
        }

        Assert.Equal(before, seen);
        Assert.Empty(RecordAudit.ReadAnswers(folder.Path));
    }

    [Fact]
    public async Task Of_many_faults_of_a_kind_the_first_are_named_and_the_others_counted()
    {
        using var folder = sound.Copy();
        await using (var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder.Path }))
        {
            var editor = new RecordEditor(file);
            foreach (var (id, record, _) in (await editor.TasksAsync()).Where(task => task.Record.Answers.Length > 0).Take(AuditFinding.PerCode + 7))
            {
                var wrong = record.Answers[0] with { Content = new AnswerContent([2], []) };
                await editor.ChangeTaskAsync(id, task => task with { Answers = task.Answers.SetItem(0, wrong) });
            }
        }

        var report = await RecordAudit.RunAsync(folder.Path);

        var invalid = report.Findings.Where(finding => finding.Code == AuditCodes.InvalidAnswer).ToList();
        Assert.Equal(AuditFinding.PerCode + 1, invalid.Count);
        Assert.Contains("7 more", invalid[^1].Detail, StringComparison.Ordinal);
    }

    private static async Task<AuditTotals> AssertCleanAsync(History history)
    {
        using var folder = new TempFolder();
        await history.StoreAsync(folder.Path);
        var report = await RecordAudit.RunAsync(folder.Path);
        Assert.Empty(report.Findings);
        return report.Totals;
    }
}
