#if !ORLEANS
using Orleans.Runtime;
using Trove.Embedded;
using Trove.Silo.Records;
using Trove.Testing;

namespace Trove.Silo.Tests.Records;

public sealed class ReminderStoreTests
{
    private static readonly StoredReminder First = new(
        GrainId.Create("pool", "p1/label/0"), "poke", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromMinutes(1));

    private static readonly StoredReminder Second = First with { Grain = GrainId.Create("pool", "p1/label/1") };

    [Fact]
    public async Task A_reminder_is_there_after_a_restart_can_be_replaced_and_removed()
    {
        using var folder = new TempFolder();
        var options = new RecordFileOptions { Folder = folder.Path };
        await using (var file = SqliteRecordFile.Open(options))
        {
            var reminders = new SqliteReminderStore(file);
            await reminders.WriteAsync(First, default);
            await reminders.WriteAsync(Second, default);
        }

        await using var again = SqliteRecordFile.Open(options);
        var store = new SqliteReminderStore(again);
        Assert.Equal([First, Second], await store.ReadAllAsync(default));
        var later = First with { FirstDue = First.FirstDue.AddHours(1), Period = TimeSpan.FromHours(1) };
        await store.WriteAsync(later, default);
        Assert.Equal([later, Second], await store.ReadAllAsync(default));
        await store.RemoveAsync(First.Grain, First.Name, default);
        await store.RemoveAsync(First.Grain, First.Name, default);
        Assert.Equal([Second], await store.ReadAllAsync(default));
    }
}
#endif
