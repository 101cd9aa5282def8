namespace Trove.Cli.Bench;

/// <summary>Adds up what work cost over several blocks: processor time of server and load driver, and what the server allocated.</summary>
internal sealed class CostMeter(BenchServer points)
{
    private TimeSpan _used;
    private long? _allocated = 0;
    private long _done;

    /// <summary>Microseconds of processor time per piece of work.</summary>
    public double ProcessorMicros => _used.TotalMicroseconds / Math.Max(1, _done);

    /// <summary>Bytes that the server allocated per piece of work; null when it does not count.</summary>
    public double? AllocatedBytes => (double?)_allocated / Math.Max(1, _done);

    /// <summary>Runs a block and adds its cost.</summary>
    /// <param name="count">Pieces of work done so far.</param>
    /// <param name="block">The block.</param>
    /// <param name="cancellation">Gives up asking the server.</param>
    public async Task<T> OfAsync<T>(Func<long> count, Func<Task<T>> block, CancellationToken cancellation)
    {
        var (done, used, counters) = (count(), points.ProcessorTime, await points.CountersAsync(cancellation));
        var result = await block();
        _used += points.ProcessorTime - used;
        _done += count() - done;
        _allocated += (await points.CountersAsync(cancellation))?.Allocated - counters?.Allocated;
        return result;
    }
}
