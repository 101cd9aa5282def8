using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Grains.Commit;

namespace Trove.Grains.Auditing;

/// <summary>
/// Tells the audit logs what a grain noted, once it is durable: its month, who acted, and whom it was done to. Made on activation, which tells what an
/// earlier life did not. A grain that uses it: note in the pure class, commit, await <see cref="DeliveredAsync"/>, answer; its fence calls <see cref="Fence"/>,
/// its end <see cref="CloseAsync"/>.
/// </summary>
internal sealed class AuditTrail
{
    private readonly Acts _acts;
    private readonly CommitGate _gate;
    private readonly IGrainFactory _grains;
    private readonly OutboxPump<string, AuditEntry> _pump;
    private TaskCompletionSource? _delivered;

    /// <summary>Begins to tell what is left of an earlier life.</summary>
    /// <param name="grain">Whose acts they are.</param>
    /// <param name="grains">The way to the logs.</param>
    /// <param name="acts">What it noted.</param>
    /// <param name="gate">Commits it.</param>
    /// <param name="time">The clock of retries.</param>
    public AuditTrail(IGrainBase grain, IGrainFactory grains, Acts acts, CommitGate gate, TimeProvider time)
    {
        (_acts, _gate, _grains) = (acts, gate, grains);
        var seed = grain.GrainContext.GrainId.Key.ToString()!.GetHashCode(StringComparison.Ordinal);
        _pump = new OutboxPump<string, AuditEntry>(acts.Unsent, gate, SendAsync, Told, grain.Timer, time, seed);
        _pump.Wake();
    }

    /// <summary>
    /// Completes when everything noted so far stands in the logs. Await it after the commit and before the answer: then no act that was answered is
    /// missing, whatever crashes.
    /// </summary>
    public Task DeliveredAsync()
    {
        if (_gate.IsFenced || _acts.Unsent.Count == 0)
        {
            return _gate.CoveredAsync();
        }

        _delivered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pump.Wake();
        return _delivered.Task;
    }

    /// <summary>
    /// The activation ends in good order: what was told leaves the record, so that the next one does not tell it again. One that dies without this
    /// costs the logs a look for what they have.
    /// </summary>
    public Task CloseAsync() => _acts.IsAhead && !_gate.IsFenced && !_gate.Outstanding ? _gate.CommitAsync() : Task.CompletedTask;

    /// <summary>A write failed: this activation tells nothing more, and whoever waits for it learns that.</summary>
    public void Fence(Exception cause)
    {
        _delivered?.TrySetException(new CommitFailedException(cause));
        _delivered = null;
    }

    private Task SendAsync(OutboxEntry<string, AuditEntry> act) =>
        Task.WhenAll(AuditLogs.Of(act.Message).Select(log => _grains.GetGrain<IAuditLogGrain>(log).Append([AuditLogs.Seen(act.Message, log)])));

    private void Told(OutboxEntry<string, AuditEntry> act)
    {
        if (_acts.Unsent.Count == 0)
        {
            _delivered?.TrySetResult();
            _delivered = null;
        }
    }
}
