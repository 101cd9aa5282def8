using BenchmarkDotNet.Attributes;
using Trove.Consensus;

namespace Trove.Kernels.Bench;

/// <summary>What every answer of a live session costs.</summary>
[MemoryDiagnoser]
public class LiveBench
{
    private readonly double[] _posterior = new double[10];
    private readonly Vote[] _votes = [new(3, 0.8), new(3, 0.7), new(1, 0.6), new(3, 0.9), new(-1, 0.9), new(3, 0.5), new(0, 0.7)];
    private int _choice;

    [GlobalSetup]
    public void Setup() => Array.Fill(_posterior, 0.1);

    /// <summary>The choice goes round, so that the posterior stays in the middle of its range.</summary>
    [Benchmark]
    public void Posterior_takes_one_more_vote() =>
        Posterior.Update(_posterior, new Vote(_choice = (_choice + 1) % _posterior.Length, 0.8));

    [Benchmark]
    public void Posterior_of_seven_votes() => Posterior.Compute(_votes, 10, _posterior);

    [Benchmark]
    public Leading Majority_of_seven_votes() => Majority.Leading(_votes, 10);
}

/// <summary>What a fit over all answers costs: ten classes, five answers a task, two in five wrong.</summary>
[MemoryDiagnoser]
public class FitBench
{
    private AnswerMatrix _matrix = null!;

    [Params(150_000)]
    public int Answers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        int tasks = Answers / 5, workers = Math.Max(1, Answers / 150);
        int[] truth = [.. Enumerable.Range(0, tasks).Select(_ => random.Next(10))];
        _matrix = AnswerMatrix.From(
            [.. Enumerable.Range(0, Answers).Select(i => new Answer(
                i % tasks, random.Next(workers), random.NextDouble() < 0.6 ? truth[i % tasks] : random.Next(10)))],
            tasks, workers, classes: 10);
    }

    [Benchmark(Baseline = true)]
    public Aggregation Vote() => new MajorityAggregator().Run(_matrix);

    [Benchmark]
    public Aggregation Trove() => new TroveAggregator().Run(_matrix);

    [Benchmark]
    public Aggregation Dawid_skene() => new DawidSkeneAggregator().Run(_matrix);
}
