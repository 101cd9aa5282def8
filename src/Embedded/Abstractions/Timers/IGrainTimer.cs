using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>A timer of one activation; it ends with the activation or when disposed.</summary>
    public interface IGrainTimer : IDisposable
    {
        /// <summary>Sets the time to the next call and the period after it; <see cref="Timeout.InfiniteTimeSpan"/> means never.</summary>
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>How a grain timer behaves.</summary>
    public readonly struct GrainTimerCreationOptions()
    {
        /// <summary>A timer that neither interleaves nor keeps its grain alive.</summary>
        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>Time to the first call; <see cref="Timeout.InfiniteTimeSpan"/> means not until changed.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>Time from the end of a call to the next; <see cref="Timeout.InfiniteTimeSpan"/> means once.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Whether the callback may run between the turns of a request that awaits. Calls of the same timer never overlap.</summary>
        public bool Interleave { get; init; }

        /// <summary>Whether a call counts as use, so that the activation is not collected as idle.</summary>
        public bool KeepAlive { get; init; }
    }
}

namespace Orleans.Timers
{
    /// <summary>Starts grain timers.</summary>
    public interface ITimerRegistry
    {
        /// <summary>Starts a timer of the given activation.</summary>
        IGrainTimer RegisterGrainTimer<TState>(
            IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options);
    }

    /// <summary>Keeps reminders.</summary>
    public interface IReminderRegistry
    {
        /// <summary>Writes a reminder, replacing one of the same name.</summary>
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        /// <summary>Removes a reminder.</summary>
        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        /// <summary>One reminder, or null.</summary>
        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        /// <summary>All reminders of a grain.</summary>
        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}
