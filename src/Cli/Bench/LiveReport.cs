using System.Text.Json.Serialization;
using Trove.Cli.Output;

namespace Trove.Cli.Bench;

/// <summary>The outcome of <c>trove bench live</c>: a stable JSON object.</summary>
/// <param name="Contributors">Contributors at work.</param>
/// <param name="Labels">Labels acknowledged in all phases.</param>
/// <param name="LabelsPerSecond">Labels committed, acknowledged and refilled in a second: median of the label blocks.</param>
/// <param name="EchoPerSecond">Raw SignalR echoes in a second: median of the echo blocks.</param>
/// <param name="Ratio">The former over the latter.</param>
/// <param name="P50Ms">Submit to acknowledgement at half the rate, median.</param>
/// <param name="P99Ms">Submit to acknowledgement at half the rate.</param>
/// <param name="RefillP99Ms">Submit to the refill's offer at half the rate.</param>
/// <param name="BytesPerContributor">Growth of the server's resident memory after a full collection, per connection; null when not measured.</param>
/// <param name="WritesPerLabel">Records written per label; null when the server does not count.</param>
/// <param name="MissingOnDisk">Acknowledged labels that are not on disk.</param>
/// <param name="Errors">Answers that were not taken.</param>
/// <param name="AuditClean">Whether the records prove the invariants.</param>
/// <param name="OpenLoopPerSecond">The rate of the open-loop phase.</param>
/// <param name="LabelBlocks">Labels per second, block by block.</param>
/// <param name="EchoBlocks">Echoes per second, block by block.</param>
/// <param name="CpuMicrosPerLabel">Processor time of server and load driver per label, in microseconds: what the ratio is made of.</param>
/// <param name="CpuMicrosPerEcho">The same per echo.</param>
/// <param name="AllocatedPerLabel">Bytes that the server allocates per label; null when it does not count.</param>
internal sealed record LiveReport(
    int Contributors,
    long Labels,
    double LabelsPerSecond,
    double EchoPerSecond,
    double Ratio,
    double P50Ms,
    double P99Ms,
    double RefillP99Ms,
    double? BytesPerContributor,
    double? WritesPerLabel,
    long MissingOnDisk,
    long Errors,
    bool? AuditClean,
    double OpenLoopPerSecond,
    double[] LabelBlocks,
    double[] EchoBlocks,
    double CpuMicrosPerLabel,
    double CpuMicrosPerEcho,
    double? AllocatedPerLabel)
{
    /// <summary>What the first of the errors said.</summary>
    [JsonIgnore]
    public string? FirstTrouble { get; init; }

    /// <summary>Whether every promise was kept; speed is for the reader to judge.</summary>
    [JsonIgnore]
    public bool Sound => MissingOnDisk == 0 && Errors == 0 && AuditClean != false;

    public void Show(Terminal terminal)
    {
        terminal.Show(
            "Live labelling",
            ("contributors", Contributors.Text()),
            ("labels", Labels.Text()),
            ("labels per second", LabelsPerSecond.Text("N0")),
            ("raw echoes per second", EchoPerSecond.Text("N0")),
            ("ratio", Ratio.Text("N3")),
            ("processor time per label, per echo", $"{CpuMicrosPerLabel.Text("N0")} µs, {CpuMicrosPerEcho.Text("N0")} µs"),
            ("allocated by the server per label", AllocatedPerLabel.Text("N0") + " bytes"),
            ($"at {OpenLoopPerSecond.Text("N0")} labels/s: acknowledgement, p50", P50Ms.Text() + " ms"),
            ($"at {OpenLoopPerSecond.Text("N0")} labels/s: acknowledgement, p99", P99Ms.Text() + " ms"),
            ($"at {OpenLoopPerSecond.Text("N0")} labels/s: refill, p99", RefillP99Ms.Text() + " ms"),
            ("memory per connected contributor", BytesPerContributor.Text("N0") + " bytes"),
            ("record writes per label", WritesPerLabel.Text()),
            ("acknowledged, not on disk", MissingOnDisk.Text()),
            ("errors", Errors.Text()),
            ("audit clean", AuditClean.Text()));
        if (FirstTrouble is not null)
        {
            terminal.Say("First error: " + FirstTrouble);
        }
    }
}
