namespace Trove.Frontend.Tests.Accounts;

/// <summary>The real clock, which a test can put forward: timers keep their pace, only the date is another.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Step(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
