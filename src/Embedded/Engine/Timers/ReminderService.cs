using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.CodeGeneration;
using Orleans.Timers;

namespace Trove.Embedded.Timers;

/// <summary>Wakes grains by their reminders. All of them are in memory, the store is read at start only: there is one process.</summary>
internal sealed partial class ReminderService(EmbeddedEngine engine, IReminderStore store, TimeSpan minimumPeriod) : IReminderRegistry
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), Alarm> _alarms = new();
    private volatile bool _isStopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var reminder in await store.ReadAllAsync(cancellationToken)) Set(reminder);
    }

    public void Stop()
    {
        _isStopped = true;
        foreach (var alarm in _alarms.Values) alarm.Dispose();
        _alarms.Clear();
    }

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        if (period < minimumPeriod) throw new ArgumentException($"The period of a reminder is at least {minimumPeriod}, not {period}.", nameof(period));

        var reminder = new StoredReminder(callingGrainId, reminderName, engine.TimeProvider.GetUtcNow() + dueTime, period);
        await store.WriteAsync(reminder, CancellationToken.None);
        Set(reminder);
        return reminder;
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        await store.RemoveAsync(callingGrainId, reminder.ReminderName, CancellationToken.None);
        if (_alarms.TryRemove((callingGrainId, reminder.ReminderName), out var alarm)) alarm.Dispose();
    }

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        Task.FromResult<IGrainReminder?>(_alarms.GetValueOrDefault((callingGrainId, reminderName))?.Reminder);

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        Task.FromResult(_alarms.Values.Where(each => each.Reminder.Grain == callingGrainId).Select(IGrainReminder (each) => each.Reminder).ToList());

    private void Set(StoredReminder reminder)
    {
        if (_isStopped) return;

        var alarm = new Alarm(engine, reminder);
        _alarms.AddOrUpdate((reminder.Grain, reminder.Name), alarm, (_, before) =>
        {
            before.Dispose();
            return alarm;
        });
        alarm.Arm();
    }

    /// <summary>One reminder and its timer. The next tick is armed when the grain has answered the last, so ticks never overlap.</summary>
    private sealed partial class Alarm : IDisposable
    {
        // The longest that every TimeProvider's timers take; a later tick is waited for in steps.
        private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

        private readonly EmbeddedEngine _engine;
        private readonly ITimer _timer;
        private DateTimeOffset _due;

        public Alarm(EmbeddedEngine engine, StoredReminder reminder)
        {
            _engine = engine;
            Reminder = reminder;
            _due = NextDue(reminder.FirstDue - reminder.Period);
            _timer = engine.TimeProvider.CreateDetachedTimer(static self => ((Alarm)self!).Fire(), this);
        }

        public StoredReminder Reminder { get; }

        public void Arm()
        {
            var wait = _due - _engine.TimeProvider.GetUtcNow();
            _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
        }

        public void Dispose() => _timer.Dispose();

        private void Fire()
        {
            if (_engine.TimeProvider.GetUtcNow() < _due) Arm();
            else _ = TickAsync();
        }

        private async Task TickAsync()
        {
            try
            {
                var status = new TickStatus(Reminder.FirstDue.UtcDateTime, Reminder.Period, _engine.TimeProvider.GetUtcNow().UtcDateTime);
                await new ReminderReference(_engine.References.SharedOf(Reminder.Grain.Type), Reminder.Grain.Key).ReceiveReminder(Reminder.Name, status);
            }
            catch (Exception error)
            {
                LogTickFailed(_engine.Logger, Reminder.Name, Reminder.Grain, error);
            }

            _due = NextDue(_due);
            Arm();
        }

        // Ticks missed while nothing ran are not made up for, except that one overdue tick comes at once.
        private DateTimeOffset NextDue(DateTimeOffset last)
        {
            var now = _engine.TimeProvider.GetUtcNow();
            var next = last + Reminder.Period;
            return next >= now ? next : next + (Reminder.Period * (long)((now - next) / Reminder.Period));
        }

        [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {Name} of {Grain} failed; it ticks again after its period")]
        private static partial void LogTickFailed(ILogger logger, string name, GrainId grain, Exception error);
    }
}
