using System.Globalization;
using System.Text.RegularExpressions;
using Trove.Contracts.Projects;

namespace Trove.Cli.Replay;

/// <summary>
/// How many of the available answers a replay asks for: <c>all</c>, <c>fixed:N</c> or <c>dynamic[:MIN-MAX[@CONFIDENCE][,price:PRICE]]</c>. Without a maximum, dynamic
/// may ask for half of what there is, or for the house's maximum where that is more.
/// </summary>
/// <param name="Kind">Which rule.</param>
/// <param name="Minimum">Fewest answers.</param>
/// <param name="Maximum">Most answers; null for half of those there are.</param>
/// <param name="Confidence">Confidence that is enough.</param>
/// <param name="Price">Price of one more answer, as a share of what a wrong outcome costs.</param>
internal sealed partial record Policy(RedundancyKind Kind, int Minimum, int? Maximum, double Confidence, double Price = 0)
{
    /// <summary>The house's defaults of a dynamic task.</summary>
    private static readonly Redundancy Standard = new();

    /// <summary>Reads a policy; null when the text is none.</summary>
    public static Policy? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        if (text == "all")
        {
            return new Policy(RedundancyKind.All, 1, Redundancy.Limit, 1);
        }

        double? Share(string group) =>
            match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : null;
        int? Number(string group) =>
            match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : null;
        var policy = match.Groups["fixed"].Success
            ? new Policy(RedundancyKind.Fixed, Number("fixed") ?? 0, Number("fixed"), 1)
            : new Policy(
                RedundancyKind.Dynamic,
                Number("min") ?? Standard.Minimum,
                Number("max"),
                Share("confidence") ?? Standard.Confidence,
                Share("price") ?? 0);
        return policy.Minimum >= 1 && (policy.Maximum ?? Redundancy.Limit) is <= Redundancy.Limit and var maximum && maximum >= policy.Minimum && policy.Confidence is >= 0.5 and <= 1 && policy.Price is >= 0 and <= 1 ? policy : null;
    }

    /// <summary>The redundancy of a task that <paramref name="available"/> people can answer.</summary>
    public Redundancy For(int available) => new(
        Kind,
        Kind == RedundancyKind.All ? available : Math.Min(Minimum, available),
        Math.Min(Maximum ?? Math.Max(Standard.Maximum, (available + 1) / 2), available),
        Kind == RedundancyKind.Dynamic ? Confidence : Standard.Confidence,
        Price);

    /// <summary>As it is written.</summary>
    public override string ToString() => (Kind, Maximum) switch
    {
        (RedundancyKind.All, _) => "all",
        (RedundancyKind.Fixed, _) => string.Create(CultureInfo.InvariantCulture, $"fixed:{Maximum}"),
        (_, null) => "dynamic",
        _ => string.Create(CultureInfo.InvariantCulture, $"dynamic:{Minimum}-{Maximum}@{Confidence}") + (Price > 0 ? string.Create(CultureInfo.InvariantCulture, $",price:{Price}") : ""),
    };

    [GeneratedRegex("^(all|fixed:(?<fixed>[0-9]{1,4})|dynamic(:(?<min>[0-9]{1,4})-(?<max>[0-9]{1,4})(@(?<confidence>[01]?[.]?[0-9]{1,6}))?(,price:(?<price>[01]?[.]?[0-9]{1,6}))?)?)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
