using System.Text.Json.Serialization;
using Trove.Cli.Output;

namespace Trove.Cli.Soak;

/// <summary>The outcome of <c>trove soak</c>: a stable JSON object.</summary>
/// <param name="Kills">Times the server was killed.</param>
/// <param name="Acknowledged">Answers that clients were told are counted.</param>
/// <param name="Lost">Of those, answers that are not on disk as they were given.</param>
/// <param name="Overshoot">Counted answers above a task's maximum, or after its retirement.</param>
/// <param name="DoubleSettled">Verdicts settled more than once.</param>
/// <param name="RecoverySeconds">Longest time from a kill to the first answer acknowledged after it.</param>
/// <param name="AuditClean">Whether the records prove every invariant.</param>
/// <param name="Errors">Answers that the server failed on, other than by being dead.</param>
/// <param name="Stranded">Tasks that were still open at the end although the project was closed.</param>
/// <param name="Seed">Seed of this run's chance.</param>
internal sealed record SoakReport(
    int Kills, long Acknowledged, long Lost, long Overshoot, long DoubleSettled, double RecoverySeconds, bool AuditClean, long Errors, long Stranded, int Seed)
{
    /// <summary>Whether every promise was kept.</summary>
    [JsonIgnore]
    public bool Sound => Lost == 0 && Overshoot == 0 && DoubleSettled == 0 && AuditClean && Stranded == 0;

    public void Show(Terminal terminal) => terminal.Show(
        "Soak",
        ("times killed", Kills.Text()),
        ("answers acknowledged", Acknowledged.Text()),
        ("lost", Lost.Text()),
        ("overshoot", Overshoot.Text()),
        ("settled twice", DoubleSettled.Text()),
        ("longest recovery", RecoverySeconds.Text() + " s"),
        ("tasks left open by the close", Stranded.Text()),
        ("errors", Errors.Text()),
        ("audit clean", ((bool?)AuditClean).Text()),
        ("seed", Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
