using System.Reflection;
using Trove.Embedded.Hostility;

namespace Trove.Embedded;

/// <summary>How the engine runs.</summary>
public sealed class EmbeddedEngineOptions
{
    /// <summary>The assemblies whose grain classes the engine activates.</summary>
    public IList<Assembly> GrainAssemblies { get; } = [];

    /// <summary>How long a caller waits for a reply, in real time. The call itself goes on. Checked every 50 ms, so it may come that much late.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may be idle, in real time, before it is collected. Longer keeps more memory, shorter reads more records.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for.</summary>
    /// <value>1 minute.</value>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation may take to start, and how long to end, before it is given up and another may start.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for calls under way before it fails them.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The least period of a reminder.</summary>
    /// <value>1 minute.</value>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When set, the engine is as unkind as a cluster on a bad day. For tests.</summary>
    public HostileOptions? Hostile { get; set; }

    /// <summary>Turns on hostile mode with the default rates.</summary>
    public EmbeddedEngineOptions BeHostile(int seed)
    {
        Hostile = new() { Seed = seed };
        return this;
    }
}
