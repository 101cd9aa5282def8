namespace Trove.Embedded.Hostility;

/// <summary>
/// How unkind the engine is. Each rate is a probability per occasion; zero turns that unkindness off.
/// Everything here happens on a cluster too, only seldom.
/// </summary>
public sealed class HostileOptions
{
    /// <summary>The seed of all decisions. Thread timing still varies, so it makes runs alike, not equal.</summary>
    public int Seed { get; set; }

    /// <summary>Whether messages, replies and state are copied through the wire form.</summary>
    public bool CopyMessages { get; set; } = true;

    /// <summary>How often a request is held back, so that others overtake it.</summary>
    public double DelayRate { get; set; } = 0.05;

    /// <summary>The longest that a request or a reply is held back.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How often a reply is lost after the call ran: the caller sees a time-out, at once rather than after the real one.
    /// Zero by default: only tests whose callers retry can bear it.
    /// </summary>
    public double LostReplyRate { get; set; }

    /// <summary>How often, per turn, an activation is deactivated.</summary>
    public double DeactivationRate { get; set; } = 0.002;

    /// <summary>
    /// How often, per turn, an activation loses its place in the directory and lives on beside the next one.
    /// Zero by default: its writes may conflict, so only tests whose callers retry can bear it.
    /// </summary>
    public double DuplicationRate { get; set; }

    /// <summary>Everything at once, for callers that retry.</summary>
    public static HostileOptions Chaos(int seed) => new() { Seed = seed, LostReplyRate = 0.01, DeactivationRate = 0.01, DuplicationRate = 0.005 };

    /// <summary>How long a duplicate lives on.</summary>
    public TimeSpan DuplicateLifetime { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the heap is collected while observers exist; zero for never.</summary>
    public TimeSpan CollectGarbageEvery { get; set; } = TimeSpan.FromMilliseconds(500);
}
