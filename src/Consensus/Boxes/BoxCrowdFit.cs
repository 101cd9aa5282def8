using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// Learns how each contributor draws from all images at once, by expectation maximisation: what exists and where, given how
/// everybody draws; then how everybody draws, given what exists and where. Each contributor is shrunk towards the crowd, more so
/// with fewer boxes.
/// </summary>
/// <remarks>
/// Existence is the model of Dawid and Skene (1979) for two classes, with the crowd's own level held fixed (see
/// <see cref="BoxCrowd.Level"/>); the edges are a random-effects model, bias and spread for each contributor. Only what two or
/// more marked tells of edges. Where the crowd as a whole is biased cannot be seen; its average is taken for right, each
/// contributor counting by precision, since those who draw with care draw tight.
/// </remarks>
internal sealed class BoxCrowdFit(IReadOnlyList<BoxImage> images, int contributors)
{
    /// <summary>Boxes that the crowd's habits count for against a contributor's own.</summary>
    private const double RatePrior = 5, SpreadPrior = 2, BiasPrior = 5;

    private const double Close = 1e-3;

    private const int MostRounds = 30;

    private readonly BoxSkill[] _skills = new BoxSkill[contributors];
    private readonly double[] _odds = new double[images.Sum(image => image.Groups.Count)];

    public BoxCrowd Crowd { get; private set; } = BoxCrowd.Unknown;

    public ReadOnlySpan<BoxSkill> Skills => _skills;

    public void Learn()
    {
        Array.Fill(_skills, Crowd.Stranger);
        double[] sides = [.. images.SelectMany(image => image.Boxes).Select(box => Math.Sqrt(box.Width * box.Height)).Order()];
        if (sides.Length == 0)
        {
            return;
        }

        Crowd = Crowd with { Side = sides[sides.Length / 2] };
        JudgeExistence();
        for (int round = 0; round < MostRounds; round++)
        {
            LearnEdges();
            LearnExistence();
            if (JudgeExistence() < Close)
            {
                return;
            }
        }
    }

    /// <summary>How far the least settled chance of existence moved.</summary>
    private double JudgeExistence()
    {
        double moved = 0;
        BoxEvidence[] evidence = Array.ConvertAll(_skills, BoxEvidence.Of);
        int at = 0;
        foreach (BoxImage image in images)
        {
            foreach (List<int> group in image.Groups)
            {
                double odds = image.LogOdds(group, evidence, Crowd);
                moved = Math.Max(moved, Math.Abs(BoxImage.Chance(odds) - BoxImage.Chance(_odds[at])));
                _odds[at++] = odds;
            }
        }

        return moved;
    }

    private void LearnExistence()
    {
        double[] there = new double[contributors], hits = new double[contributors];
        double[] absent = new double[contributors], falseMarks = new double[contributors];
        double existing = 0;
        int at = 0;
        foreach (BoxImage image in images)
        {
            foreach (List<int> group in image.Groups)
            {
                double existence = BoxImage.Chance(_odds[at++]);
                existing += existence;
                foreach (int author in image.Answering)
                {
                    double marked = image.Marked(group, author) ? 1 : 0;
                    there[author] += existence;
                    hits[author] += existence * marked;
                    absent[author] += 1 - existence;
                    falseMarks[author] += (1 - existence) * marked;
                }
            }
        }

        double[] hit = Levelled(hits, there, BoxCrowd.Level), wrong = Levelled(falseMarks, absent, -BoxCrowd.Level);
        for (int j = 0; j < contributors; j++)
        {
            _skills[j] = _skills[j] with { Hit = hit[j], FalseMark = wrong[j] };
        }

        Crowd = Crowd with { Prior = LogOdds((existing + 1) / (_odds.Length + 2)) };
    }

    /// <summary>Log odds of a rate for each contributor, shrunk to the crowd's and moved so that the crowd's mean is the level.</summary>
    private static double[] Levelled(double[] count, double[] of, double level)
    {
        double total = of.Sum(), crowd = (count.Sum() + 0.5) / (total + 1), mean = 0;
        var odds = new double[count.Length];
        for (int j = 0; j < odds.Length; j++)
        {
            odds[j] = LogOdds((count[j] + RatePrior * crowd) / (of[j] + RatePrior));
            mean += odds[j] * of[j];
        }

        mean = total > 0 ? mean / total : 0;
        for (int j = 0; j < odds.Length; j++)
        {
            odds[j] = level + (of[j] > 0 ? odds[j] - mean : 0);
        }

        return odds;
    }

