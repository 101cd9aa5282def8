using System.Collections.Concurrent;

namespace Trove.Embedded.Activations;

/// <summary>Which activation a grain has, if any.</summary>
internal sealed class ActivationDirectory(EmbeddedEngine engine)
{
    private static readonly TimeSpan QuietCheck = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();

    // Starting or ending: few at a time, and the only ones that can be stuck there.
    private readonly ConcurrentDictionary<Activation, long> _inTransition = new();

    public int Count => _activations.Count;

    /// <summary>
    /// The activation of a grain; <paramref name="made"/> when it is new, to be begun after the first request was posted:
    /// else it could fail to start before anybody waits to hear why.
    /// </summary>
    public Activation GetOrMake(GrainId id, out Activation? made)
    {
        made = null;
        if (_activations.TryGetValue(id, out var known)) return known;

        var added = new Activation(engine, engine.Classes.OfType(id.Type), id);
        var kept = _activations.GetOrAdd(id, added);
        if (ReferenceEquals(kept, added)) made = added;
        return kept;
    }

    /// <summary>Forgets an activation, if it is still the one its grain has.</summary>
    public bool Remove(Activation activation) => _activations.TryRemove(new(activation.GrainId, activation));

    public void BeginTransition(Activation activation) =>
        _inTransition[activation] = Environment.TickCount64 + (long)engine.Options.ActivationTimeout.TotalMilliseconds;

    public void EndTransition(Activation activation) => _inTransition.TryRemove(activation, out _);

    public void GiveUpStuck(long now)
    {
        foreach (var (activation, deadline) in _inTransition)
        {
            if (deadline < now) activation.GiveUp();
        }
    }

    /// <summary>Deactivates what was idle for its class's limit, or for <paramref name="age"/> when given.</summary>
    public Task CollectAsync(long now, TimeSpan? age)
    {
        var ended = new List<Task>();
        foreach (var (_, activation) in _activations)
        {
            var limit = age ?? activation.AgeLimit;
            if (!activation.IsIdleFor(limit, now)) continue;

            activation.Deactivate(new(DeactivationReasonCode.ActivationIdle, $"Idle for {limit}."));
            if (age is not null) ended.Add(activation.Deactivated);
        }

        return Task.WhenAll(ended);
    }

    public async Task<bool> WaitUntilQuietAsync(CancellationToken deadline)
    {
        while (_activations.Values.Any(static each => each.IsBusy))
        {
            if (deadline.IsCancellationRequested) return false;
            await Task.Delay(QuietCheck, TimeProvider.System, CancellationToken.None);
        }

        return true;
    }

    public async Task DeactivateAllAsync(DeactivationReason reason, CancellationToken deadline)
    {
        var all = _activations.Values.ToList();
        foreach (var activation in all) activation.Deactivate(reason, deadline);
        try
        {
            await Task.WhenAll(all.Select(static each => each.Deactivated)).WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            // What has not ended by now is failed by the caller.
        }
    }

    public void FailAll(Exception error)
    {
        foreach (var activation in _activations.Values) activation.Fail(error);
    }
}
