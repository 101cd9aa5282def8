namespace Trove.Consensus.Tests;

public sealed class PosteriorTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(100);

    [Fact]
    public void Two_of_three_equal_votes_lead_by_the_odds_of_one()
    {
        // 0.8 * 0.8 * 0.2 against 0.2 * 0.2 * 0.8: 4 to 1.
        Draw.Equal([0.8, 0.2], Draw.Posterior([new(0, 0.8), new(0, 0.8), new(1, 0.8)], 2));
    }

    [Fact]
    public void Among_three_classes_the_chance_of_error_is_shared_by_the_other_two()
    {
        // 0.7 * 0.2, 0.15 * 0.6 and 0.15 * 0.2, over their sum 0.26.
        Draw.Equal([0.14 / 0.26, 0.09 / 0.26, 0.03 / 0.26], Draw.Posterior([new(0, 0.7), new(1, 0.6)], 3));
    }

    [Fact]
    public void A_prior_multiplies_in_and_need_not_sum_to_one()
    {
        var posterior = new double[2];
        Posterior.Compute([new(1, 0.75)], [9, 1], posterior);
        Draw.Equal([0.75, 0.25], posterior);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_prior_that_is_not_finite_and_positive_is_refused(double weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Posterior.Compute([], [1, weight], new double[2]));

    [Fact]
    public void Without_votes_every_class_is_equally_likely() => Draw.Equal([0.25, 0.25, 0.25, 0.25], Draw.Posterior([], 4));

    [Fact]
    public void Not_sure_carries_no_evidence() =>
        Assert.Equal(Draw.Posterior([new(1, 0.8)], 3), Draw.Posterior([new(1, 0.8), new(Vote.NotSure, 0.99)], 3));

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.0)]
    [InlineData(-5.0)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_vote_of_chance_or_worse_weighs_nothing(double reliability) =>
        Draw.Equal([0.25, 0.25, 0.25, 0.25], Draw.Posterior([new(2, reliability)], 4));

    [Theory]
    [InlineData(1.0)]
    [InlineData(7.0)]
    [InlineData(double.PositiveInfinity)]
    public void No_single_vote_is_beyond_recall(double reliability)
    {
        Draw.Equal([0.01, 0.99], Draw.Posterior([new(1, reliability)], 2));
        Draw.Equal([0.5, 0.5], Draw.Posterior([new(1, reliability), new(0, reliability)], 2));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public void A_choice_outside_the_schema_is_refused(int choice)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Posterior([new(choice, 0.8)], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Posterior.Update(new double[2], new(choice, 0.8)));
    }

    [Fact]
    public void A_single_class_is_certain() => Assert.Equal([1.0], Draw.Posterior([new(0, 0.3), new(0, 0.9)], 1));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Taking_votes_one_by_one_equals_computing_from_all(int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(1, 12);
        Vote[] votes = Draw.Votes(random, classes, most: 40);
        double[] posterior = Draw.Posterior([], classes);
        foreach (Vote vote in votes)
        {
            Posterior.Update(posterior, vote);
        }

        Draw.Equal(Draw.Posterior(votes, classes), posterior);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_order_of_votes_does_not_matter(int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(1, 12);
        Vote[] votes = Draw.Votes(random, classes, most: 40), shuffled = [.. votes];
        random.Shuffle(shuffled);
        double[] posterior = Draw.Posterior(votes, classes), other = Draw.Posterior(shuffled, classes);
        Draw.Equal(posterior, other);
        Assert.Equal(Leading.Of(posterior).Choice, Leading.Of(other).Choice);
        Assert.Equal(Leading.Of(posterior).Tie, Leading.Of(other).Tie);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Renaming_the_classes_permutes_the_posterior_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(2, 12);
        int[] renamed = [.. Enumerable.Range(0, classes)];
        random.Shuffle(renamed);
        Vote[] votes = Draw.Votes(random, classes, most: 20);
        double[] posterior = Draw.Posterior(votes, classes);
        double[] other = Draw.Posterior(
            [.. votes.Select(vote => vote.Choice < 0 ? vote : vote with { Choice = renamed[vote.Choice] })], classes);
        Draw.Equal(posterior, [.. renamed.Select(name => other[name])]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_more_vote_never_lowers_confidence_in_what_it_names(int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(1, 12);
        double[] posterior = Draw.Posterior(Draw.Votes(random, classes, most: 20), classes);
        var vote = new Vote(random.Next(classes), 2 * random.NextDouble() - 0.5);
        double before = posterior[vote.Choice];
        Posterior.Update(posterior, vote);
        Assert.True(posterior[vote.Choice] >= before - 1e-15);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_comes_in_probabilities_come_out(int seed)
    {
        var random = new Random(seed);
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, -1, 0, 1, 0.5];
        int classes = random.Next(1, 200);
        Vote[] votes = [.. Enumerable.Range(0, 5000).Select(_ => new Vote(random.Next(-1, classes), odd[random.Next(odd.Length)]))];
        double[] posterior = Draw.Posterior(votes, classes), online = Draw.Posterior([], classes);
        foreach (Vote vote in votes)
        {
            Posterior.Update(online, vote);
        }

        foreach (double[] outcome in (double[][])[posterior, online])
        {
            Assert.All(outcome, p => Assert.InRange(p, 0, 1));
            Assert.Equal(1, outcome.Sum(), 1e-9);
        }
    }
}
