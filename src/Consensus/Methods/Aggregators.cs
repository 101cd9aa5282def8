namespace Trove.Consensus;

/// <summary>The methods there are.</summary>
public static class Aggregators
{
    /// <summary>All methods, the default first.</summary>
    public static IReadOnlyList<IAggregator> All { get; } =
    [
        new TroveAggregator(), new MajorityAggregator(), new WawaAggregator(), new ZeroBasedSkillAggregator(),
        new OneCoinAggregator(), new DawidSkeneAggregator(), new GladAggregator(),
    ];

    /// <summary>The method used when none is named.</summary>
    public static IAggregator Default => All[0];

    /// <summary>The method of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names those there are.</exception>
    public static IAggregator ByName(string name) =>
        All.FirstOrDefault(method => string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no method '{name}'; there are {string.Join(", ", All.Select(method => method.Name))}.", nameof(name));
}
