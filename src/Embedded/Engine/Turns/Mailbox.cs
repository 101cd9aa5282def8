using System.Runtime.CompilerServices;
using Orleans.CodeGeneration;

namespace Trove.Embedded.Turns;

/// <summary>
/// The turns of one grain activation or observer. It is the scheduler of the code it runs, so that every await comes back
/// here, and runs at most one turn at a time: a new request, or the continuation of one that awaited.
/// It holds two queues: continuations, which always may run, and requests, which wait until those running let them in.
/// </summary>
internal abstract class Mailbox(EmbeddedEngine engine) : TaskScheduler, ICallee, IThreadPoolWorkItem
{
    // How many turns one visit of a thread takes before others get the thread.
    private const int TurnsPerVisit = 16;

    // How many times in a row a thread keeps what it schedules to itself.
    private const uint NearInARow = 32;

    [ThreadStatic]
    private static uint _scheduledHere;

    private static readonly Action<object?> RunRequest = static request => Unsafe.As<Mailbox>(((Request)request!).Callee!).Run((Request)request);
    private static readonly Action<object?> RunOwn = static turns => ((Func<Task>)turns!)();

    private readonly Lock _gate = new();
    private RequestQueue _waiting;
    private RunningRequests _running;
    private Queue<Task>? _continuations;
    private Func<Task>? _own;
    private Request? _current;
    private Task? _firstTurn;
    private bool _scheduled;
    private bool _watched;
    private bool _used;
    private bool _requestIsNext;
    private bool _closed;

    public sealed override int MaximumConcurrencyLevel => 1;

    protected EmbeddedEngine Engine { get; } = engine;

    /// <summary>What runs here, for messages.</summary>
    public abstract GrainId GrainId { get; }

    /// <summary>Whether requests run; while not, they wait. Guarded by the gate.</summary>
    protected bool IsOpen { get; private set; }

    /// <summary>Whether all requests may run between each other's turns.</summary>
    protected virtual bool IsReentrant => false;

    /// <summary>The object whose methods run here, or null when it is gone.</summary>
    protected abstract object? Target { get; }

    /// <summary>When a request that counts as use was last seen, in milliseconds of Environment.TickCount64.</summary>
    public long LastUsed { get; private set; } = Environment.TickCount64;

