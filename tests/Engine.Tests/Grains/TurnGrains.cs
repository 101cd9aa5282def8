using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Grains;

[Alias("test.turns")]
public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Notes "begin note", waits for the gate of that name, notes "end note".</summary>
    [Alias("Work")]
    Task Work(string note);

    [Alias("Interleave"), AlwaysInterleave]
    Task Interleave(string note);

    [Alias("Read"), ReadOnly]
    Task Read(string note);

    /// <summary>Whether the scheduler was the activation's before and after real waits.</summary>
    [Alias("AwaitsComeBack")]
    Task<bool> AwaitsComeBack();

    /// <summary>Waits without giving the thread away between reading and writing a number.</summary>
    [Alias("CountUp")]
    Task<int> CountUp();

    /// <summary>Whether the other grain ran inside this one's call to it.</summary>
    [Alias("IsCalleeOnMyStack")]
    Task<bool> IsCalleeOnMyStack(string other);

    [Alias("IsInsideACaller")]
    Task<bool> IsInsideACaller();
}

[Alias("test.reentrantturns")]
public interface IReentrantTurnGrain : IGrainWithStringKey
{
    [Alias("Work")]
    Task Work(string note);
}

[GrainType("test-turn")]
public class TurnGrain(Probe probe) : Grain, ITurnGrain
{
    [ThreadStatic]
    private static bool _isInsideACaller;

    private int _count;

    public Task Work(string note) => WorkAsync(note);

    public Task Interleave(string note) => WorkAsync(note);

    public Task Read(string note) => WorkAsync(note);

    public async Task<bool> AwaitsComeBack()
    {
        var mine = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current == mine;
        await Task.Delay(1);
        var afterDelay = TaskScheduler.Current == mine;
        await Task.Run(static () => { });
        return mine != TaskScheduler.Default && afterYield && afterDelay && TaskScheduler.Current == mine;
    }

    public async Task<int> CountUp()
    {
        var before = _count;
        await Task.Yield();
        _count = before + 1;
        return _count;
    }

    public async Task<bool> IsCalleeOnMyStack(string other)
    {
        _isInsideACaller = true;
        var call = GrainFactory.GetGrain<ITurnGrain>(other).IsInsideACaller();
        _isInsideACaller = false;
        return await call;
    }

    public Task<bool> IsInsideACaller() => Task.FromResult(_isInsideACaller);

    private async Task WorkAsync(string note)
    {
        probe.Note(this.GetPrimaryKeyString(), $"begin {note}");
        await probe.Gate($"{this.GetPrimaryKeyString()} {note}");
        probe.Note(this.GetPrimaryKeyString(), $"end {note}");
    }
}

[Reentrant, GrainType("test-reentrantturn")]
public sealed class ReentrantTurnGrain(Probe probe) : Grain, IReentrantTurnGrain
{
    public async Task Work(string note)
    {
        probe.Note(this.GetPrimaryKeyString(), $"begin {note}");
        await probe.Gate($"{this.GetPrimaryKeyString()} {note}");
        probe.Note(this.GetPrimaryKeyString(), $"end {note}");
    }
}
