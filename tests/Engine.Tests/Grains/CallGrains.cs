using System.Collections.Immutable;
using Orleans;
using Orleans.Runtime;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Grains;

[GenerateSerializer, Alias("test.basket")]
public sealed class Basket
{
    [Id(0)]
    public List<string> Items { get; set; } = [];
}

[GenerateSerializer, Immutable, Alias("test.parcel")]
public sealed record Parcel(
    [property: Id(0)] string Name,
    [property: Id(1)] ImmutableArray<int> Numbers,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] ImmutableDictionary<string, TimeSpan> Spans,
    [property: Id(4)] Guid? Maybe,
    [property: Id(5)] byte[] Bytes);

[Alias("test.calls")]
public interface ICallGrain : IGrainWithStringKey
{
    [Alias("Echo")]
    Task<Parcel> Echo(Parcel parcel);

    [Alias("EchoLater")]
    ValueTask<int> EchoLater(int number);

    [Alias("Nothing")]
    ValueTask Nothing();

    [Alias("Add")]
    Task Add(Basket basket, string item);

    [Alias("Throw")]
    Task<int> Throw(string message);

    /// <summary>Notes "ran note", then waits for the gate of that name.</summary>
    [Alias("Stall")]
    Task Stall(string note);

    [Alias("StallBriefly"), ResponseTimeout("00:00:00.200")]
    Task StallBriefly(string note);

    /// <summary>Calls <see cref="Stall"/> of another grain; the type of what it threw.</summary>
    [Alias("CallStalled")]
    Task<string> CallStalled(string other, string note);

    /// <summary>Notes "started", waits until cancelled, notes "cancelled".</summary>
    [Alias("WaitForCancellation")]
    Task WaitForCancellation(CancellationToken cancellationToken);

    [Alias("KeyOf")]
    Task<string> KeyOf(ICallGrain other);

    [Alias("Myself")]
    Task<ICallGrain> Myself();

    /// <summary>What this grain sees of <see cref="CallerContext.Value"/>, while it started and now.</summary>
    [Alias("ContextSeen")]
    Task<(string? AtStart, string? Now)> ContextSeen();
}

/// <summary>Something ambient of whoever calls.</summary>
public static class CallerContext
{
    public static AsyncLocal<string?> Value { get; } = new();
}

[GrainType("test-call")]
public sealed class CallGrain(Probe probe) : Grain, ICallGrain
{
    private string? _contextAtStart;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _contextAtStart = CallerContext.Value.Value;
        return Task.CompletedTask;
    }

    public Task<Parcel> Echo(Parcel parcel) => Task.FromResult(parcel);

    public async ValueTask<int> EchoLater(int number)
    {
        await Task.Yield();
        return number;
    }

    public ValueTask Nothing() => ValueTask.CompletedTask;

    public Task Add(Basket basket, string item)
    {
        basket.Items.Add(item);
        return Task.CompletedTask;
    }

    public async Task<int> Throw(string message)
    {
        await Task.Yield();
        throw new InvalidDataException(message);
    }

    public async Task Stall(string note)
    {
        probe.Note(this.GetPrimaryKeyString(), $"ran {note}");
        await probe.Gate($"{this.GetPrimaryKeyString()} {note}");
        probe.Note(this.GetPrimaryKeyString(), $"ended {note}");
    }

    public Task StallBriefly(string note) => Stall(note);

    public async Task<string> CallStalled(string other, string note)
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(other).Stall(note);
            return "nothing";
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }

    public async Task WaitForCancellation(CancellationToken cancellationToken)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource<bool>();
        await using var registration = cancellationToken.Register(() => cancelled.SetResult(TaskScheduler.Current == scheduler));
        probe.Note(this.GetPrimaryKeyString(), "started");
        await cancelled.Task;
        probe.Note(this.GetPrimaryKeyString(), "cancelled");
    }

    public Task<string> KeyOf(ICallGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public Task<(string? AtStart, string? Now)> ContextSeen() => Task.FromResult((_contextAtStart, CallerContext.Value.Value));

    public Task<ICallGrain> Myself() => Task.FromResult(this.AsReference<ICallGrain>());
}