    private void LearnEdges()
    {
        var sums = new EdgeSums[contributors];
        int at = 0;
        foreach (BoxImage image in images)
        {
            foreach (List<int> group in image.Groups)
            {
                double existence = BoxImage.Chance(_odds[at++]);
                if (group.Count < 2)
                {
                    continue;
                }

                EdgeMean mean = image.Edges(group, _skills, Crowd);
                foreach (int mark in group)
                {
                    int author = image.Authors[mark];
                    sums[author].Add(image.Boxes[mark], mean, _skills[author], existence);
                }
            }
        }

        double spread = CrowdSpread(sums);
        for (int j = 0; j < contributors; j++)
        {
            double prior = SpreadPrior * Edges.Count;
            double variance = (sums[j].Squares + prior * Square(spread)) / (sums[j].Marks * Edges.Count + prior);
            _skills[j] = _skills[j] with { Spread = Math.Sqrt(variance) };
        }

        LearnBias(sums);
        Crowd = Crowd with { Stranger = Crowd.Stranger with { Spread = spread } };
    }

    /// <summary>The median contributor's, each counting by what is known of them.</summary>
    private double CrowdSpread(EdgeSums[] sums)
    {
        List<double> known = [], weights = [];
        foreach (EdgeSums sum in sums)
        {
            if (sum.Marks > 0)
            {
                known.Add(Math.Sqrt(sum.Squares / (sum.Marks * Edges.Count)));
                weights.Add(sum.Marks / (sum.Marks + SpreadPrior));
            }
        }

        return known.Count == 0
            ? Crowd.Stranger.Spread
            : Math.Max(EdgeMean.LeastSpread, Medians.Weighted(CollectionsMarshal.AsSpan(known), CollectionsMarshal.AsSpan(weights)));
    }

    private void LearnBias(EdgeSums[] sums)
    {
        var bias = new double[contributors * Edges.Count];
        double squares = 0, weights = 0, habit = Square(Crowd.Habit);
        for (int edge = 0; edge < Edges.Count; edge++)
        {
            double centre = 0, total = 0;
            for (int j = 0; j < contributors; j++)
            {
                (double weight, double sum) = (sums[j].Weights[edge], sums[j].Shifts[edge]);
                double variance = Square(_skills[j].Spread);
                double own = weight > 0 ? sum / (weight + variance / habit) : 0;
                double known = weight / (weight + BiasPrior);
                bias[j * Edges.Count + edge] = own;
                centre += own * known / variance;
                total += known / variance;
                squares += known * (Square(own) + variance / (weight + variance / habit));
                weights += known;
            }

            for (int j = 0; j < contributors; j++)
            {
                bias[j * Edges.Count + edge] -= total > 0 && sums[j].Weights[edge] > 0 ? centre / total : 0;
            }
        }

        Crowd = Crowd with { Habit = weights > 0 ? Math.Max(EdgeMean.LeastSpread, Math.Sqrt(squares / weights)) : Crowd.Habit };
        for (int j = 0; j < contributors; j++)
        {
            _skills[j] = _skills[j] with { Bias = Edges.From(bias.AsSpan(j * Edges.Count, Edges.Count)) };
        }
    }

    private static double LogOdds(double chance) => Math.Log(chance / (1 - chance));

    private static double Square(double value) => value * value;

    /// <summary>What a contributor's edges add up to, each weighted as in <see cref="EdgeMean"/>, in units of error.</summary>
    private struct EdgeSums
    {
        public Edges Weights { get; private set; }

        public Edges Shifts { get; private set; }

        public double Squares { get; private set; }

        public double Marks { get; private set; }

        public void Add(Box box, EdgeMean mean, BoxSkill skill, double existence)
        {
            Span<double> weights = stackalloc double[Edges.Count], shifts = stackalloc double[Edges.Count];
            var drawn = Edges.Of(box);
            for (int edge = 0; edge < Edges.Count; edge++)
            {
                double shift = (drawn[edge] - mean.Edges[edge]) / mean.UnitOf(edge), error = shift - skill.Bias[edge];
                double weight = existence * EdgeMean.WeightOf(error, skill.Spread);
                weights[edge] = Weights[edge] + weight;
                shifts[edge] = Shifts[edge] + weight * shift;

                // The consensus is not the truth: its own variance belongs to the error, or whoever leads it seems perfect.
                Squares += weight * error * error + existence * mean.Variance[edge];
            }

            (Weights, Shifts) = (Edges.From(weights), Edges.From(shifts));
            Marks += existence;
        }
    }
}
