using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Trove.Consensus;

/// <summary>When a task has answers enough.</summary>
public enum QuorumKind
{
    /// <summary>Every answer the task's own redundancy allows.</summary>
    All,

    /// <summary>A fixed number of answers.</summary>
    Fixed,

    /// <summary>From a minimum to a maximum, for as long as confidence is low.</summary>
    Dynamic,
}

/// <summary>What a task does after an answer.</summary>
public enum QuorumMove
{
    /// <summary>It goes on as it is: slots are still free or at work.</summary>
    Open,

    /// <summary>It asks for one answer more than before.</summary>
    Grow,

    /// <summary>It takes no more answers.</summary>
    Retire,
}

/// <summary>The decision after an answer.</summary>
/// <param name="Move">What to do.</param>
/// <param name="Target">Answers the task wants from now on.</param>
/// <param name="Undecided">The task retires without a consensus; see <see cref="QuorumPolicy.Decide"/>.</param>
public readonly record struct QuorumDecision(QuorumMove Move, int Target, bool Undecided);

/// <summary>The rule that says how many answers a task gets. Immutable, always valid.</summary>
public sealed record QuorumPolicy
{
    /// <summary>The highest redundancy a task may have.</summary>
    public const int HighestRedundancy = 1000;

    private QuorumPolicy(QuorumKind kind, int minimum, int maximum, double confidence, double price = 0) =>
        (Kind, Minimum, Maximum, Confidence, Price) = (kind, minimum, maximum, confidence, price);

    /// <summary>Which rule.</summary>
    public QuorumKind Kind { get; }

    /// <summary>Answers before which a task never retires by quorum; also its first target.</summary>
    public int Minimum { get; }

    /// <summary>Answers which a task never exceeds.</summary>
    public int Maximum { get; }

    /// <summary>Posterior probability that ends a <see cref="QuorumKind.Dynamic"/> task early, 0.5 to 1; 0 for the other kinds.</summary>
    public double Confidence { get; }

    /// <summary>
    /// Price of one more answer, as a share of what a wrong outcome costs, 0 to 1. Above zero, a <see cref="QuorumKind.Dynamic"/>
    /// task also ends where the expected loss of ending, which is what confidence lacks of one, is below it.
    /// </summary>
    public double Price { get; }

    /// <summary>All answers: the task's own redundancy, set by <see cref="WithRedundancy"/>, is the only bound.</summary>
    public static QuorumPolicy All { get; } = new(QuorumKind.All, HighestRedundancy, HighestRedundancy, 0);

    /// <summary>3 to 7 answers, until 0.95 sure.</summary>
    public static QuorumPolicy Default { get; } = Dynamic(3, 7, 0.95);

    /// <summary>Exactly <paramref name="answers"/> answers.</summary>
    public static QuorumPolicy Fixed(int answers) =>
        Checked(QuorumKind.Fixed, answers, answers, 0) ?? throw new ArgumentOutOfRangeException(nameof(answers), answers, Bounds);

    /// <summary>From <paramref name="minimum"/> to <paramref name="maximum"/> answers, until <paramref name="confidence"/> sure.</summary>
    public static QuorumPolicy Dynamic(int minimum, int maximum, double confidence) =>
        Checked(QuorumKind.Dynamic, minimum, maximum, confidence)
        ?? throw new ArgumentOutOfRangeException(nameof(confidence), $"{minimum}-{maximum}@{confidence}", Bounds);

    /// <summary>This policy with a price on each answer beyond the minimum.</summary>
    public QuorumPolicy WithPrice(double price) =>
        Checked(Kind, Minimum, Maximum, Confidence, price) ?? throw new ArgumentOutOfRangeException(nameof(price), price, Bounds);

    /// <summary>This policy for a task with a redundancy of its own: that is then its maximum (for all and fixed: its exact number).</summary>
    public QuorumPolicy WithRedundancy(int maximum) => Kind switch
    {
        QuorumKind.Dynamic => Dynamic(Math.Min(Minimum, maximum), maximum, Confidence).WithPrice(Price),
        _ => Checked(Kind, maximum, maximum, 0) ?? throw new ArgumentOutOfRangeException(nameof(maximum), maximum, Bounds),
    };

