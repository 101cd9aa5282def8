using Microsoft.Extensions.Logging;
using Orleans.CodeGeneration;
using Trove.Embedded.Activations;

namespace Trove.Embedded.Timers;

/// <summary>
/// A timer of an activation. Each tick is a request in its mailbox, so it waits its turn unless it interleaves; the next
/// tick is armed when the callback has ended, so ticks never overlap and never pile up.
/// </summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private static readonly GrainMethod Waiting = new(typeof(IGrainTimer), "Tick");
    private static readonly GrainMethod Interleaving = new(typeof(IGrainTimer), "Tick", InvokeMethodOptions.AlwaysInterleave);

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private TimeSpan _period;
    private bool _isTicking;
    private bool _isChanged;
    private TimeSpan _due;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, TimeProvider timeProvider)
    {
        Check(options.DueTime, nameof(options));
        Check(options.Period, nameof(options));
        _activation = activation;
        _callback = callback;
        _options = options;
        _due = options.DueTime;
        _period = options.Period;
        activation.Add(this);
        _timer = timeProvider.CreateDetachedTimer(static self => ((GrainTimer)self!).Fire(), this);
        Arm(options.DueTime);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_lock)
        {
            (_due, _period) = (dueTime, period);
            _isChanged = _isTicking;
            if (!_isTicking) Arm(dueTime);
        }
    }

    public void Dispose()
    {
        if (_disposed.IsCancellationRequested) return;

        // Through the mailbox: callbacks on the token are grain code.
        _timer.Dispose();
        _activation.Remove(this);
        _activation.Cancel(_disposed);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) throw new ArgumentOutOfRangeException(name, time, "Times are not negative.");
    }

    private void Arm(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);

    private void Fire()
    {
        lock (_lock)
        {
            if (_isTicking || _disposed.IsCancellationRequested) return;
            _isTicking = true;
        }

        _activation.TryPost(new Tick(this) { Deadline = long.MaxValue }, isUse: _options.KeepAlive);
    }

    private async ValueTask TickAsync()
    {
        try
        {
            if (!_disposed.IsCancellationRequested) await _callback(_disposed.Token);
        }
        catch (Exception error)
        {
            LogTickFailed(_activation.Logger, _activation.GrainId, error);
        }

        lock (_lock)
        {
            _isTicking = false;
            if (_disposed.IsCancellationRequested) return;

            Arm(_isChanged ? _due : _period);
            _isChanged = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A timer of {Grain} failed; it goes on")]
    private static partial void LogTickFailed(ILogger logger, GrainId grain, Exception error);

    private sealed class Tick(GrainTimer timer) : VoidRequest
    {
        public override GrainMethod Method => timer._options.Interleave ? Interleaving : Waiting;

        protected override ValueTask Invoke(object target) => timer.TickAsync();
    }
}
