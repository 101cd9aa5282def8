using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.CodeGeneration;
using Trove.Embedded.Activations;
using Trove.Embedded.Hostility;
using Trove.Embedded.References;
using Trove.Embedded.Timers;
using Trove.Embedded.Turns;

namespace Trove.Embedded;

/// <summary>
/// Runs grains in this process. A call becomes a request in the callee's mailbox, and its reply a continuation in the
/// caller's; nothing ever runs on the other's stack. There is no network, on purpose: whoever outgrows one machine uses Orleans.
/// </summary>
public sealed partial class EmbeddedEngine : IHostedService, IDisposable
{
    private readonly EmbeddedEngineOptions _options;
    private readonly ILogger<EmbeddedEngine> _logger;
    private readonly Hostile? _hostile;
    private readonly long _timeout;
    private volatile Phase _phase;
    private long _nextCollection;

    /// <summary>Use AddEmbeddedEngine.</summary>
    public EmbeddedEngine(
        IServiceProvider services, IOptions<EmbeddedEngineOptions> options, TimeProvider timeProvider,
        IReminderStore reminderStore, ILogger<EmbeddedEngine> logger)
    {
        _options = options.Value;
        _logger = logger;
        _timeout = (long)_options.ResponseTimeout.TotalMilliseconds;
        Services = services;
        TimeProvider = timeProvider;
        Classes = new(_options.GrainAssemblies);
        Directory = new(this);
        Observers = new(this);
        var references = new ReferenceFactory(new Sender(this), Classes, Observers);
        References = references;
        Runtime = new EngineRuntime(this, references);
        Reminders = new(this, reminderStore, _options.MinimumReminderPeriod);
        Sweeper = new(EachPeriod);
        _hostile = _options.Hostile is { } hostile ? new(this, hostile) : null;
    }

    private enum Phase
    {
        Created,
        Running,
        Draining,
        Stopped,
    }

    /// <summary>How many activations are alive.</summary>
    public int ActivationCount => Directory.Count;

    internal IServiceProvider Services { get; }

    internal TimeProvider TimeProvider { get; }

    internal GrainClasses Classes { get; }

    internal ActivationDirectory Directory { get; }

    internal ObserverDirectory Observers { get; }

    internal ReferenceFactory References { get; }

    internal EngineRuntime Runtime { get; }

    internal ReminderService Reminders { get; }

    internal Sweeper Sweeper { get; }

    internal ILogger Logger => _logger;

    internal EmbeddedEngineOptions Options => _options;

    /// <summary>Copies state as a wire would, in hostile mode only.</summary>
    internal IMessageCopier? StateCopier => _hostile?.Codec;

    /// <summary>Starts to accept calls.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _phase = Phase.Running;
        _nextCollection = Environment.TickCount64 + (long)_options.CollectionQuantum.TotalMilliseconds;
        Sweeper.Start();
        _hostile?.Start();
        await Reminders.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Refuses calls from outside, lets grains finish what they do, deactivates them, and fails what is left with
    /// <see cref="SiloUnavailableException"/>. Ends within the drain time-out twice, or when <paramref name="cancellationToken"/> says.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_phase is not Phase.Running) return;

        _phase = Phase.Draining;
        Reminders.Stop();
        _hostile?.Stop();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.DrainTimeout);
        var drained = await Directory.WaitUntilQuietAsync(deadline.Token);
        if (!drained) LogNotDrained(_logger, _options.DrainTimeout);
        deadline.CancelAfter(_options.DrainTimeout);
        await Directory.DeactivateAllAsync(new(DeactivationReasonCode.ShuttingDown, "The process is shutting down."), deadline.Token);
        _phase = Phase.Stopped;
        Directory.FailAll(Unavailable());
        Observers.FailAll(Unavailable());
        Sweeper.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _phase = Phase.Stopped;
        Reminders.Stop();
        _hostile?.Dispose();
        Sweeper.Dispose();
    }

    /// <summary>Deactivates what has been idle for <paramref name="age"/>, now. The engine does so by itself as its options say.</summary>
    public Task CollectIdleAsync(TimeSpan age) => Directory.CollectAsync(Environment.TickCount64, age);

    /// <summary>Hands a request to its callee, activating it if need be.</summary>
    internal void Deliver(Request request)
    {
        var target = request.Target;
        if (target.Route is Mailbox known && known.TryPost(request)) return;
        try
        {
            while (true)
            {
                var mailbox = FindMailbox(target.GrainId, out var made);
                var isPosted = mailbox.TryPost(request);
                made?.Begin();
                if (isPosted)
                {
                    target.Route = mailbox;
                    return;
                }
            }
        }
        catch (Exception error)
        {
            request.Fail(error);
        }
    }

    /// <summary>Hands the reply to the caller.</summary>
    internal void Reply(Request request)
    {
        if (_hostile is null) request.Reply();
        else _hostile.Reply(request);
    }

    /// <summary>Called by activations between turns.</summary>
    internal void AfterTurn(Activation activation) => _hostile?.AfterTurn(activation);

    internal TimeSpan TimeoutOf(Request request) => TimeSpan.FromMilliseconds(TimeoutMillisecondsOf(request));

    internal void Post(Request request)
    {
        request.Deadline = Environment.TickCount64 + TimeoutMillisecondsOf(request);
        if (_phase is not Phase.Running && !IsAllowedWhile(_phase)) request.Fail(Unavailable());
        else if (_hostile is null) Deliver(request);
        else _hostile.Send(request);
    }

    // While draining, grains may still call each other: that is how they finish.
    private static bool IsAllowedWhile(Phase phase) => phase is Phase.Draining && TaskScheduler.Current is Mailbox;

    private long TimeoutMillisecondsOf(Request request) => request.Method.TimeoutMilliseconds is > 0 and var own ? own : _timeout;

    private SiloUnavailableException Unavailable() => new(_phase switch
    {
        Phase.Created => "The engine has not been started.",
        Phase.Draining => "The engine is stopping and takes no new calls.",
        _ => "The engine has stopped.",
    });

    private Mailbox FindMailbox(GrainId id, out Activation? made)
    {
        made = null;
        return id.Type == ObserverDirectory.Type
            ? Observers.Find(id) ?? throw ObserverDirectory.Gone(id)
            : _phase is Phase.Stopped ? throw Unavailable() : Directory.GetOrMake(id, out made);
    }

    private void EachPeriod(long now)
    {
        Directory.GiveUpStuck(now);
        if (now < _nextCollection) return;

        _nextCollection = now + (long)_options.CollectionQuantum.TotalMilliseconds;
        _ = Directory.CollectAsync(now, age: null);
    }

    private sealed class Sender(EmbeddedEngine engine) : GrainReferenceRuntime
    {
        public override void Send(Request request) => engine.Post(request);

        public override IAddressable MakeReference(Type interfaceType, GrainId grainId) => engine.References.Make(interfaceType, grainId);
    }
}
