using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>The boxes of one image, in an order that depends on nothing but the boxes, and what belongs together.</summary>
/// <param name="Boxes">Those that are proper.</param>
/// <param name="Authors">Who drew each.</param>
/// <param name="Groups">Indices of boxes that mean the same thing.</param>
/// <param name="Answering">Everybody who answered, boxes or none, ascending.</param>
internal sealed record BoxImage(Box[] Boxes, int[] Authors, List<List<int>> Groups, int[] Answering)
{
    /// <param name="answers">Each author once, with the boxes as drawn.</param>
    public static BoxImage Of(IEnumerable<(int Author, ImmutableArray<Box> Boxes)> answers)
    {
        var answering = new List<int>();
        var drawn = new List<(Box Box, int Author)>();
        foreach ((int author, ImmutableArray<Box> boxes) in answers)
        {
            answering.Add(author);
            foreach (Box box in boxes.IsDefault ? [] : boxes)
            {
                if (box.IsProper)
                {
                    drawn.Add((box, author));
                }
            }
        }

        answering.Sort();
        drawn.Sort(static (a, b) => (a.Box.X, a.Box.Y, a.Box.Width, a.Box.Height, a.Author).CompareTo((b.Box.X, b.Box.Y, b.Box.Width, b.Box.Height, b.Author)));
        Box[] sorted = [.. drawn.Select(mark => mark.Box)];
        int[] authors = [.. drawn.Select(mark => mark.Author)];
        return new BoxImage(sorted, authors, BoxMatching.Match(sorted, authors), [.. answering]);
    }

    /// <summary>What can be said of one group, given how everybody draws.</summary>
    /// <param name="group">One of <see cref="Groups"/>.</param>
    /// <param name="skills">By author.</param>
    /// <param name="evidence">The same in votes.</param>
    /// <param name="crowd">What is known of the crowd.</param>
    public FoundBox Judge(List<int> group, BoxSkill[] skills, BoxEvidence[] evidence, BoxCrowd crowd)
    {
        double existence = Chance(LogOdds(group, evidence, crowd));
        EdgeMean mean = Edges(group, skills, crowd);
        Edges edges = Within(mean.Edges);
        var box = Box.Between(edges.Left, edges.Top, edges.Right, edges.Bottom);
        if (!box.IsProper)
        {
            // Each edge is found apart, so wild marks can cross them over; then the most precise mark stands for all.
            box = Boxes[group.MinBy(mark => skills[Authors[mark]].Spread)];
        }

        (double overlap, double half) = Localisation(mean, box, crowd);
        double confidence = existence * half;
        return new FoundBox(box, existence, confidence, overlap, group.Count, confidence > crowd.Threshold);
    }

    /// <summary>Log odds that what a group marks exists: the prior, and what each who answered says by marking it or not.</summary>
    public double LogOdds(List<int> group, ReadOnlySpan<BoxEvidence> evidence, BoxCrowd crowd)
    {
        double odds = crowd.Prior;
        foreach (int author in Answering)
        {
            odds += evidence[author].Of(Marked(group, author));
        }

        return odds;
    }

    /// <summary>Whether an author has a box in the group.</summary>
    public bool Marked(List<int> group, int author)
    {
        foreach (int mark in group)
        {
            if (Authors[mark] == author)
            {
                return true;
            }
        }

        return false;
    }

    public static double Chance(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>The edges of a group by the marks in it.</summary>
    public EdgeMean Edges(List<int> group, ReadOnlySpan<BoxSkill> skills, BoxCrowd crowd)
    {
        var mean = new EdgeMean(crowd);
        mean.Find(this, group, skills);
        return mean;
    }

    /// <summary>
    /// Nothing is found further out than the outermost edge anybody drew: a correction for bias must not leave the image, whose
    /// own edge is where boxes are cut off.
    /// </summary>
    private Edges Within(Edges edges)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (Box box in Boxes)
        {
            (left, top) = (Math.Min(left, box.X), Math.Min(top, box.Y));
            (right, bottom) = (Math.Max(right, box.Right), Math.Max(bottom, box.Bottom));
        }

        return new Edges(Math.Max(left, edges.Left), Math.Max(top, edges.Top), Math.Min(right, edges.Right), Math.Min(bottom, edges.Bottom));
    }

    /// <summary>
    /// Expected overlap with the box an expert would draw, and the chance that it is one half or more. The expert is taken for one
    /// more contributor, with habits and a hand of their own, so that the crowd's agreement is not taken for more than it is. Two
    /// boxes apart by a share d of their sides overlap by (1 - d/2) / (1 + d/2), which is one half at two thirds; d is the sum of
    /// four absolute normal errors, itself taken for normal.
    /// </summary>
    private static (double Overlap, double Half) Localisation(EdgeMean mean, Box box, BoxCrowd crowd)
    {
        double expected = 0, variance = 0, expert = crowd.Habit * crowd.Habit + crowd.Stranger.Spread * crowd.Stranger.Spread;
        for (int edge = 0; edge < Consensus.Edges.Count; edge++)
        {
            double deviation = Math.Sqrt(mean.Variance[edge] + expert) * mean.UnitOf(edge) / (edge % 2 == 0 ? box.Width : box.Height);
            expected += deviation * Math.Sqrt(2 / Math.PI);
            variance += deviation * deviation * (1 - 2 / Math.PI);
        }

        return (Math.Max(0, (1 - expected / 2) / (1 + expected / 2)), Normal.Below((2.0 / 3 - expected) / Math.Sqrt(variance)));
    }
}
