using Trove.Cli.Measuring;

namespace Trove.Cli.Tests.Output;

public sealed class LatencyRecorderTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1)]
    public void A_percentile_is_within_a_hundredth_of_the_true_one(double share)
    {
        var chance = new Random(7);
        var recorder = new LatencyRecorder();
        var micros = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Pow(10, 1 + (6 * chance.NextDouble()))).ToArray();
        foreach (var value in micros)
        {
            recorder.Record(TimeSpan.FromMicroseconds(value));
        }

        var exact = micros.Order().ElementAt((int)Math.Ceiling(micros.Length * share) - 1) / 1000.0;
        Assert.InRange(recorder.PercentileMs(share), exact * 0.999, (exact * 1.01) + 0.001);
    }

    [Fact]
    public void Nothing_recorded_has_no_percentile() => Assert.True(double.IsNaN(new LatencyRecorder().PercentileMs(0.5)));

    [Fact]
    public void An_absurd_latency_is_kept_in_the_last_bucket()
    {
        var recorder = new LatencyRecorder();

        recorder.Record(TimeSpan.FromDays(3650));

        Assert.True(recorder.PercentileMs(1) > TimeSpan.FromDays(10).TotalMilliseconds);
    }
}
