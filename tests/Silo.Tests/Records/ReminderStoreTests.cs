using Trove.Silo.Records;
using Trove.Testing;

namespace Trove.Silo.Tests.Records;

public sealed class ReminderStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task A_reminder_is_there_after_a_restart_can_be_replaced_and_removed()
    {
        using var folder = new TempFolder();
        var options = new RecordFileOptions { Folder = folder.Path };
        await using (var file = SqliteRecordFile.Open(options))
        {
            var reminders = new SqliteReminderStore(file);
            await reminders.PutAsync("pool/p1/label/0", "poke", Start, TimeSpan.FromMinutes(1));
            await reminders.PutAsync("pool/p1/label/1", "poke", Start, TimeSpan.FromMinutes(2));
        }

        await using var again = SqliteRecordFile.Open(options);
        var store = new SqliteReminderStore(again);
        var first = (await store.ReadAllAsync())[0];
        Assert.Equal(("pool/p1/label/0", "poke", Start, TimeSpan.FromMinutes(1)), (first.Grain, first.Name, first.Start, first.Period));
        var replaced = await store.PutAsync(first.Grain, first.Name, Start.AddHours(1), TimeSpan.FromHours(1));
        Assert.False(await store.RemoveAsync(first.Grain, first.Name, first.Version));
        Assert.True(await store.RemoveAsync(first.Grain, first.Name, replaced));
        Assert.False(await store.RemoveAsync(first.Grain, first.Name));
        Assert.Equal("pool/p1/label/1", Assert.Single(await store.ReadAllAsync()).Grain);
    }
}
