namespace Trove.Client;

/// <summary>
/// How long to wait before the next try: exponential with full jitter, so that a thousand clients that lost the same server do not come back in step.
/// </summary>
/// <param name="First">Upper bound of the first wait.</param>
/// <param name="Longest">Upper bound of every wait.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>A quarter of a second, doubling up to ten seconds.</summary>
    public static readonly Backoff Default = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    /// <summary>The wait before try number <paramref name="attempt"/> (from 0), at least a tenth of its upper bound.</summary>
    public TimeSpan Wait(int attempt, Random random)
    {
        var bound = Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));
        return TimeSpan.FromMilliseconds(bound * (0.1 + (0.9 * random.NextDouble())));
    }
}
