using System.Text.Json;
using Trove.Cli.Aggregation;
using Trove.Cli.Bench;
using Trove.Cli.Output;
using Trove.Cli.Replay;
using Trove.Cli.Soak;

namespace Trove.Cli.Tests.Output;

/// <summary>Programs read these keys; they stay.</summary>
public sealed class JsonKeysTests
{
    [Fact]
    public void Replay_has_its_keys() => AssertKeys(
        new ReplayReport("d", 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, true, "all", "live", 0, 0, 1),
        "dataset tasks workers answersAvailable answersUsed answersPerTask accuracy undecided overshoot labelsPerSecond p50Ms p99Ms auditClean");

    [Fact]
    public void Aggregate_has_its_keys() => AssertKeys(new AggregateReport("d", "m", 1, 1, 1, 1), "dataset method tasks answers accuracy seconds");

    [Fact]
    public void Bench_live_has_its_keys() => AssertKeys(
        new LiveReport(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, true, 1, [1], [1], 1, 1, 1),
        "contributors labels labelsPerSecond echoPerSecond ratio p50Ms p99Ms bytesPerContributor errors auditClean refillP99Ms writesPerLabel");

    [Fact]
    public void Bench_engine_has_its_keys() => AssertKeys(
        new EngineReport("embedded", 1, 1, 1, 1, 1), "engine callsPerSecond p99Micros bytesPerActivation activationsPerSecond");

    [Fact]
    public void Bench_scale_has_its_keys()
    {
        var report = new ScaleReport([new ScaleRow(1, 1, 1, 1)], 1);

        AssertKeys(report, "rows growth");
        AssertKeys(report.Rows[0], "tasks importSeconds cpuMicrosPerLabel bytesPerTask");
    }

    [Fact]
    public void Soak_has_its_keys() => AssertKeys(
        new SoakReport(1, 1, 0, 0, 0, 1, true, 0, 0, 1), "kills acknowledged lost overshoot doubleSettled recoverySeconds auditClean");

    [Fact]
    public void What_is_not_a_number_is_null_and_a_report_is_one_line()
    {
        var line = JsonLine.Of(new { Nothing = double.NaN, Third = 1.0 / 3, Text = "a\nb" });

        Assert.Equal("""{"nothing":null,"third":0.333333,"text":"a\nb"}""", line);
    }

    private static void AssertKeys<T>(T report, string keys)
    {
        var found = JsonDocument.Parse(JsonLine.Of(report)).RootElement.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(keys.Split(' '), key => Assert.Contains(key, found));
    }
}
