namespace Trove.Consensus.Tests;

public sealed class LeadingTests
{
    [Fact]
    public void A_tie_goes_to_the_first_in_the_schema_and_says_so()
    {
        Assert.Equal(new Leading(1, 0.4, Tie: true), Leading.Of([0.2, 0.4, 0.4]));
        Assert.Equal(new Leading(2, 0.5, Tie: false), Leading.Of([0.3, 0.2, 0.5]));
    }

    [Fact]
    public void The_last_bits_of_a_sum_do_not_break_a_tie()
    {
        double sum = 0.1 + 0.2, same = 0.3;
        Assert.NotEqual(sum, same);
        Leading leading = Leading.Of([same, sum, 0.4 - 0.1 + 1e-17]);
        Assert.Equal((0, true), (leading.Choice, leading.Tie));
    }

    [Fact]
    public void One_class_alone_is_no_tie() => Assert.Equal(new Leading(0, 1, Tie: false), Leading.Of([1]));

    [Fact]
    public void Majority_counts_heads_whatever_their_reliability()
    {
        Vote[] votes = [new(2, 0.1), new(2, 0.1), new(0, 0.99), new(Vote.NotSure, 0.9)];
        var counts = new int[3];
        Assert.Equal(3, Majority.Count(votes, counts));
        Assert.Equal([1, 0, 2], counts);
        Assert.Equal(new Leading(2, 0.5, Tie: false), Majority.Leading(votes, 3));
    }

    [Fact]
    public void Majority_gives_a_tie_to_the_first_in_the_schema() =>
        Assert.Equal(new Leading(1, 0.5, Tie: true), Majority.Leading([new(2, 0.9), new(1, 0.9)], 3));

    [Fact]
    public void Majority_of_nothing_is_a_tie_of_all_without_confidence()
    {
        Assert.Equal(new Leading(0, 0, Tie: true), Majority.Leading([], 3));
        Assert.Equal(new Leading(0, 0, Tie: true), Majority.Leading([new(Vote.NotSure, 0.9)], 3));
    }
}
