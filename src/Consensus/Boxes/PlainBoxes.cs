using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>
/// Plain clustering, to compare with: boxes join the first group whose first box they overlap by one half, in the order of
/// arrival; a group that more than half of the contributors are in is a box, with the median of each edge.
/// </summary>
public static class PlainBoxes
{
    /// <summary>The boxes of one image.</summary>
    /// <param name="answers">What each contributor drew.</param>
    public static ImmutableArray<Box> Cluster(IReadOnlyCollection<ImmutableArray<Box>> answers)
    {
        var groups = new List<List<(Box Box, int Author)>>();
        int author = 0;
        foreach (ImmutableArray<Box> boxes in answers)
        {
            foreach (Box box in boxes.Where(box => box.IsProper))
            {
                List<(Box Box, int Author)>? group = groups.Find(g => g[0].Box.Overlap(box) >= BoxScore.Least && g.TrueForAll(mark => mark.Author != author));
                if (group is null)
                {
                    groups.Add(group = []);
                }

                group.Add((box, author));
            }

            author++;
        }

        return [.. groups.Where(group => group.Count * 2 > answers.Count).Select(group =>
            Box.Between(Median(group, box => box.X), Median(group, box => box.Y), Median(group, box => box.Right), Median(group, box => box.Bottom)))];
    }

    private static double Median(List<(Box Box, int Author)> group, Func<Box, double> edge) =>
        Medians.Weighted([.. group.Select(mark => edge(mark.Box))], [.. group.Select(_ => 1.0)]);
}
