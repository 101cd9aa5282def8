using Orleans.CodeGeneration;
using Trove.Embedded.Activations;

namespace Trove.Embedded.Hostility;

/// <summary>Does to calls and activations what a cluster does on a bad day, so that grains which rely on one kind process fail in tests.</summary>
internal sealed class Hostile : IDisposable
{
    private readonly EmbeddedEngine _engine;
    private readonly HostileOptions _options;
    private readonly Timer _garbage;
    private ulong _decisions;

    public Hostile(EmbeddedEngine engine, HostileOptions options)
    {
        _engine = engine;
        _options = options;
        Codec = options.CopyMessages ? new WireCodec() : null;
        _garbage = new(static self => ((Hostile)self!).CollectGarbage(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public WireCodec? Codec { get; }

    public void Start()
    {
        if (_options.CollectGarbageEvery > TimeSpan.Zero) _garbage.Change(_options.CollectGarbageEvery, _options.CollectGarbageEvery);
    }

    public void Stop() => _garbage.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _garbage.Dispose();

    public void Send(Request request)
    {
        try
        {
            // Now, not on delivery: the caller may change its objects as soon as the call returned.
            if (Codec is not null) request.CopyArguments(Codec);
        }
        catch (Exception error)
        {
            request.Fail(error);
            return;
        }

        HoldBack(request, _engine.Deliver);
    }

    public void Reply(Request request)
    {
        if (Chance(_options.LostReplyRate))
        {
            request.Fail(new TimeoutException($"The reply to {request.Method} was lost; whether it ran is unknown."));
            return;
        }

        if (Codec is not null) CopyReply(request, Codec);
        HoldBack(request, static each => each.Reply());
    }

    public void AfterTurn(Activation activation)
    {
        if (Chance(_options.DeactivationRate)) activation.Deactivate(new(DeactivationReasonCode.RuntimeRequested, "Hostile mode."));
        if (Chance(_options.DuplicationRate)) _ = DuplicateAsync(activation);
    }

    private static void CopyReply(Request request, WireCodec codec)
    {
        try
        {
            if (request.Error is null) request.CopyResult(codec);
            else request.Error = codec.Copy(request.Error, "exception");
        }
        catch (Exception error)
        {
            request.Error = error;
        }
    }

    private void HoldBack(Request request, Action<Request> release)
    {
        if (Chance(_options.DelayRate)) _ = LaterAsync();
        else release(request);

        async Task LaterAsync()
        {
            // Half of them only yield, which reorders more finely than any timer.
            if (Chance(0.5)) await Task.Yield();
            else await Task.Delay(_options.LongestDelay * NextUnit(), TimeProvider.System).ConfigureAwait(false);
            release(request);
        }
    }

    private async Task DuplicateAsync(Activation activation)
    {
        if (!_engine.Directory.Remove(activation)) return;

        await Task.Delay(_options.DuplicateLifetime, TimeProvider.System).ConfigureAwait(false);
        activation.Deactivate(new(DeactivationReasonCode.DuplicateActivation, "Hostile mode."));
    }

    private void CollectGarbage()
    {
        if (!_engine.Observers.IsEmpty) GC.Collect();
    }

    private bool Chance(double rate) => rate > 0 && NextUnit() < rate;

    // SplitMix64 of a counter: seeded, and without a lock between threads.
    private double NextUnit()
    {
        var bits = ((ulong)_options.Seed << 32) + (Interlocked.Increment(ref _decisions) * 0x9E3779B97F4A7C15);
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
