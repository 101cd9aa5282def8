#if !ORLEANS
using Orleans.Runtime;
using Trove.Embedded;

namespace Trove.Silo.Records;

/// <summary>The embedded engine's reminders, in the record file.</summary>
internal sealed class EmbeddedReminders(SqliteReminderStore store) : IReminderStore
{
    public async Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        (await store.ReadAllAsync()).ConvertAll(row => new StoredReminder(GrainId.Parse(row.Grain), row.Name, row.Start, row.Period));

    public Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken) =>
        store.PutAsync(reminder.Grain.ToString(), reminder.Name, reminder.FirstDue, reminder.Period);

    public Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken) => store.RemoveAsync(grain.ToString(), name);
}
#endif
