namespace Orleans.CodeGeneration;

/// <summary>
/// Carries a caller's cancellation to the callee. The caller is released at once; the callee's own token is cancelled on
/// the callee's scheduler, because callbacks registered on it are grain code.
/// </summary>
internal sealed class CallerCancellation : IDisposable
{
    private readonly CancellationTokenSource _callee = new();
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _registration;
    private readonly Request _request;

    public CallerCancellation(Request request, CancellationToken caller)
    {
        _request = request;
        _caller = caller;
        _registration = caller.UnsafeRegister(static self => ((CallerCancellation)self!).OnCancelled(), this);
    }

    public CancellationToken CalleeToken => _callee.Token;

    public void Dispose() => _registration.Unregister();

    private void OnCancelled()
    {
        // Settle first: a request that is settled when it leaves the queue never starts, and one that has started has a callee.
        _request.Fail(new OperationCanceledException(_caller));
        _request.Callee?.Cancel(_callee);
    }
}
