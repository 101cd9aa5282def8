using Orleans.Runtime;

namespace Orleans.CodeGeneration;

/// <summary>
/// One call under way: its arguments, its reply, its place in the callee's queue. Generated code derives one class per method.
/// A request is settled once, by whoever comes first: the callee, the time-out, the caller's cancellation, or shutdown.
/// </summary>
public abstract class Request
{
    private CallerCancellation? _cancellation;

    // Neighbours in the queue, or in the list of running requests, of the callee; guarded by the callee's lock.
    internal Request? Next;
    internal Request? Previous;
    internal GrainReference Target = null!;
    internal volatile ICallee? Callee;

    // In milliseconds of Environment.TickCount64.
    internal long Deadline;

    // What the callee threw.
    internal Exception? Error;

    /// <summary>The method called.</summary>
    public abstract GrainMethod Method { get; }

    internal bool AlwaysInterleaves => Method.Options.HasFlag(InvokeMethodOptions.AlwaysInterleave);

    internal bool IsReadOnly => Method.Options.HasFlag(InvokeMethodOptions.ReadOnly);

    internal abstract bool IsSettled { get; }

    /// <summary>Cancelled, on the callee's scheduler, when the caller cancels.</summary>
    protected CancellationToken Cancellation => _cancellation?.CalleeToken ?? CancellationToken.None;

    /// <summary>Replaces each argument by its copy.</summary>
    public virtual void CopyArguments(IMessageCopier copier) { }

    /// <summary>Runs the callee's method until its first real wait. True when it has ended, with a result or an error.</summary>
    internal abstract bool Start(object target);

    /// <summary>After <see cref="Start"/> returned false: tells the callee when the method has ended, on any thread.</summary>
    internal abstract void NotifyWhenEnded();

    internal abstract void CopyResult(IMessageCopier copier);

    /// <summary>Hands result or error to the caller.</summary>
    internal abstract void Reply();

    internal abstract void Fail(Exception error);

    internal void LinkTo(CancellationToken caller) => _cancellation = new(this, caller);

    private protected void Settled() => _cancellation?.Dispose();
}

/// <summary>A request whose reply has a value.</summary>
public abstract class Request<T> : Request
{
    // Continuations must never run on the callee's stack.
    private readonly TaskCompletionSource<T> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<T>? _running;
    private T _result = default!;

    internal Task<T> ReplyTask => _reply.Task;

    internal sealed override bool IsSettled => _reply.Task.IsCompleted;

    /// <summary>Calls the method on the callee.</summary>
    protected abstract ValueTask<T> Invoke(object target);

    internal sealed override bool Start(object target)
    {
        try
        {
            var call = Invoke(target);
            if (!call.IsCompleted)
            {
                _running = call.AsTask();
                return false;
            }

            _result = call.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Error = error;
        }

        return true;
    }

    // At once, on the thread that ends it: an awaiter would take it to the pool first, since grains have a scheduler of their own.
    internal sealed override void NotifyWhenEnded() => _ = _running!.ContinueWith(
        static (_, self) => ((Request<T>)self!).Ended(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    internal sealed override void CopyResult(IMessageCopier copier) => _result = copier.Copy(_result, "result");

    internal sealed override void Reply()
    {
        if (Error is null ? _reply.TrySetResult(_result) : _reply.TrySetException(Error)) Settled();
    }

    internal sealed override void Fail(Exception error)
    {
        if (_reply.TrySetException(error)) Settled();
    }

    private void Ended()
    {
        try
        {
            _result = _running!.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Error = error;
        }

        Callee!.Ended(this);
    }
}

/// <summary>A request whose reply has no value.</summary>
public abstract class VoidRequest : Request
{
    private readonly TaskCompletionSource _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;

    internal Task ReplyTask => _reply.Task;

    internal sealed override bool IsSettled => _reply.Task.IsCompleted;

    /// <summary>Calls the method on the callee.</summary>
    protected abstract ValueTask Invoke(object target);

    internal sealed override bool Start(object target)
    {
        try
        {
            var call = Invoke(target);
            if (!call.IsCompleted)
            {
                _running = call.AsTask();
                return false;
            }

            call.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Error = error;
        }

        return true;
    }

    // At once, on the thread that ends it: an awaiter would take it to the pool first, since grains have a scheduler of their own.
    internal sealed override void NotifyWhenEnded() => _ = _running!.ContinueWith(
        static (_, self) => ((VoidRequest)self!).Ended(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    internal sealed override void CopyResult(IMessageCopier copier) { }

    internal sealed override void Reply()
    {
        if (Error is null ? _reply.TrySetResult() : _reply.TrySetException(Error)) Settled();
    }

    internal sealed override void Fail(Exception error)
    {
        if (_reply.TrySetException(error)) Settled();
    }

    private void Ended()
    {
        try
        {
            _running!.GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Error = error;
        }

        Callee!.Ended(this);
    }
}

/// <summary>Where a request runs.</summary>
internal interface ICallee
{
    /// <summary>A started request has ended.</summary>
    void Ended(Request request);

    /// <summary>Cancels on the callee's scheduler.</summary>
    void Cancel(CancellationTokenSource source);
}
