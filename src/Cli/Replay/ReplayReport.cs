using System.Text.Json.Serialization;
using Trove.Cli.Output;

namespace Trove.Cli.Replay;

/// <summary>The outcome of <c>trove replay</c>: a stable JSON object.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="Workers">Workers, one SignalR client each.</param>
/// <param name="AnswersAvailable">Distinct (task, worker) of the data set.</param>
/// <param name="AnswersUsed">Answers counted.</param>
/// <param name="AnswersPerTask">Mean of answers counted.</param>
/// <param name="Accuracy">Over the tasks with gold; null without gold.</param>
/// <param name="Undecided">Tasks that closed without agreement; they count as their leading answer.</param>
/// <param name="Overshoot">Counted answers above a task's maximum or after its retirement.</param>
/// <param name="LabelsPerSecond">Counted answers in a second.</param>
/// <param name="P50Ms">Submit to acknowledgement, median.</param>
/// <param name="P99Ms">Submit to acknowledgement.</param>
/// <param name="AuditClean">Whether the records prove the invariants; null when they can't be seen from here.</param>
/// <param name="Policy">How many answers were asked for.</param>
/// <param name="Method">Whose outcome the accuracy is: the live one, or a method over the collected answers.</param>
/// <param name="Recalled">Answers refused because their task had retired.</param>
/// <param name="Errors">Answers that the server could not take.</param>
/// <param name="Seconds">From publishing to the last acknowledgement.</param>
internal sealed record ReplayReport(
    string Dataset,
    int Tasks,
    int Workers,
    int AnswersAvailable,
    int AnswersUsed,
    double AnswersPerTask,
    double? Accuracy,
    int Undecided,
    int Overshoot,
    double LabelsPerSecond,
    double P50Ms,
    double P99Ms,
    bool? AuditClean,
    string Policy,
    string Method,
    long Recalled,
    long Errors,
    double Seconds)
{
    /// <summary>Figures of a session on photographs; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PhotoFigures? Photos { get; init; }

    /// <summary>Share of the tasks that ended in agreement whose outcome is the gold one: about the confidence that the policy asks for. Null without gold.</summary>
    public double? DecidedAccuracy { get; init; }

    /// <summary>Whether the session kept its promises.</summary>
    [JsonIgnore]
    public bool Sound => Overshoot == 0 && AuditClean != false && Errors == 0;

    public void Show(Terminal terminal)
    {
        terminal.Show(
            $"Replay of {Dataset}, policy {Policy}",
            ("tasks", Tasks.Text()),
            ("workers", Workers.Text()),
            ("answers available", AnswersAvailable.Text()),
            ("answers used", AnswersUsed.Text()),
            ("answers per task", AnswersPerTask.Text()),
            ($"accuracy ({Method})", Accuracy.Text("P2")),
            ("accuracy of the decided tasks", DecidedAccuracy.Text("P2")),
            ("undecided tasks", Undecided.Text()),
            ("overshoot", Overshoot.Text()),
            ("answers recalled", Recalled.Text()),
            ("errors", Errors.Text()),
            ("labels per second", LabelsPerSecond.Text("N0")),
            ("submit to acknowledgement, p50", P50Ms.Text() + " ms"),
            ("submit to acknowledgement, p99", P99Ms.Text() + " ms"),
            ("audit clean", AuditClean.Text()));
        if (Photos is not null)
        {
            terminal.Say($"Contributors (stated accuracy {Photos.StatedAccuracy.Text("P0")}) downloaded and checked {Photos.Downloads.Text()} pictures, {Photos.DownloadedBytes.Text()} bytes.");
            foreach (var refused in Photos.Refused)
            {
                terminal.Say("Not taken in: " + refused);
            }
        }
    }
}
