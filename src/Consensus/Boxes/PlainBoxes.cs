using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>
/// Plain clustering, to compare with: in the order of arrival, a box joins the group whose medians it overlaps most, by one half or
/// more; a group that more than half of the contributors are in is a box, with the median of each edge.
/// </summary>
public static class PlainBoxes
{
    /// <summary>The boxes of one image.</summary>
    /// <param name="answers">What each contributor drew.</param>
    public static ImmutableArray<Box> Cluster(IReadOnlyCollection<ImmutableArray<Box>> answers)
    {
        var groups = new List<Group>();
        int author = 0;
        foreach (ImmutableArray<Box> boxes in answers)
        {
            foreach (Box box in boxes.Where(box => box.IsProper))
            {
                Group? nearest = groups.Where(group => group.LastAuthor != author).MaxBy(group => group.Middle.Overlap(box));
                if (nearest is null || nearest.Middle.Overlap(box) < BoxScore.Least)
                {
                    groups.Add(nearest = new Group());
                }

                nearest.Add(box, author);
            }

            author++;
        }

        return [.. groups.Where(group => group.Count * 2 > answers.Count).Select(group => group.Middle)];
    }

    private sealed class Group
    {
        private readonly List<Box> _boxes = [];

        public int Count => _boxes.Count;

        public Box Middle { get; private set; }

        public int LastAuthor { get; private set; }

        public void Add(Box box, int author)
        {
            _boxes.Add(box);
            LastAuthor = author;
            Middle = Box.Between(Median(b => b.X), Median(b => b.Y), Median(b => b.Right), Median(b => b.Bottom));
        }

        private double Median(Func<Box, double> edge) => Medians.Weighted([.. _boxes.Select(edge)], [.. _boxes.Select(_ => 1.0)]);
    }
}
