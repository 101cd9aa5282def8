using System.Text.Json;
using System.Text.Json.Serialization;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>The outcome of <c>trove aggregate</c>: a stable JSON object. What was not asked for is left out.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Tasks">Tasks with at least one answer.</param>
/// <param name="Answers">Distinct (task, worker).</param>
/// <param name="Accuracy">Share of the tasks with gold whose leading label is the gold one, a tie counted for its part; null without gold.</param>
/// <param name="Seconds">Of the method alone, the files already read; the best of the runs asked for.</param>
internal sealed record AggregateReport(string Dataset, string Method, int Tasks, int Answers, double? Accuracy, double Seconds)
{
    /// <summary>Share of held-out answers that name the leading class.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeldOutAgreement { get; init; }

    /// <summary>Mean logarithm of the probability of held-out answers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeldOutLogScore { get; init; }

    /// <summary>Expected calibration error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CalibrationError { get; init; }

    /// <summary>Ten bins of confidence.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CalibrationBin>? Calibration { get; init; }

    /// <summary>Answers a policy asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AnswersUsed { get; init; }

    /// <summary>How far the workers agree.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgreementReport? Agreement { get; init; }

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AggregateJson.Default.AggregateReport);
}

/// <summary>What to find out besides the outcome.</summary>
/// <param name="BestOf">Runs to take the shortest of.</param>
/// <param name="Folds">Folds of held-out answers; 0 for none.</param>
/// <param name="Calibration">Whether to compare confidence with gold.</param>
/// <param name="Seed">Of the deal into folds, and of the order of arrival under a policy.</param>
internal sealed record AggregateQuestions(int BestOf = 1, int Folds = 0, bool Calibration = false, int Seed = 1);

/// <summary>Consensus of all answers of a crowd data set, offline.</summary>
internal sealed class AggregateRun(TimeProvider clock)
{
    /// <summary>Runs one method over one data set.</summary>
    public AggregateReport Execute(CrowdData data, IAggregator method, AggregateQuestions? questions = null)
    {
        questions ??= new AggregateQuestions();
        AnswerMatrix answers = data.ToMatrix();
        (Consensus.Aggregation outcome, double seconds) = Timed(() => Refusable(() => method.Run(answers)), questions.BestOf);
        Calibration? calibration = questions.Calibration && data.Gold.Count > 0 ? Calibration.Of(outcome, data.Gold) : null;
        CrossValidation? heldOut = questions.Folds > 0 ? CrossValidation.Run(answers, questions.Folds, method, questions.Seed) : null;
        return new AggregateReport(data.Name, method.Name, data.Tasks.Count, data.Answers.Count, Accuracy(data, outcome), seconds)
        {
            HeldOutAgreement = heldOut?.Agreement,
            HeldOutLogScore = heldOut?.LogScore,
            CalibrationError = calibration?.Error,
            Calibration = calibration?.Bins,
        };
    }

    /// <summary>Runs a quorum policy with the live method over the answers, in the file's order or, with a seed, in a random one.</summary>
    public AggregateReport Execute(CrowdData data, QuorumPolicy policy, int? seed, AggregateQuestions questions)
    {
        Answer[] arrivals = [.. data.Answers];
        if (seed is { } random)
        {
            new Random(random).Shuffle(arrivals);
        }

        (QuorumTrial trial, double seconds) = Timed(
            () => Refusable(() => QuorumTrial.Run(arrivals, policy, data.Tasks.Count, data.Workers.Count, Math.Max(1, data.Labels.Count))), questions.BestOf);
        Calibration? calibration = questions.Calibration && data.Gold.Count > 0 ? Calibration.Of(trial.Outcome, data.Gold) : null;
        return new AggregateReport(
            data.Name, $"{Aggregators.Default.Name} {policy}", data.Tasks.Count, data.Answers.Count, Accuracy(data, trial.Outcome), seconds)
        {
            AnswersUsed = trial.Used,
            CalibrationError = calibration?.Error,
            Calibration = calibration?.Bins,
        };
    }

    /// <summary>A method that has no room for so many classes says so in a sentence; a stack trace would add nothing.</summary>
    private static T Refusable<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (NotSupportedException fault)
        {
            throw new CommandException(fault.Message, fault);
        }
    }

    private (T Outcome, double Seconds) Timed<T>(Func<T> work, int runs)
    {
        T outcome = default!;
        double best = double.PositiveInfinity;
        for (int run = 0; run < runs; run++)
        {
            long start = clock.GetTimestamp();
            outcome = work();
            best = Math.Min(best, clock.GetElapsedTime(start).TotalSeconds);
        }

        return (outcome, best);
    }

    /// <summary>Share of the tasks with gold whose leading label is the gold one, a tie counted for its part; null without gold.</summary>
    public static double? Accuracy(CrowdData data, Consensus.Aggregation outcome) => data.Gold.Count == 0
        ? null
        : data.Gold.Average(gold => Leading.ShareOf(outcome.PosteriorOf(gold.Key), gold.Value));
}

[JsonSerializable(typeof(AggregateReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class AggregateJson : JsonSerializerContext;
