using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// Items ranked by comparisons of two: the model of Bradley and Terry (1952), fitted by the minorisation algorithm of Hunter
/// (2004). Contributors are weighted as in Crowd-BT (Chen et al., WSDM 2013): each reports the preference of the crowd with a
/// chance of their own, learnt along, and turns it round otherwise.
/// </summary>
/// <remarks>
/// Each item has also won and lost half a comparison against an imagined average item: a proper prior. Without it an item that
/// never lost is infinitely strong, and items that were never compared, even by a chain, have no common scale.
/// </remarks>
public static class BradleyTerry
{
    /// <summary>Comparisons won, and as many lost, against the imagined average item.</summary>
    private const double Prior = 0.5;

    /// <summary>A stranger is taken to be right in four comparisons of five, and that belief counts for ten.</summary>
    private const double Right = 8, Wrong = 2;

    private const double Close = 1e-9;

    private const int MostRounds = 500, MostSteps = 2000;

    /// <summary>Steps between two looks at the contributors, whose reliability changes what is fitted anyway.</summary>
    private const int FewSteps = 10;

    /// <summary>Ranks items by all comparisons.</summary>
    /// <param name="answers">In any order; repeated comparisons count each time.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="contributors">Number of contributors.</param>
    /// <param name="weighted">Whether contributors differ in reliability; otherwise each is taken at their word.</param>
    /// <exception cref="ArgumentOutOfRangeException">An answer names an item or a contributor that there is not.</exception>
    /// <exception cref="ArgumentException">An item is compared with itself.</exception>
    public static PairRanking Rank(ReadOnlySpan<PairAnswer> answers, int items, int contributors, bool weighted = true)
    {
        var table = new PairTable(answers, items, contributors);
        var strength = new double[items];
        Array.Fill(strength, 1);
        var reliability = new double[contributors];
        Array.Fill(reliability, weighted ? Right / (Right + Wrong) : 1);
        table.Weigh(strength, reliability);
        Fit(table, strength, MostSteps);
        for (int round = 0; weighted && round < MostRounds; round++)
        {
            table.Learn(strength, reliability, Right, Wrong);
            table.Weigh(strength, reliability);
            if (Fit(table, strength, FewSteps) < Close)
            {
                break;
            }
        }

        double[] deviations = Information.Deviations(table, strength, 2 * Prior);
        return new PairRanking(
            [.. strength.Select((p, i) => new RankedItem(Math.Log(p), deviations[i], table.Comparisons[i]))],
            ImmutableArray.Create(reliability));
    }

    /// <summary>Steps of the algorithm until the strengths stand still; returns how far, in logarithms, they moved from where they began.</summary>
    private static double Fit(PairTable table, double[] strength, int steps)
    {
        double[] before = [.. strength], weight = new double[strength.Length];
        for (int step = 0; step < steps; step++)
        {
            for (int i = 0; i < weight.Length; i++)
            {
                weight[i] = 2 * Prior / (strength[i] + 1);
            }

            foreach (Pair pair in table.Pairs)
            {
                double games = pair.Total / (strength[pair.Low] + strength[pair.High]);
                weight[pair.Low] += games;
                weight[pair.High] += games;
            }

            double moved = 0;
            for (int i = 0; i < strength.Length; i++)
            {
                double next = (table.Wins[i] + Prior) / weight[i];
                moved = Math.Max(moved, Math.Abs(Math.Log(next / strength[i])));
                strength[i] = next;
            }

            if (moved < Close)
            {
                break;
            }
        }

        return strength.Zip(before, (now, then) => Math.Abs(Math.Log(now / then))).DefaultIfEmpty().Max();
    }

    /// <summary>Two items and how often they were compared.</summary>
    internal readonly record struct Pair(int Low, int High, double Total);

    /// <summary>All comparisons, counted by pair.</summary>
    internal sealed class PairTable
    {
        private readonly PairAnswer[] _answers;

        public PairTable(ReadOnlySpan<PairAnswer> answers, int items, int contributors)
        {
            _answers = answers.ToArray();
            Wins = new double[items];
            Comparisons = new int[items];
            var totals = new Dictionary<(int, int), int>();
            foreach (PairAnswer answer in answers)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.First, (uint)items, nameof(answers));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Second, (uint)items, nameof(answers));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Contributor, (uint)contributors, nameof(answers));
                if (answer.First == answer.Second)
                {
                    throw new ArgumentException($"Item {answer.First} is compared with itself.", nameof(answers));
                }

                Comparisons[answer.First]++;
                Comparisons[answer.Second]++;
                CollectionsMarshal.GetValueRefOrAddDefault(totals, (Math.Min(answer.First, answer.Second), Math.Max(answer.First, answer.Second)), out _)++;
            }

            Pairs = [.. totals.Select(entry => new Pair(entry.Key.Item1, entry.Key.Item2, entry.Value)).OrderBy(pair => (pair.Low, pair.High))];
        }

        public Pair[] Pairs { get; }

        /// <summary>Of each item: comparisons won, those of doubtful contributors in part.</summary>
        public double[] Wins { get; }

        public int[] Comparisons { get; }

        /// <summary>Counts wins anew: a report of a doubtful contributor is a win for the one in so far as it is likely to be meant.</summary>
        public void Weigh(double[] strength, double[] reliability)
        {
            Array.Clear(Wins);
            foreach (PairAnswer answer in _answers)
            {
                double first = FirstWins(answer, strength, reliability[answer.Contributor]);
                Wins[answer.First] += first;
                Wins[answer.Second] += 1 - first;
            }
        }

        public void Learn(double[] strength, double[] reliability, double right, double wrong)
        {
            double[] meant = new double[reliability.Length], all = new double[reliability.Length];
            foreach (PairAnswer answer in _answers.Where(answer => answer.Preference != Preference.Even))
            {
                double first = FirstWins(answer, strength, reliability[answer.Contributor]);
                meant[answer.Contributor] += answer.Preference == Preference.First ? first : 1 - first;
                all[answer.Contributor]++;
            }

            for (int k = 0; k < reliability.Length; k++)
            {
                reliability[k] = (meant[k] + right) / (all[k] + right + wrong);
            }
        }

        /// <summary>Probability that the first is the better of the two, as one comparison of the crowd sees it.</summary>
        private static double FirstWins(PairAnswer answer, double[] strength, double reliability)
        {
            if (answer.Preference == Preference.Even)
            {
                return 0.5;
            }

            double chance = strength[answer.First] / (strength[answer.First] + strength[answer.Second]);
            double said = answer.Preference == Preference.First ? reliability : 1 - reliability;
            return said * chance / (said * chance + (1 - said) * (1 - chance));
        }
    }
}
