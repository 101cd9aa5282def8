using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>One counted answer to a question that allows any number of options.</summary>
/// <param name="Options">Indices of the options ticked, in any order. None is an answer too: none applies.</param>
/// <param name="Reliability">Chance that this contributor is right about one option.</param>
/// <param name="NotSure">The answer is counted but carries no evidence.</param>
public readonly record struct Selection(ImmutableArray<int> Options, double Reliability, bool NotSure = false);

/// <summary>The set of options that leads.</summary>
/// <param name="Options">Indices of the options that belong, ascending. An option at exactly one half stays out.</param>
/// <param name="Confidence">Chance that the whole set is right: the product over the options, each taken for independent.</param>
/// <param name="Tie">Some option is at exactly one half.</param>
public readonly record struct LeadingSet(ImmutableArray<int> Options, double Confidence, bool Tie);

/// <summary>Multiple choice as independent yes/no questions, one for each option, each with the posterior of <see cref="Posterior"/>.</summary>
public static class MultiChoice
{
    /// <summary>Probability that each option belongs, each with a prior of one half.</summary>
    /// <param name="selections">The counted answers; their order does not matter.</param>
    /// <param name="chances">Receives a probability for each option; its length is the number of options.</param>
    /// <exception cref="ArgumentOutOfRangeException">A selection names an option that does not exist.</exception>
    public static void Compute(ReadOnlySpan<Selection> selections, Span<double> chances)
    {
        chances.Clear();
        Span<bool> ticked = chances.Length <= 256 ? stackalloc bool[chances.Length] : new bool[chances.Length];
        foreach (Selection selection in selections)
        {
            double evidence = Read(selection, ticked);
            for (int o = 0; o < chances.Length; o++)
            {
                chances[o] += ticked[o] ? evidence : -evidence;
            }
        }

        foreach (ref double chance in chances)
        {
            chance = Chance(chance);
        }
    }

    /// <summary>Takes one more answer in; equal to <see cref="Compute"/> as far as a chance that near to one leaves digits for its opposite.</summary>
    public static void Update(Span<double> chances, Selection selection)
    {
        Span<bool> ticked = chances.Length <= 256 ? stackalloc bool[chances.Length] : new bool[chances.Length];
        double evidence = Read(selection, ticked);
        for (int o = 0; o < chances.Length; o++)
        {
            double odds = Math.Log(chances[o]) - Math.Log(1 - chances[o]);
            chances[o] = Chance(odds + (ticked[o] ? evidence : -evidence));
        }
    }

    /// <summary>The leading set of options.</summary>
    public static LeadingSet Leading(ReadOnlySpan<double> chances)
    {
        var options = ImmutableArray.CreateBuilder<int>();
        double confidence = 1;
        bool tie = false;
        for (int o = 0; o < chances.Length; o++)
        {
            double chance = chances[o];
            if (Math.Abs(chance - 0.5) <= Consensus.Leading.Margin)
            {
                tie = true;
            }
            else if (chance > 0.5)
            {
                options.Add(o);
            }

            confidence *= Math.Max(chance, 1 - chance);
        }

        return new LeadingSet(options.ToImmutable(), confidence, tie);
    }

    private static double Chance(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>Marks what was ticked (twice is once) and returns the log odds it is worth: zero when not sure.</summary>
    private static double Read(Selection selection, Span<bool> ticked)
    {
        ticked.Clear();
        if (selection.NotSure)
        {
            return 0;
        }

        foreach (int option in selection.Options.IsDefault ? [] : selection.Options)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)option, (uint)ticked.Length, nameof(selection));
            ticked[option] = true;
        }

        return Math.Log(Posterior.Weight(selection.Reliability, classes: 2));
    }
}
