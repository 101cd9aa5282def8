using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Grains;

[Alias("test.timers")]
public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Notes "tick" after the due time and then each period.</summary>
    [Alias("Start")]
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    /// <summary>As <see cref="Start"/>, but each tick waits for the gate "tick".</summary>
    [Alias("StartSlow")]
    Task StartSlow(TimeSpan due, TimeSpan period);

    /// <summary>As <see cref="Start"/>, but the first tick throws.</summary>
    [Alias("StartFailing")]
    Task StartFailing(TimeSpan due, TimeSpan period);

    [Alias("Change")]
    Task Change(TimeSpan due, TimeSpan period);

    [Alias("Stop")]
    Task Stop();

    [Alias("Leave")]
    Task Leave();

    /// <summary>Notes "working", waits for the gate "work", notes "worked".</summary>
    [Alias("Work")]
    Task Work();

    [Alias("Peek"), AlwaysInterleave]
    Task Peek();
}

[GrainType("test-timer")]
public sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note(this.GetPrimaryKeyString(), "deactivated");
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan due, TimeSpan period, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            static (grain, _) => grain.Tick(), this, new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartSlow(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            async _ =>
            {
                await Tick();
                await probe.Gate($"{this.GetPrimaryKeyString()} tick");
                probe.Note(this.GetPrimaryKeyString(), "ticked");
            },
            new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = true });
        return Task.CompletedTask;
    }

    public Task StartFailing(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            async () =>
            {
                await Tick();
                if (++_ticks == 1) throw new InvalidDataException("the first tick fails");
            },
            due,
            period);
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Work()
    {
        probe.Note(this.GetPrimaryKeyString(), "working");
        await probe.Gate($"{this.GetPrimaryKeyString()} work");
        probe.Note(this.GetPrimaryKeyString(), "worked");
    }

    public Task Peek() => Task.CompletedTask;

    private Task Tick()
    {
        probe.Note(this.GetPrimaryKeyString(), "tick");
        return Task.CompletedTask;
    }
}

[Alias("test.reminders")]
public interface IReminderGrain : IGrainWithStringKey
{
    [Alias("Set")]
    Task Set(string name, TimeSpan due, TimeSpan period);

    [Alias("Unset")]
    Task Unset(string name);

    [Alias("Names")]
    Task<List<string>> Names();

    [Alias("Has")]
    Task<bool> Has(string name);
}

[GrainType("test-reminder")]
public sealed class ReminderGrain(Probe probe) : Grain, IReminderGrain, IRemindable
{
    public Task Set(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task Unset(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<List<string>> Names() => [.. (await this.GetReminders()).Select(each => each.ReminderName)];

    public async Task<bool> Has(string name) => await this.GetReminder(name) is not null;

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        probe.Note(this.GetPrimaryKeyString(), $"reminded of {reminderName}");
        return Task.CompletedTask;
    }
}
