namespace Trove.Consensus.Tests;

public sealed class BoxMatchingTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(50);

    [Fact]
    public void Overlap_is_intersection_over_union()
    {
        var box = new Box(0, 0, 2, 1);
        Assert.Equal(1, box.Overlap(box));
        Assert.Equal(1.0 / 3, box.Overlap(new Box(1, 0, 2, 1)), 1e-12);
        Assert.Equal(0, box.Overlap(new Box(2, 0, 2, 1)));
        Assert.Equal(0, box.Overlap(new Box(double.NaN, 0, 2, 1)));
    }

    [Fact]
    public void The_best_pairing_is_chosen_even_where_the_greedy_one_is_not()
    {
        // The second box overlaps the first of the other by most, but then the fourth would stay alone.
        Box[] boxes = [new(0, 0, 10, 10), new(1.4, 0, 10, 10), new(2.5, 0, 10, 10), new(-3, 0, 10, 10)];
        int[] authors = [0, 1, 0, 1];
        List<List<int>> groups = BoxMatching.Match(boxes, authors);
        Assert.Equal([[0, 3], [1, 2]], groups);
    }

    [Fact]
    public void Two_boxes_of_one_contributor_are_never_one_thing()
    {
        List<List<int>> groups = BoxMatching.Match([new(0, 0, 10, 10), new(0, 0, 10, 10), new(0, 0, 10, 10)], [0, 0, 1]);
        Assert.Equal([1, 2], groups.Select(group => group.Count).Order());
    }

    [Fact]
    public void Small_boxes_inside_large_ones_stay_apart()
    {
        List<List<int>> groups = BoxMatching.Match([new(0, 0, 100, 100), new(40, 40, 10, 10), new(1, 1, 100, 100), new(41, 40, 10, 10)], [0, 0, 1, 1]);
        Assert.Equal([[0, 2], [1, 3]], groups);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_assignment_gains_what_the_best_of_all_permutations_gains(int seed)
    {
        var random = new Random(seed);
        (int rows, int columns) = (random.Next(1, 6), random.Next(1, 6));
        double[] gain = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() - 0.3)];
        var chosen = new int[rows];
        Assignment.Best(gain, columns, chosen);
        int[] taken = [.. chosen.Where(c => c != Assignment.None)];
        Assert.Equal(taken.Length, taken.Distinct().Count());
        double sum = chosen.Select((c, row) => c == Assignment.None ? 0 : gain[row * columns + c]).Sum();
        Assert.Equal(Best(0, 0), sum, 1e-9);

        double Best(int row, int used)
        {
            if (row == rows)
            {
                return 0;
            }

            double best = Best(row + 1, used);
            for (int c = 0; c < columns; c++)
            {
                if ((used & (1 << c)) == 0)
                {
                    best = Math.Max(best, gain[row * columns + c] + Best(row + 1, used | (1 << c)));
                }
            }

            return best;
        }
    }

    [Fact]
    public void A_score_counts_each_true_box_once()
    {
        var box = new Box(0, 0, 10, 10);
        BoxScore score = BoxScore.Of([box, box, new(50, 50, 5, 5)], [box, new(100, 100, 5, 5)]);
        Assert.Equal((1, 3, 2), (score.Hits, score.Found, score.True));
        Assert.Equal((1.0 / 3, 0.5, 0.4, 1.0), (score.Precision, score.Recall, score.F1, score.MeanOverlap));
        Assert.Equal(1, BoxScore.Of([], []).F1);
    }

    [Fact]
    public void Plain_clustering_takes_the_medians_of_what_more_than_half_marked()
    {
        Box Shifted(double by) => new(by, 0, 10, 10);
        Assert.Equal([Shifted(1)], PlainBoxes.Cluster([[Shifted(0), new(50, 50, 5, 5)], [Shifted(1)], [Shifted(2)], []]).AsEnumerable());
        Assert.Empty(PlainBoxes.Cluster([[Shifted(0)], []]));
        Assert.Empty(PlainBoxes.Cluster([[Shifted(0), Shifted(0)], []]));
    }
}
