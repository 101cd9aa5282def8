namespace Trove.Grains.Contributors;

/// <summary>Knobs of all contributors.</summary>
public sealed class ContributorOptions
{
    /// <summary>
    /// How long verdicts wait for company before they are written. Longer: fewer writes per label; shorter: rewards show sooner.
    /// </summary>
    public TimeSpan SettleJoin { get; init; } = TimeSpan.FromMilliseconds(250);
}
