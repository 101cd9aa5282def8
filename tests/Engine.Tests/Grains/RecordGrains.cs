using Orleans;
using Orleans.Runtime;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Grains;

[GenerateSerializer, Alias("test.tally")]
public sealed class Tally
{
    [Id(0)]
    public int Count { get; set; }
}

[Alias("test.tallies")]
public interface ITallyGrain : IGrainWithStringKey
{
    /// <summary>Counts in memory, and writes when asked to.</summary>
    [Alias("Count")]
    Task<int> Count(bool write);

    [Alias("CountTwiceAtOnce")]
    Task CountTwiceAtOnce();

    [Alias("Look")]
    Task<(int Count, bool Exists, bool HasETag)> Look();

    [Alias("Reread")]
    Task<int> Reread();

    [Alias("Clear")]
    Task Clear();

    [Alias("Leave")]
    Task Leave();

    /// <summary>Calls <see cref="Count"/> of another grain and lets its failure pass.</summary>
    [Alias("CountOther")]
    Task<int> CountOther(string other);
}

[GrainType("test-tally")]
public sealed class TallyGrain([PersistentState("tally", "Records")] IPersistentState<Tally> tally, Probe probe) : Grain, ITallyGrain
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public async Task<int> Count(bool write)
    {
        tally.State.Count++;
        if (write) await tally.WriteStateAsync();
        return tally.State.Count;
    }

    public async Task CountTwiceAtOnce()
    {
        tally.State.Count++;
        var first = tally.WriteStateAsync();
        tally.State.Count++;
        await Task.WhenAll(first, tally.WriteStateAsync());
    }

    public Task<(int Count, bool Exists, bool HasETag)> Look() => Task.FromResult((tally.State.Count, tally.RecordExists, tally.Etag is not null));

    public async Task<int> Reread()
    {
        await tally.ReadStateAsync();
        return tally.State.Count;
    }

    public async Task Clear() => await tally.ClearStateAsync();

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<int> CountOther(string other) => GrainFactory.GetGrain<ITallyGrain>(other).Count(write: true);
}
