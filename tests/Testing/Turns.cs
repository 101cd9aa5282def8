using System.Diagnostics.CodeAnalysis;

namespace Trove.Testing;

/// <summary>
/// Runs the turns of one activation on the test's own thread, one after the other: what an engine's scheduler does, without
/// an engine and without a second thread.
/// </summary>
public sealed class Turns : TaskScheduler
{
    private readonly Queue<Task> _queue = [];

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts a request and runs turns until none is left.</summary>
    public Task Run(Func<Task> request)
    {
        var task = Start(request);
        Drain();
        return task;
    }

    /// <summary>Queues a request, to run with the next <see cref="Drain"/>.</summary>
    public Task Start(Func<Task> request) =>
        Task.Factory.StartNew(async () => await request(), CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Runs turns until none is left.</summary>
    public void Drain()
    {
        // A synchronization context would be preferred to the scheduler by every await, and take the turns elsewhere.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (TryTake(out var turn))
            {
                TryExecuteTask(turn);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue(task);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
        {
            return _queue.ToArray();
        }
    }

    private bool TryTake([NotNullWhen(true)] out Task? turn)
    {
        lock (_queue)
        {
            return _queue.TryDequeue(out turn);
        }
    }
}
