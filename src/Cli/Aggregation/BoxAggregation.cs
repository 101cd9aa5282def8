using System.Collections.Immutable;
using System.Globalization;
using Spectre.Console;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>The outcome of <c>trove aggregate</c> on boxes; shares are 0..1, null without gold.</summary>
/// <param name="Accuracy">F1 at an overlap of one half, over all gold images.</param>
/// <param name="MeanIou">Mean overlap of the boxes that are right.</param>
/// <param name="BestAnnotatorF1">The best contributor's, on the gold images they answered, of those who answered a tenth of them.</param>
/// <param name="PlainClusteringF1">What <see cref="PlainBoxes"/> reaches.</param>
/// <param name="Seconds">Of the method alone, the files already read; the best of five.</param>
internal sealed record BoxReport(
    string Dataset, string Method, int Tasks, int Answers, double? Accuracy, double Seconds,
    double? Precision, double? Recall, double? MeanIou, double? BestAnnotatorF1, double? PlainClusteringF1);

/// <summary><c>trove aggregate</c> on a folder whose labels are boxes: <c>x1 y1 x2 y2</c>, joined by <c>;</c>.</summary>
internal sealed class BoxAggregation
{
    private const string Method = "boxes";

    /// <summary>The fastest counts: the first is mostly the compiler's time.</summary>
    private const int Runs = 5;

    private readonly CrowdData _data;
    private readonly ImmutableArray<Box>[] _labels;

    private BoxAggregation(CrowdData data, ImmutableArray<Box>[] labels) => (_data, _labels) = (data, labels);

    /// <summary>The folder as boxes; null when its labels are something else.</summary>
    public static BoxAggregation? Of(CrowdData data)
    {
        var labels = new ImmutableArray<Box>[data.Labels.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (Parse(data.Labels[i]) is not { } boxes)
            {
                return null;
            }

            labels[i] = boxes;
        }

        return Array.Exists(labels, boxes => boxes.Length > 0) ? new BoxAggregation(data, labels) : null;
    }

    /// <summary>Runs, and shows the figures.</summary>
    public void Report(Terminal terminal)
    {
        BoxReport report = Run(TimeProvider.System);
        terminal.Show(
            $"{report.Dataset}: {report.Answers.Text()} answers of {report.Tasks.Text()} images",
            ("F1 at overlap 0.5", report.Accuracy.Text("N4")),
            ("precision", report.Precision.Text("N4")),
            ("recall", report.Recall.Text("N4")),
            ("mean overlap of what is right", report.MeanIou.Text("N4")),
            ("F1 of the best annotator", report.BestAnnotatorF1.Text("N4")),
            ("F1 of plain clustering", report.PlainClusteringF1.Text("N4")),
            ("seconds", report.Seconds.Text("N4")));
        terminal.Report(report);
    }

    internal BoxReport Run(TimeProvider clock)
    {
        BoxAnswer[] answers = [.. _data.Answers.Select(answer => new BoxAnswer(answer.Task, answer.Worker, _labels[answer.Label]))];
        (BoxOutcome outcome, double seconds) = Timed(answers, clock);
        var report = new BoxReport(_data.Name, Method, _data.Tasks.Count, answers.Length, null, seconds, null, null, null, null, null);
        if (_data.Gold.Count == 0)
        {
            return report;
        }

        BoxScore score = Score(_data.Gold.Keys, task => [.. outcome.Images[task].Where(found => found.Accepted).Select(found => found.Box)]);
        ILookup<int, BoxAnswer> byTask = answers.ToLookup(answer => answer.Task);
        BoxScore plain = Score(_data.Gold.Keys, task => PlainBoxes.Cluster([.. byTask[task].Select(answer => answer.Boxes)]));
        return report with
        {
            Accuracy = score.F1,
            Precision = score.Precision,
            Recall = score.Recall,
            MeanIou = score.MeanOverlap,
            BestAnnotatorF1 = BestAnnotator(answers),
            PlainClusteringF1 = plain.F1,
        };
    }

    private (BoxOutcome Outcome, double Seconds) Timed(BoxAnswer[] answers, TimeProvider clock)
    {
        (BoxOutcome? outcome, double seconds) = (null, double.PositiveInfinity);
        for (int run = 0; run < Runs; run++)
        {
            long start = clock.GetTimestamp();
            outcome = BoxConsensus.Run(answers, _data.Tasks.Count, _data.Workers.Count);
            seconds = Math.Min(seconds, clock.GetElapsedTime(start).TotalSeconds);
        }

        return (outcome!, seconds);
    }

    private double? BestAnnotator(BoxAnswer[] answers) => answers
        .Where(answer => _data.Gold.ContainsKey(answer.Task))
        .GroupBy(answer => answer.Contributor)
        .Where(group => group.Count() * 10 >= _data.Gold.Count)
        .Select(group => group.ToDictionary(answer => answer.Task, answer => answer.Boxes))
        .Max(drawn => (double?)Score(drawn.Keys, task => drawn[task]).F1);

    private BoxScore Score(IEnumerable<int> tasks, Func<int, ImmutableArray<Box>> found) =>
        tasks.Aggregate(default(BoxScore), (sum, task) => sum + BoxScore.Of(found(task).AsSpan(), _labels[_data.Gold[task]].AsSpan()));

    private static ImmutableArray<Box>? Parse(string label)
    {
        var boxes = ImmutableArray.CreateBuilder<Box>();
        foreach (string part in label.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] numbers = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var edges = new double[4];
            if (numbers.Length != edges.Length)
            {
                return null;
            }

            for (int i = 0; i < numbers.Length; i++)
            {
                if (!double.TryParse(numbers[i], NumberStyles.Float, CultureInfo.InvariantCulture, out edges[i]))
                {
                    return null;
                }
            }

            boxes.Add(Box.Between(edges[0], edges[1], edges[2], edges[3]));
        }

        return boxes.ToImmutable();
    }
}
