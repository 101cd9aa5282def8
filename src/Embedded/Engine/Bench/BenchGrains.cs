using System.Diagnostics;

namespace Trove.Embedded.Bench;

/// <summary>The small argument and reply of the bench.</summary>
[GenerateSerializer, Immutable, Alias("trove.bench.ball")]
internal sealed record Ball([property: Id(0)] int Number, [property: Id(1)] long SentAt);

/// <summary>Answers.</summary>
[Alias("trove.bench.returner")]
internal interface IReturnerGrain : IGrainWithStringKey
{
    [Alias("Return")]
    Task<Ball> Return(Ball ball);
}

/// <summary>Calls its own <see cref="IReturnerGrain"/> again and again, awaiting each reply.</summary>
[Alias("trove.bench.server")]
internal interface IServerGrain : IGrainWithStringKey
{
    /// <summary>Calls for the given milliseconds; the latencies of some of the calls in microseconds, and how many calls there were.</summary>
    [Alias("Play"), ResponseTimeout("01:00:00")]
    Task<Rally> Play(int milliseconds);
}

/// <summary>What one pair did.</summary>
[GenerateSerializer, Immutable, Alias("trove.bench.rally")]
internal sealed record Rally([property: Id(0)] long Calls, [property: Id(1)] double[] SampleMicros);

[GrainType("bench-returner")]
internal sealed class ReturnerGrain : Grain, IReturnerGrain
{
    private Ball? _last;

    public Task<Ball> Return(Ball ball)
    {
        _last = ball;
        return Task.FromResult(_last);
    }
}

[GrainType("bench-server")]
internal sealed class ServerGrain : Grain, IServerGrain
{
    private const int CallsPerSample = 16;

    public async Task<Rally> Play(int milliseconds)
    {
        var returner = GrainFactory.GetGrain<IReturnerGrain>(this.GetPrimaryKeyString());
        var samples = new List<double>();
        var end = Environment.TickCount64 + milliseconds;
        var calls = 0;
        while (Environment.TickCount64 < end)
        {
            var sent = Stopwatch.GetTimestamp();
            await returner.Return(new(calls, sent));
            if (++calls % CallsPerSample == 0) samples.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
        }

        return new(calls, [.. samples]);
    }
}
