using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.CodeGeneration;
using Orleans.Storage;
using Trove.Embedded.Timers;
using Trove.Embedded.Turns;

namespace Trove.Embedded.Activations;

/// <summary>
/// A grain in memory. It starts (construct, read records, OnActivateAsync), lets requests in, shuts when asked to, says
/// farewell when none is running, and leaves the directory; requests that arrived meanwhile go to the next activation.
/// </summary>
internal sealed partial class Activation(EmbeddedEngine engine, GrainClass grainClass, GrainId id) : Mailbox(engine), IGrainContext
{
    private IGrainBase? _instance;
    private IServiceScope? _scope;
    private GrainReference? _reference;
    private ImmutableList<GrainTimer> _timers = [];
    private TaskCompletionSource? _deactivated;
    private Ending? _ending;
    private long _keptUntil;
    private bool _hasStarted;
    private int _hasEnded;

    public override GrainId GrainId => id;

    public GrainReference GrainReference => _reference ??= (GrainReference)Engine.References.Make(grainClass.MainInterface, id);

    public object? GrainInstance => _instance;

    public IGrainRuntime Runtime => Engine.Runtime;

    public IServiceProvider EngineServices => Engine.Services;

    public IServiceProvider ActivationServices => (_scope ??= Engine.Services.CreateScope()).ServiceProvider;

    public IMessageCopier? StateCopier => Engine.StateCopier;

    public ILogger Logger => Engine.Logger;

    public TimeSpan AgeLimit => grainClass.IsKeptAlive ? TimeSpan.MaxValue : grainClass.AgeLimit ?? Engine.Options.CollectionAge;

    public Task Deactivated
    {
        get
        {
            var source = _deactivated ?? Interlocked.CompareExchange(ref _deactivated, new(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _deactivated;
            if (Volatile.Read(ref _hasEnded) != 0) source.TrySetResult();
            return source.Task;
        }
    }

    protected override bool IsReentrant => grainClass.IsReentrant;

    protected override object? Target => _instance;

    /// <summary>Starts, as the first turns of this activation.</summary>
    public void Begin()
    {
        Engine.Directory.BeginTransition(this);
        Enqueue(StartAsync);
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _ending, new(deactivationReason, cancellationToken), null) is not null) return;

        // From now on, not from the farewell: a call that never returns would keep the grain shut for ever.
        Engine.Directory.BeginTransition(this);
        Shut();
    }

    public void DelayDeactivation(TimeSpan time) => _keptUntil = Environment.TickCount64 + (long)time.TotalMilliseconds;

    public bool IsIdleFor(TimeSpan age, long now) =>
        _hasStarted && age != TimeSpan.MaxValue && now > _keptUntil && now - LastUsed >= age.TotalMilliseconds && !HasRequests;

    /// <summary>Starting or ending takes too long: another activation may take over, whatever this one still does.</summary>
    public void GiveUp()
    {
        var error = new TimeoutException($"{id} took more than {Engine.Options.ActivationTimeout} to {(_hasStarted ? "end" : "start")} and was given up.");
        LogGivenUp(Logger, id, error);
        if (_hasStarted) End();
        else Fail(error);
    }

    /// <summary>Ends at once; what waits or runs here fails.</summary>
    public void Fail(Exception error)
    {
        Engine.Directory.Remove(this);
        foreach (var request in Close(includeRunning: true)) request.Fail(error);
        End();
    }

    public void Add(GrainTimer timer) => ImmutableInterlocked.Update(ref _timers, static (timers, added) => timers.Add(added), timer);

    public void Remove(GrainTimer timer) => ImmutableInterlocked.Update(ref _timers, static (timers, removed) => timers.Remove(removed), timer);

    protected override void OnQuiet()
    {
        if (_ending is not { HasBegun: false } ending || !_hasStarted) return;

        ending.HasBegun = true;
        Enqueue(FarewellAsync);
    }

    protected override void AfterTurn() => Engine.AfterTurn(this);

    // Memory that is not what is on disk must not answer another request. The mark keeps callers up the chain alive.
    protected override void OnFault(Exception error)
    {
        if (error is not InconsistentStateException { IsSourceActivation: true } inconsistent) return;

        inconsistent.IsSourceActivation = false;
        Deactivate(new(DeactivationReasonCode.ApplicationError, error, "A record was written by someone else."));
    }

    // It was given up between taking the request and running it.
    protected override void OnTargetGone(Request request) => Forward(request);

    private async Task StartAsync()
    {
        try
        {
            PersistentState[] records;
            RuntimeContext.Current = this;
            try
            {
                (_instance, records) = grainClass.Construct(this);
            }
            finally
            {
                RuntimeContext.Current = null;
            }

            foreach (var record in records) await record.LoadAsync();
            using var timeout = grainClass.HasOwnActivation ? new CancellationTokenSource(Engine.Options.ActivationTimeout) : null;
            await _instance.OnActivateAsync(timeout?.Token ?? CancellationToken.None);
        }
        catch (Exception error)
        {
            LogNotStarted(Logger, id, error);
            Fail(error);
            return;
        }

        Engine.Directory.EndTransition(this);
        _hasStarted = true;
        Open();

        if (_ending is null) return;

        // Asked to end while it started.
        Engine.Directory.BeginTransition(this);
        Shut();
    }

    private async Task FarewellAsync()
    {
        StopTimers();
        try
        {
            await _instance!.OnDeactivateAsync(_ending!.Reason, _ending.Cancellation);
        }
        catch (Exception error)
        {
            LogFarewellFailed(Logger, id, error);
        }

        End();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0) return;

        Engine.Directory.EndTransition(this);
        Engine.Directory.Remove(this);
        foreach (var request in Close()) Forward(request);
        StopTimers();
        _ = DisposeAsync();
        _deactivated?.TrySetResult();
    }

    // To the next activation; but a timer's tick, which has no target, ends with its own.
    private void Forward(Request request)
    {
        if (request.Target is not null) Engine.Deliver(request);
    }

    private void StopTimers()
    {
        foreach (var timer in _timers) timer.Dispose();
    }

    // The instance goes too: references that once reached this activation may keep it for long.
    private async Task DisposeAsync()
    {
        try
        {
            if (_instance is IAsyncDisposable disposable) await disposable.DisposeAsync();
            else (_instance as IDisposable)?.Dispose();
            if (_scope is IAsyncDisposable scope) await scope.DisposeAsync();
            else _scope?.Dispose();
        }
        catch (Exception error)
        {
            LogFarewellFailed(Logger, id, error);
        }

        _instance = null;
    }

    private sealed class Ending(DeactivationReason reason, CancellationToken cancellation)
    {
        public DeactivationReason Reason => reason;

        public CancellationToken Cancellation => cancellation;

        // Guarded by the gate.
        public bool HasBegun { get; set; }
    }
}
