namespace Trove.Silo.Records;

/// <summary>A durable reminder: who is called, under which name, first when and then how often.</summary>
/// <param name="Grain">Identity of the grain, as text.</param>
/// <param name="Name">Unique within the grain.</param>
/// <param name="FirstDue">First tick.</param>
/// <param name="Period">Between ticks.</param>
public sealed record ReminderRow(string Grain, string Name, DateTimeOffset FirstDue, TimeSpan Period);

/// <summary>Reminders in the record file: written by the same writer, in the same batches as records.</summary>
public sealed class SqliteReminderStore(SqliteRecordFile file)
{
    /// <summary>All reminders, by grain and name.</summary>
    public Task<List<ReminderRow>> ReadAllAsync(CancellationToken cancellation = default) => file.ReadAsync(
        reader => reader.All("SELECT grain, name, first_due, period FROM reminders ORDER BY grain, name", row => new ReminderRow(
            row.Text(0), row.Text(1), new DateTimeOffset(row.Number(2), TimeSpan.Zero), TimeSpan.FromTicks(row.Number(3)))), cancellation);

    /// <summary>Adds it, or replaces the one of the same grain and name; ends once it is on disk.</summary>
    public Task WriteAsync(ReminderRow reminder, CancellationToken cancellation = default) => file.WriteAsync(new Put(reminder), cancellation);

    /// <summary>Removes it; none of that name is no error.</summary>
    public Task RemoveAsync(string grain, string name, CancellationToken cancellation = default) =>
        file.WriteAsync(new Remove(grain, name), cancellation);

    private sealed class Put(ReminderRow reminder) : WriteOperation
    {
        public override int Bytes => reminder.Grain.Length + reminder.Name.Length + (2 * sizeof(long));

        protected override WriteResult Apply(WriterStatements statements)
        {
            statements.PutReminder.BindText(1, reminder.Grain).BindText(2, reminder.Name)
                .Bind(3, reminder.FirstDue.UtcTicks).Bind(4, reminder.Period.Ticks).Run();
            return new WriteResult(Done: true, 0);
        }
    }

    private sealed class Remove(string grain, string name) : WriteOperation
    {
        public override int Bytes => grain.Length + name.Length;

        protected override WriteResult Apply(WriterStatements statements)
        {
            statements.DeleteReminder.BindText(1, grain).BindText(2, name).Run();
            return new WriteResult(Done: true, 0);
        }
    }
}
