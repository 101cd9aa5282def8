namespace Trove.Consensus.Tests;

public sealed class RatingTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(30);

    [Fact]
    public void The_median_leads_and_no_wild_rating_moves_it()
    {
        LeadingRating calm = RatingConsensus.Leading([new(3, 0.7), new(4, 0.7), new(4, 0.7), new(5, 0.7), new(4, 0.7)]);
        LeadingRating wild = RatingConsensus.Leading([new(3, 0.7), new(4, 0.7), new(4, 0.7), new(1e9, 0.7), new(4, 0.7)]);
        Assert.Equal(4, calm.Value);
        Assert.Equal(4, wild.Value);
    }

    [Fact]
    public void The_more_reliable_half_leads_and_equal_halves_meet_in_the_middle()
    {
        Assert.Equal(5, RatingConsensus.Leading([new(1, 0.6), new(5, 0.9)]).Value);
        Assert.Equal(3, RatingConsensus.Leading([new(1, 0.8), new(5, 0.8)]).Value);
    }

    [Fact]
    public void Agreement_makes_sure_and_more_of_it_surer()
    {
        double Of(params double[] values) => RatingConsensus.Leading([.. values.Select(v => new RatingVote(v, 0.7))]).Confidence;
        Assert.True(Of(4, 4, 4) > Of(4, 4, 5));
        Assert.True(Of(4, 4, 4, 4, 4, 4) > Of(4, 4, 4));
        Assert.True(Of(1, 3, 5) < 0.9);
    }

    [Fact]
    public void Without_evidence_there_is_no_confidence()
    {
        Assert.Equal(default, RatingConsensus.Leading([]));
        Assert.Equal(default, RatingConsensus.Leading([new(3, 0.9, NotSure: true), new(double.NaN, 0.9), new(double.PositiveInfinity, 0.9)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RatingConsensus.Leading([], tolerance: double.NaN));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_changes_nothing_and_a_shift_of_all_shifts_the_outcome(int seed)
    {
        var random = new Random(seed);
        RatingVote[] votes = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => new RatingVote(random.Next(1, 8), random.NextDouble()))];
        LeadingRating leading = RatingConsensus.Leading(votes);
        RatingVote[] shifted = [.. votes.Select(vote => vote with { Value = vote.Value + 100 })];
        random.Shuffle(shifted);
        LeadingRating other = RatingConsensus.Leading(shifted);
        Assert.Equal(leading.Value + 100, other.Value, 1e-9);
        Assert.Equal(leading.Confidence, other.Confidence, 1e-9);
        Assert.InRange(leading.Confidence, 0, 1);
        Assert.InRange(leading.Value, votes.Min(vote => vote.Value), votes.Max(vote => vote.Value));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crowd_of_strict_and_generous_contributors_is_evened_out(int seed)
    {
        var random = new Random(seed);
        double[] truth = [.. Enumerable.Range(0, 80).Select(_ => random.Next(1, 10) + 0.0)], bias = [-2, 2, 0, 0, 0, 0], hand = [0.3, 0.3, 0.3, 0.5, 4, 4];
        RatingAnswer[] answers = [.. from task in Enumerable.Range(0, truth.Length) from who in Enumerable.Range(0, bias.Length) where random.Next(4) > 0
            select new RatingAnswer(task, who, truth[task] + bias[who] + hand[who] * (random.NextDouble() + random.NextDouble() - 1))];
        RatingOutcome outcome = RatingCrowd.Run(answers, truth.Length, bias.Length);
        double Error(Func<int, double> rating) => Enumerable.Range(0, truth.Length).Average(task => Math.Abs(rating(task) - truth[task]));
        double plain = Error(task => RatingConsensus.Leading([.. answers.Where(a => a.Task == task).Select(a => new RatingVote(a.Value, 0.5))]).Value);
        Assert.True(Error(task => outcome.Tasks[task].Value) < plain, $"seed {seed}");
        Assert.InRange(outcome.Contributors[1].Bias - outcome.Contributors[0].Bias, 3, 5);
        Assert.True(outcome.Contributors[0].Spread < outcome.Contributors[5].Spread);

        RatingAnswer[] renamed = [.. answers.Select(a => a with { Contributor = bias.Length - 1 - a.Contributor })];
        random.Shuffle(renamed);
        Draw.Equal([.. outcome.Tasks.Select(t => t.Value)], [.. RatingCrowd.Run(renamed, truth.Length, bias.Length).Tasks.Select(t => t.Value)], 1e-6);
    }

    [Fact]
    public void A_crowd_with_nothing_to_learn_from_stays_finite()
    {
        RatingOutcome outcome = RatingCrowd.Run([new(0, 0, 4), new(1, 0, double.NaN), new(2, 0, 3), new(2, 1, 3)], 4, 3);
        Assert.Equal([4, 0, 3, 0], outcome.Tasks.Select(t => t.Value));
        Assert.All(outcome.Contributors, c => Assert.True(double.IsFinite(c.Bias) && c.Spread > 0, $"{c}"));
        Assert.Throws<ArgumentOutOfRangeException>(() => RatingCrowd.Run([new(4, 0, 1)], 4, 3));
    }
}
