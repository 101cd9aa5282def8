using System.Diagnostics;
using System.Numerics;

namespace Trove.Cli.Measuring;

/// <summary>
/// Counts latencies in buckets that grow with the value, 128 to each doubling: any percentile within 0.8 %, in 35 KB, from any number of threads.
/// </summary>
internal sealed class LatencyRecorder
{
    private const int SubBits = 7;
    private const int Sub = 1 << SubBits;

    // Up to 2^40 microseconds: far beyond any run.
    private readonly long[] _counts = new long[(40 - SubBits + 1) * Sub];
    private long _total;

    public long Count => Interlocked.Read(ref _total);

    /// <summary>Counts the time since a <see cref="Stopwatch"/> timestamp.</summary>
    public void RecordSince(long timestamp) => Record(Stopwatch.GetElapsedTime(timestamp));

    public void Record(TimeSpan latency)
    {
        Interlocked.Increment(ref _counts[Bucket(Math.Max(0, (long)latency.TotalMicroseconds))]);
        Interlocked.Increment(ref _total);
    }

    /// <summary>The latency in milliseconds that <paramref name="share"/> (0 to 1) of the counted ones do not exceed; NaN when none was counted.</summary>
    public double PercentileMs(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Interlocked.Read(ref _counts[bucket]);
            if (seen > 0 && seen >= wanted)
            {
                return UpperMicros(bucket) / 1000.0;
            }
        }

        return double.NaN;
    }

    // Values below 128 have a bucket each; from there on, each doubling has 128.
    private static int Bucket(long micros)
    {
        var doublings = Math.Max(0, BitOperations.Log2((ulong)micros | 1) - SubBits);
        return Math.Min((doublings * Sub) + (int)(micros >> doublings), (40 - SubBits + 1) * Sub - 1);
    }

    private static long UpperMicros(int bucket)
    {
        var doublings = Math.Max(0, (bucket >> SubBits) - 1);
        return (((long)bucket - ((long)doublings * Sub) + 1) << doublings) - 1;
    }
}
