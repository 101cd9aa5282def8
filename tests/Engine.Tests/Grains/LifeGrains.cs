using Orleans;
using Orleans.Runtime;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Grains;

[Alias("test.life")]
public interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>How often this activation has been greeted.</summary>
    [Alias("Greet")]
    Task<int> Greet();

    [Alias("Leave")]
    Task Leave();

    /// <summary>Asks to leave, then waits for the gate "leave".</summary>
    [Alias("LeaveSlowly")]
    Task LeaveSlowly();
}

[GrainType("test-life")]
public sealed class LifeGrain(Probe probe) : Grain, ILifeGrain
{
    private int _greeted;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<int> Greet() => Task.FromResult(++_greeted);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task LeaveSlowly()
    {
        DeactivateOnIdle();
        probe.Note(this.GetPrimaryKeyString(), "leaving");
        await probe.Gate($"{this.GetPrimaryKeyString()} leave");
        probe.Note(this.GetPrimaryKeyString(), "left");
    }
}

[Alias("test.frail")]
public interface IFrailGrain : IGrainWithStringKey
{
    [Alias("Hello")]
    Task<string> Hello();
}

/// <summary>Fails to start as often as its key says: "constructor-2-…" throws twice in the constructor, "activate-1-…" once after it.</summary>
[GrainType("test-frail")]
public sealed class FrailGrain : Grain, IFrailGrain
{
    private readonly Probe _probe;

    public FrailGrain(Probe probe)
    {
        _probe = probe;
        FailIn("constructor");
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        FailIn("activate");
    }

    public Task<string> Hello() => Task.FromResult("hello");

    private void FailIn(string place)
    {
        var key = this.GetPrimaryKeyString();
        var parts = key.Split('-');
        if (parts[0] != place) return;

        _probe.Note(key, "tried");
        if (_probe.Count(key, "tried") <= int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)) throw new InvalidDataException($"failed in {place}");
    }
}