    /// <summary>Decides after an answer.</summary>
    /// <param name="answers">Answers counted so far, those that were not sure included.</param>
    /// <param name="target">Answers wanted so far.</param>
    /// <param name="confidence">Posterior probability of the leading class.</param>
    /// <param name="tie">Whether that class leads only by the schema's order.</param>
    /// <remarks>
    /// <para>All and fixed retire at their number; undecided means a tie.</para>
    /// <para>Dynamic retires from the minimum on as soon as confidence reaches the threshold without a tie. At its target
    /// it grows by one, up to the maximum; there it retires, undecided when confidence is still under the threshold.</para>
    /// <para>With a price it also retires from the minimum on when the expected loss of ending is below the price: what confidence lacks
    /// of one, since a wrong outcome costs one. That too is undecided under the threshold.</para>
    /// </remarks>
    public QuorumDecision Decide(int answers, int target, double confidence, bool tie)
    {
        // A confidence that is not a number fails the comparison: the task stays in doubt, it does not retire on it.
        bool agreed = Kind == QuorumKind.Dynamic ? confidence >= Confidence && !tie : !tie;
        target = Math.Clamp(target, Minimum, Maximum);
        if (answers >= Maximum)
        {
            return new QuorumDecision(QuorumMove.Retire, target, Undecided: !agreed);
        }

        if (Kind == QuorumKind.Dynamic && answers >= Minimum)
        {
            if (agreed || 1 - confidence < Price)
            {
                return new QuorumDecision(QuorumMove.Retire, target, Undecided: !agreed);
            }

            if (answers >= target)
            {
                return new QuorumDecision(QuorumMove.Grow, answers + 1, Undecided: false);
            }
        }

        return new QuorumDecision(QuorumMove.Open, target, Undecided: false);
    }

    /// <summary>
    /// Reads <c>all</c>, <c>fixed:3</c>, <c>dynamic</c>, <c>dynamic:3-7</c>, <c>dynamic:3-7@0.95</c> or, with a price on an answer,
    /// <c>dynamic:3-7@0.95,price:0.01</c>.
    /// </summary>
    /// <exception cref="FormatException">The text is none of these; the message says what is wrong with it.</exception>
    public static QuorumPolicy Parse(string text) =>
        TryParse(text, out QuorumPolicy? policy, out string? error) ? policy : throw new FormatException(error);

    /// <summary>As <see cref="Parse"/>, with the error as a value.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out QuorumPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().Split(':', 2);
        policy = (parts[0], parts.ElementAtOrDefault(1)) switch
        {
            ("all", null) => All,
            ("dynamic", null) => Default,
            ("fixed", { } count) when TryCount(count, out int n) => Checked(QuorumKind.Fixed, n, n, 0),
            ("dynamic", { } range) => ParseRange(range),
            _ => null,
        };
        error = policy is null ? $"'{text}' is not a quorum policy: write all, fixed:3, dynamic, dynamic:3-7@0.95 or dynamic:3-7@0.95,price:0.01, where {Bounds}." : null;
        return policy is not null;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        QuorumKind.All => "all",
        QuorumKind.Fixed => string.Create(CultureInfo.InvariantCulture, $"fixed:{Maximum}"),
        _ when Price > 0 => string.Create(CultureInfo.InvariantCulture, $"dynamic:{Minimum}-{Maximum}@{Confidence},price:{Price}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"dynamic:{Minimum}-{Maximum}@{Confidence}"),
    };

    private static string Bounds =>
        $"1 <= minimum <= maximum <= {HighestRedundancy} answers, 0.5 <= confidence <= 1 and 0 <= price <= 1";

    private static QuorumPolicy? ParseRange(string text)
    {
        const string PriceMark = ",price:";
        int mark = text.IndexOf(PriceMark, StringComparison.Ordinal);
        double price = 0;
        if (mark >= 0)
        {
            if (!double.TryParse(text.AsSpan(mark + PriceMark.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out price))
            {
                return null;
            }

            text = text[..mark];
        }

        string[] parts = text.Split('@', 2);
        double confidence = Default.Confidence;
        return parts[0].Split('-') is [var low, var high] && TryCount(low, out int minimum) && TryCount(high, out int maximum)
            && (parts.Length == 1 || double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out confidence))
            ? Checked(QuorumKind.Dynamic, minimum, maximum, confidence, price)
            : null;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static QuorumPolicy? Checked(QuorumKind kind, int minimum, int maximum, double confidence, double price = 0)
    {
        bool valid = minimum >= 1 && minimum <= maximum && maximum <= HighestRedundancy
            && (kind != QuorumKind.Dynamic || confidence is >= 0.5 and <= 1) && price is >= 0 and <= 1
            && (price == 0 || kind == QuorumKind.Dynamic);
        return valid ? new QuorumPolicy(kind, minimum, maximum, confidence, price) : null;
    }
}
