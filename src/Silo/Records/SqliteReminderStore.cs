#if !ORLEANS
using Orleans.Runtime;
using Trove.Embedded;

namespace Trove.Silo.Records;

/// <summary>The embedded engine's reminders in the record file: written by the same writer, in the same batches as records.</summary>
internal sealed class SqliteReminderStore(SqliteRecordFile file) : IReminderStore
{
    private const string Select = "SELECT grain, name, first_due, period FROM reminders ORDER BY grain, name";

    public async Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        await file.ReadAsync(reader => reader.All(Select, Read), cancellationToken);

    public Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken) => file.WriteAsync(new Put(reminder), cancellationToken);

    public Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken) =>
        file.WriteAsync(new Remove(grain.ToString(), name), cancellationToken);

    private static StoredReminder Read(SqliteQuery row) => new(
        GrainId.Parse(row.Text(0)), row.Text(1), new DateTimeOffset(row.Number(2), TimeSpan.Zero), TimeSpan.FromTicks(row.Number(3)));

    private sealed class Put(StoredReminder reminder) : WriteOperation
    {
        private readonly string _grain = reminder.Grain.ToString();

        public override int Bytes => _grain.Length + reminder.Name.Length + (2 * sizeof(long));

        protected override WriteResult Apply(WriterStatements statements)
        {
            statements.PutReminder.BindText(1, _grain).BindText(2, reminder.Name)
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
#endif
