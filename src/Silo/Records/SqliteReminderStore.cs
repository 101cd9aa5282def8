namespace Trove.Silo.Records;

/// <summary>A durable reminder: who is called, under which name, first when and then how often.</summary>
/// <param name="Grain">Identity of the grain, as text.</param>
/// <param name="Name">Unique within the grain.</param>
/// <param name="Start">First tick, UTC.</param>
/// <param name="Period">Between ticks.</param>
/// <param name="Version">Of this row; new with every change.</param>
public sealed record ReminderRow(string Grain, string Name, DateTimeOffset Start, TimeSpan Period, long Version);

/// <summary>Reminders in the record file: written by the same writer, in the same batches as records.</summary>
internal sealed class SqliteReminderStore(SqliteRecordFile file)
{
    private const string Select = "SELECT grain, name, start, period, version FROM reminders";

    public Task<List<ReminderRow>> ReadAllAsync() => file.ReadAsync(reader => reader.All(Select + " ORDER BY grain, name", Row));

    /// <summary>Adds or replaces; the row's new version once it is on disk.</summary>
    public async Task<long> PutAsync(string grain, string name, DateTimeOffset start, TimeSpan period) =>
        (await file.WriteAsync(new Put(grain, name, start.UtcTicks, period.Ticks))).Version;

    /// <summary>Removes it if it has this version, or whatever its version is when 0. False: there is none like that.</summary>
    public async Task<bool> RemoveAsync(string grain, string name, long version = 0) =>
        (await file.WriteAsync(new Remove(grain, name, version))).Done;

    private static ReminderRow Row(SqliteQuery row) => new(
        row.Text(0), row.Text(1), new DateTimeOffset(row.Number(2), TimeSpan.Zero), TimeSpan.FromTicks(row.Number(3)), row.Number(4));

    private sealed class Put(string grain, string name, long start, long period) : WriteOperation
    {
        public override int Bytes => grain.Length + name.Length + 24;

        protected override WriteResult Apply(WriterStatements statements)
        {
            var version = statements.NextVersion();
            statements.PutReminder.BindText(1, grain).BindText(2, name).Bind(3, start).Bind(4, period).Bind(5, version).Run();
            return new WriteResult(Done: true, version);
        }
    }

    private sealed class Remove(string grain, string name, long version) : WriteOperation
    {
        public override int Bytes => grain.Length + name.Length;

        protected override WriteResult Apply(WriterStatements statements) =>
            new(statements.DeleteReminder.BindText(1, grain).BindText(2, name).Bind(3, version).Run() == 1, 0);
    }
}