    /// <summary>Whether a turn or a request is under way or waiting.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _scheduled || !_running.IsEmpty || !_waiting.IsEmpty;
        }
    }

    /// <summary>Whether a request waits, or is running and not answered.</summary>
    protected bool HasRequests
    {
        get
        {
            lock (_gate) return !_running.IsEmpty || !_waiting.IsEmpty || _current is { IsSettled: false };
        }
    }

    /// <summary>Puts a request into the queue; false when this mailbox has closed for ever and another must be found.</summary>
    public bool TryPost(Request request, bool isUse = true)
    {
        var schedule = false;
        var watch = false;
        lock (_gate)
        {
            if (_closed) return false;

            request.Callee = this;
            _waiting.Add(request);
            _used |= isUse;
            if (!_watched) _watched = watch = true;
            if (!_scheduled && MayTakeRequest()) _scheduled = schedule = true;
        }

        if (watch) Engine.Sweeper.Watch(this);
        if (schedule) Schedule();
        return true;
    }

    public void Ended(Request request)
    {
        if (request.Error is { } error) OnFault(error);
        var schedule = false;
        lock (_gate)
        {
            _running.Remove(request);
            if (_running.IsEmpty && _current is null && !IsOpen) OnQuiet();
            if (!_scheduled && MayTakeRequest()) _scheduled = schedule = true;
        }

        if (schedule) Schedule();
        Engine.Reply(request);
    }

    public void Cancel(CancellationTokenSource source) =>
        _ = Task.Factory.StartNew(static state => ((CancellationTokenSource)state!).Cancel(), source, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>One visit of a pool thread: runs turns until there are none, or until others should have the thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (var turn = 0; turn < TurnsPerVisit; turn++)
        {
            Request? request = null;
            Task? continuation = null;
            Func<Task>? own;
            lock (_gate)
            {
                if (_current is not null)
                {
                    _current = null;
                    if (_running.IsEmpty && !IsOpen) OnQuiet();
                }

                (own, _own) = (_own, null);

                // Alternately, so that neither a stream of requests nor a chain of continuations starves the other.
                _requestIsNext = !_requestIsNext;
                if (_requestIsNext) request = TakeRequest();
                if (request is null && _continuations?.TryDequeue(out continuation) is not true) request = TakeRequest();
                if (request is null && continuation is null && own is null)
                {
                    _scheduled = false;
                    return;
                }

                _current = request;
            }

            if (own is not null) RunAsTask(RunOwn, own);
            if (continuation is not null) TryExecuteTask(continuation);
            if (request is not null && !IsLate(request)) RunAsTask(RunRequest, request);
            AfterTurn();
        }

        Schedule();
    }

    /// <summary>Fails the requests whose time is up; those that wait are dropped. False when nothing is left to watch here.</summary>
    public bool Sweep(long now)
    {
        List<Request>? expired = null;
        var watch = true;
        lock (_gate)
        {
            if (_used) LastUsed = now;
            _waiting.RemoveExpired(now, ref expired);
            _running.CollectExpired(now, ref expired);
            if (_current is { IsSettled: false } current && current.Deadline < now) (expired ??= []).Add(current);
            _used &= !_waiting.IsEmpty || !_running.IsEmpty || _current is not null;
            if (!_scheduled && _waiting.IsEmpty && _running.IsEmpty) _watched = watch = false;
        }

        // Outside the gate: a caller's continuation enters the gate of the caller's mailbox.
        if (expired is not null)
        {
            foreach (var request in expired) FailLate(request);
        }

        return watch;
    }

    protected sealed override void QueueTask(Task task)
    {
        var schedule = false;
        lock (_gate)
        {
            (_continuations ??= new()).Enqueue(task);
            if (!_scheduled) _scheduled = schedule = true;
        }

        if (schedule) Schedule();
    }

    protected sealed override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && (ReferenceEquals(task, _firstTurn) || ReferenceEquals(Current, this)) && TryExecuteTask(task);

    protected sealed override IEnumerable<Task> GetScheduledTasks() => [];

    /// <summary>Lets requests in.</summary>
    protected void Open()
    {
        var schedule = false;
        lock (_gate)
        {
            IsOpen = true;
            if (!_scheduled && MayTakeRequest()) _scheduled = schedule = true;
        }

        if (schedule) Schedule();
    }

    /// <summary>Lets no more requests in; <see cref="OnQuiet"/> is called when none is running any more. False when it was shut already.</summary>
    protected bool Shut()
    {
        lock (_gate)
        {
            if (!IsOpen) return false;

            IsOpen = false;
            if (_running.IsEmpty && _current is null) OnQuiet();
            return true;
        }
    }

    /// <summary>Closes for ever and returns the requests that wait. Empty when it was closed already.</summary>
    protected List<Request> Close(bool includeRunning = false)
    {
        var left = new List<Request>();
        lock (_gate)
        {
            IsOpen = false;
            _closed = true;
            while (_waiting.TakeFirst() is { } request) left.Add(request);
            if (includeRunning)
            {
                _running.CollectExpired(long.MaxValue, ref left!);
                if (_current is not null) left.Add(_current);
            }
        }

        return left;
    }

    /// <summary>Runs something of the engine's own as turns of this mailbox, before anything else that waits; one at a time.</summary>
    protected void Enqueue(Func<Task> turns)
    {
        var schedule = false;
        lock (_gate)
        {
            // Only kept here: a task made now would carry the context of whoever happened to call first into the grain's life.
            _own = turns;
            if (!_scheduled) _scheduled = schedule = true;
        }

        if (schedule) Schedule();
    }

    /// <summary>Called within the gate when it is shut and no request is running any more.</summary>
    protected virtual void OnQuiet() { }

    /// <summary>Called when a request ends with an error, before the next one starts.</summary>
    protected virtual void OnFault(Exception error) { }

    /// <summary>Called between turns.</summary>
    protected virtual void AfterTurn() { }

    /// <summary>Called with a request that finds its target gone.</summary>
    protected abstract void OnTargetGone(Request request);

    // The thread's own queue keeps a conversation's data in the core's cache. But it is last in, first out, and two grains calling
    // each other would starve the rest: so from time to time a mailbox goes to the end of the shared one.
    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: ++_scheduledHere % NearInARow != 0);

    private bool MayTakeRequest() => IsOpen && _waiting.HasAdmissible(_running, IsReentrant);

    private Request? TakeRequest() => IsOpen ? _waiting.TakeAdmissible(_running, IsReentrant) : null;

    private bool IsLate(Request request)
    {
        if (request.IsSettled) return true;
        if (request.Deadline >= Environment.TickCount64) return false;

        FailLate(request);
        return true;
    }

    private void FailLate(Request request) =>
        request.Fail(new TimeoutException($"No response from {GrainId} to {request.Method} within {Engine.TimeoutOf(request)}; whether it ran is unknown."));

    // The method must run inside a task of this scheduler, or its awaits would not come back here.
    private void RunAsTask(Action<object?> run, object state)
    {
        _firstTurn = new(run, state, TaskCreationOptions.DenyChildAttach);
        _firstTurn.RunSynchronously(this);
        _firstTurn = null;
    }

    private void Run(Request request)
    {
        if (Target is not { } target)
        {
            OnTargetGone(request);
        }
        else if (request.Start(target))
        {
            if (request.Error is { } error) OnFault(error);
            Engine.Reply(request);
        }
        else
        {
            lock (_gate) _running.Add(request);
            request.NotifyWhenEnded();
        }
    }
}
