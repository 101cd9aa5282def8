using System.Collections.Concurrent;

namespace Trove.Embedded;

/// <summary>A reminder as it is stored.</summary>
/// <param name="Grain">Whom it wakes.</param>
/// <param name="Name">Its name within the grain.</param>
/// <param name="FirstDue">When it ticks first; later ticks follow at multiples of the period.</param>
/// <param name="Period">Time between ticks.</param>
public sealed record StoredReminder(GrainId Grain, string Name, DateTimeOffset FirstDue, TimeSpan Period) : IGrainReminder
{
    string IGrainReminder.ReminderName => Name;
}

/// <summary>Keeps reminders. A write or removal that returned is on disk, where there is a disk.</summary>
public interface IReminderStore
{
    /// <summary>All reminders, once at start.</summary>
    Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Writes one, replacing the one of the same grain and name.</summary>
    Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken);

    /// <summary>Removes one; none of that name is no error.</summary>
    Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken);
}

/// <summary>Keeps reminders as long as the object lives.</summary>
public sealed class MemoryReminderStore : IReminderStore
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), StoredReminder> _reminders = new();

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredReminder>>([.. _reminders.Values]);

    /// <inheritdoc/>
    public Task WriteAsync(StoredReminder reminder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        _reminders[(reminder.Grain, reminder.Name)] = reminder;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(GrainId grain, string name, CancellationToken cancellationToken)
    {
        _reminders.TryRemove((grain, name), out _);
        return Task.CompletedTask;
    }
}
