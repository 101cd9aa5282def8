using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>What a method makes of the answers that a policy asks for, as a mean over orders of arrival.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Policy">The quorum policy, as one writes it.</param>
/// <param name="AnswersPerTask">Answers asked for.</param>
/// <param name="Accuracy">Share of the tasks with gold whose leading label is the gold one, a tie counted for its part.</param>
/// <param name="DecidedRight">The same among the tasks that are as sure as a dynamic policy asks: what its confidence is worth. Null for other policies, and where no task is.</param>
internal sealed record CurvePoint(string Method, string Policy, double AnswersPerTask, double Accuracy, double? DecidedRight = null);

/// <summary>How accurate methods and policies are for what they cost: a data set's answers come in random orders, and each policy takes what it asks for.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Tasks">Its tasks.</param>
/// <param name="Answers">Its answers.</param>
/// <param name="Seeds">Orders of arrival, shuffled with the seeds from one to this.</param>
/// <param name="Points">Method after method; within one, from few answers to many.</param>
internal sealed record AccuracyCurve(string Dataset, int Tasks, int Answers, int Seeds, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>The method that counts.</summary>
    public const string Vote = "majority";

    /// <summary>The classical method that learns what each contributor is worth.</summary>
    public const string Skill = "dawid-skene";

    /// <summary>Answers a task: dense where each one tells much.</summary>
    private static readonly int[] Ladder = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500, 700];

    private static readonly double[] Confidences = [0.7, 0.8, 0.85, 0.9, 0.95, 0.98];

    private static readonly IAggregator[] Classical = [Aggregators.ByName(Vote), Aggregators.ByName(Skill)];

    /// <summary>Runs every policy over every order.</summary>
    /// <exception cref="CrowdDataException">The data set has no gold.</exception>
    public static AccuracyCurve Of(CrowdData data, int seeds)
    {
        if (data.Gold.Count == 0)
        {
            throw new CrowdDataException($"{data.Name}: a curve of accuracy needs gold.csv with the labels of answered tasks.");
        }

        Answer[][] orders = [.. Enumerable.Range(1, seeds).Select(seed => Shuffled(data, seed))];
        int most = Math.Min(QuorumPolicy.HighestRedundancy, data.Answers.CountBy(answer => answer.Task).Max(task => task.Value));
        CurvePoint[] points =
        [
            .. Ladder.Where(k => k < most).Append(most).SelectMany(k => PointsOf(data, QuorumPolicy.Fixed(k), orders, Classical)),
            .. Confidences.SelectMany(sure => PointsOf(data, QuorumPolicy.Dynamic(Math.Min(QuorumPolicy.Default.Minimum, most), most, sure), orders, [])),
        ];
        return new AccuracyCurve(data.Name, data.Tasks.Count, data.Answers.Count, seeds, [.. points.GroupBy(LineOf).SelectMany(line => line)]);
    }

    /// <summary>Points that belong on one line: of one method, under one kind of policy.</summary>
    public static (string Method, bool IsDynamic) LineOf(CurvePoint point) =>
        (point.Method, point.Policy.StartsWith("dynamic", StringComparison.Ordinal));

    private static IEnumerable<CurvePoint> PointsOf(CrowdData data, QuorumPolicy policy, Answer[][] orders, IAggregator[] besides)
    {
        QuorumTrial[] trials = Array.ConvertAll(
            orders, order => QuorumTrial.Run(order, policy, data.Tasks.Count, data.Workers.Count, data.Labels.Count));
        double answers = trials.Average(trial => (double)trial.Used / data.Tasks.Count);
        foreach (IAggregator method in besides)
        {
            yield return new CurvePoint(
                method.Name, policy.ToString(), answers, trials.Average(trial => AggregateRun.Accuracy(data, method.Run(trial.Answers)) ?? 0));
        }

        yield return new CurvePoint(
            Aggregators.Default.Name, policy.ToString(), answers, trials.Average(trial => AggregateRun.Accuracy(data, trial.Outcome) ?? 0),
            policy.Kind == QuorumKind.Dynamic ? DecidedRight(data, policy.Confidence, trials) : null);
    }

    private static double? DecidedRight(CrowdData data, double confidence, QuorumTrial[] trials) => trials
        .SelectMany(trial => data.Gold, (trial, gold) => (Leading: trial.Outcome.LeadingOf(gold.Key), Gold: gold.Value))
        .Where(task => task.Leading.Confidence >= confidence && !task.Leading.Tie)
        .Average(task => task.Leading.Choice == task.Gold ? 1.0 : (double?)0);

    private static Answer[] Shuffled(CrowdData data, int seed)
    {
        Answer[] arrivals = [.. data.Answers];
        new Random(seed).Shuffle(arrivals);
        return arrivals;
    }
}
