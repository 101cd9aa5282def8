using System.Numerics;

namespace Trove.Consensus;

/// <summary>One counted answer to a question that allows any number of options.</summary>
/// <param name="Options">Bit <c>i</c> is set when option <c>i</c> was ticked. None ticked is an answer too: none applies.</param>
/// <param name="Reliability">Chance that this contributor is right about one option.</param>
/// <param name="NotSure">The answer is counted but carries no evidence.</param>
public readonly record struct Selection(ulong Options, double Reliability, bool NotSure = false);

/// <summary>The set of options that leads.</summary>
/// <param name="Options">Bit <c>i</c> is set when option <c>i</c> belongs. An option at exactly one half stays out.</param>
/// <param name="Confidence">Chance that the whole set is right: the product over the options, each taken for independent.</param>
/// <param name="Tie">Some option is at exactly one half.</param>
public readonly record struct LeadingSet(ulong Options, double Confidence, bool Tie);

/// <summary>Multiple choice as independent yes/no questions, one for each option, each with the posterior of <see cref="Posterior"/>.</summary>
public static class MultiChoice
{
    /// <summary>The most options a question can have.</summary>
    public const int MaxOptions = 64;

    /// <summary>Probability that each option belongs, each with a prior of one half.</summary>
    /// <param name="selections">The counted answers; their order does not matter.</param>
    /// <param name="chances">Receives a probability for each option; its length is the number of options.</param>
    public static void Compute(ReadOnlySpan<Selection> selections, Span<double> chances)
    {
        chances.Clear();
        foreach (Selection selection in selections)
        {
            if (!IsEvidence(selection, chances.Length))
            {
                continue;
            }

            double evidence = Math.Log(Posterior.Weight(selection.Reliability, classes: 2));
            for (int o = 0; o < chances.Length; o++)
            {
                chances[o] += IsTicked(selection, o) ? evidence : -evidence;
            }
        }

        for (int o = 0; o < chances.Length; o++)
        {
            chances[o] = 1 / (1 + Math.Exp(-chances[o]));
        }
    }

    /// <summary>Takes one more answer in; equal to <see cref="Compute"/> within the limits that <see cref="Posterior.Update"/> names.</summary>
    public static void Update(Span<double> chances, Selection selection)
    {
        if (!IsEvidence(selection, chances.Length))
        {
            return;
        }

        double weight = Posterior.Weight(selection.Reliability, classes: 2);
        for (int o = 0; o < chances.Length; o++)
        {
            double yes = chances[o], no = 1 - yes;
            if (IsTicked(selection, o))
            {
                yes *= weight;
            }
            else
            {
                no *= weight;
            }

            chances[o] = yes / (yes + no);
        }
    }

    /// <summary>The leading set of options.</summary>
    public static LeadingSet Leading(ReadOnlySpan<double> chances)
    {
        ulong options = 0;
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
                options |= 1UL << o;
            }

            confidence *= Math.Max(chance, 1 - chance);
        }

        return new LeadingSet(options, confidence, tie);
    }

    private static bool IsTicked(Selection selection, int option) => (selection.Options >> option & 1) != 0;

    private static bool IsEvidence(Selection selection, int options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options, MaxOptions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BitOperations.Log2(selection.Options | 1), options - 1, nameof(selection));
        return !selection.NotSure;
    }
}
