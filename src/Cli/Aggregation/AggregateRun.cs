using System.Text.Json;
using System.Text.Json.Serialization;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>The outcome of <c>trove aggregate</c>: a stable JSON object.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Tasks">Tasks with at least one answer.</param>
/// <param name="Answers">Distinct (task, worker).</param>
/// <param name="Accuracy">Share of the tasks with gold whose leading label is the gold one, a tie counted for its part; null without gold.</param>
/// <param name="Seconds">Of the method alone, the files already read.</param>
internal sealed record AggregateReport(string Dataset, string Method, int Tasks, int Answers, double? Accuracy, double Seconds)
{
    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AggregateJson.Default.AggregateReport);
}

/// <summary>Consensus of all answers of a crowd data set, offline.</summary>
internal sealed class AggregateRun(TimeProvider clock)
{
    /// <summary>Runs one method over one data set.</summary>
    public AggregateReport Execute(CrowdData data, IAggregator method)
    {
        AnswerMatrix answers = data.ToMatrix();
        long start = clock.GetTimestamp();
        Consensus.Aggregation outcome = method.Run(answers);
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new AggregateReport(data.Name, method.Name, data.Tasks.Count, data.Answers.Count, Accuracy(data, outcome), seconds);
    }

    private static double? Accuracy(CrowdData data, Consensus.Aggregation outcome) => data.Gold.Count == 0
        ? null
        : data.Gold.Average(gold => ShareOfLead(outcome.PosteriorOf(gold.Key), gold.Value));

    /// <summary>1 when the class leads alone, its part when it ties: whose label sorts first is luck, not skill.</summary>
    private static double ShareOfLead(ReadOnlySpan<double> posterior, int choice)
    {
        Leading leading = Leading.Of(posterior);
        int leaders = 0;
        foreach (double p in posterior)
        {
            leaders += Leading.Ties(p, leading.Confidence) ? 1 : 0;
        }

        return Leading.Ties(posterior[choice], leading.Confidence) ? 1.0 / leaders : 0;
    }
}

[JsonSerializable(typeof(AggregateReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class AggregateJson : JsonSerializerContext;
