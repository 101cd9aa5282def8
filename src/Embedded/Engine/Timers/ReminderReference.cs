using Orleans.CodeGeneration;

namespace Trove.Embedded.Timers;

/// <summary>Calls a grain's ReceiveReminder: what the generator would write for <see cref="IRemindable"/>, were it a grain interface.</summary>
internal sealed class ReminderReference(GrainReferenceShared shared, IdSpan key) : GrainReference(shared, key), IRemindable
{
    public Task ReceiveReminder(string reminderName, TickStatus status) => Send(new Tick(reminderName, status));

    private sealed class Tick(string name, TickStatus status) : VoidRequest
    {
        private static readonly GrainMethod Description = new(typeof(IRemindable), nameof(IRemindable.ReceiveReminder));

        public override GrainMethod Method => Description;

        protected override ValueTask Invoke(object target) => new(((IRemindable)target).ReceiveReminder(name, status));
    }
}
