namespace Trove.Frontend.Hubs;

/// <summary>How much one connection may send: refilled by the clock when it is asked, so it needs no timer. Used by one connection, whose calls may overlap a little.</summary>
internal sealed class TokenBucket(int perSecond, int burst, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _filled = clock.GetTimestamp();

    /// <summary>Refusals since the last message that was let through.</summary>
    public int Refused { get; private set; }

    public bool TryTake()
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (clock.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
            _filled = now;
            if (_tokens < 1)
            {
                Refused++;
                return false;
            }

            _tokens--;
            Refused = 0;
            return true;
        }
    }
}
