using System.Collections.Concurrent;

namespace Trove.Engine.Tests.Setup;

/// <summary>What grains and their test tell each other, in the one process that both engines' tests run in: notes, and gates that hold a grain.</summary>
public sealed class Probe
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _notes = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<(string Key, string Note, int Times, TaskCompletionSource Seen)> _waiters = [];

    /// <summary>Notes that something happened in the grain with this key.</summary>
    public void Note(string key, string note)
    {
        lock (_lock)
        {
            _notes.GetOrAdd(key, static _ => new()).Enqueue(note);
            foreach (var waiter in _waiters.Where(each => each.Key == key && Count(key, each.Note) >= each.Times)) waiter.Seen.TrySetResult();
        }
    }

    /// <summary>Everything noted under this key, in order.</summary>
    public IReadOnlyList<string> NotesOf(string key) => [.. _notes.GetValueOrDefault(key) ?? []];

    public int Count(string key, string note) => NotesOf(key).Count(each => each == note);

    /// <summary>Completes when the note has been made that many times; fails when that takes so long that it is a bug.</summary>
    public Task Seen(string key, string note, int times = 1)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Count(key, note) >= times) seen.SetResult();
            else _waiters.Add((key, note, times, seen));
            return seen.Task.Within();
        }
    }

    /// <summary>Completes when the test opens the gate.</summary>
    public Task Gate(string name) => GateOf(name).Task;

    public void Open(string name) => GateOf(name).TrySetResult();

    private TaskCompletionSource GateOf(string name) => _gates.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

public static class Patience
{
    /// <summary>Far longer than anything takes: only a bug reaches it, and then the test fails instead of hanging.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);
}
