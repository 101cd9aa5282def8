namespace Trove.Consensus.Tests;

public sealed class ReliabilityTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(10);

    [Fact]
    public void A_stranger_is_better_than_chance_but_not_trusted()
    {
        Assert.Equal(0.7, Reliability.Prior(2).Mean, 1e-12);
        Assert.Equal(0.46, Reliability.Prior(10).Mean, 1e-12);
        Assert.Equal(70, Reliability.Prior(2).Score);
        Assert.Equal(0, Reliability.Prior(2).Evidence);
    }

    [Fact]
    public void Observing_counts_fractions_of_answers()
    {
        Reliability known = Reliability.Prior(2).Observe(1).Observe(0.5);
        Assert.Equal(4.3 / 6, known.Mean, 1e-12);
        Assert.Equal(2, known.Evidence, 1e-12);
        Assert.Equal(72, known.Score);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_is_not_learned(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Reliability.Prior(2).Observe(probability));

    [Fact]
    public void The_default_value_knows_nothing_and_weighs_nothing()
    {
        Assert.Equal(0, default(Reliability).Mean);
        Assert.Equal(1, Posterior.Weight(default(Reliability).Mean, 2));
    }

    [Fact]
    public void A_vote_is_judged_as_if_by_a_stranger_whatever_weight_it_had()
    {
        // With the others at 0.8 and 0.6 against it and the stranger's 0.7 for it: 7/3 to 4 * 1.5.
        foreach (double own in (double[])[0.5, 0.7, 0.99])
        {
            Vote[] votes = [new(1, 0.8), new(0, own), new(1, 0.6)];
            Assert.Equal(7.0 / 3 / (7.0 / 3 + 6), Judgement.ProbabilityRight(Draw.Posterior(votes, 2), votes, 1)!.Value, 1e-12);
        }
    }

    [Fact]
    public void Nothing_is_learned_from_oneself_alone()
    {
        Vote[] votes = [new(0, 0.9), new(Vote.NotSure, 0.9), new(1, 0.2)];
        Assert.Null(Judgement.ProbabilityRight(Draw.Posterior(votes, 2), votes, 0));
        Assert.Null(Judgement.ProbabilityRight(Draw.Posterior(votes, 2), votes, 1));
    }

    [Fact]
    public void Two_who_only_ever_meet_each_other_gain_no_more_than_agreement_proves()
    {
        Reliability first = Reliability.Prior(2), second = first;
        Vote[] votes = [new(0, first.Mean), new(0, second.Mean)];
        double judged = Judgement.ProbabilityRight(Draw.Posterior(votes, 2), votes, 0)!.Value;
        Assert.Equal(0.49 / (0.49 + 0.09), judged, 1e-12);
    }

    [Fact]
    public void A_selection_is_judged_option_by_option()
    {
        // The others, at 0.8, tick only the first; own vote, taken at 0.7, agrees on the first and not on the second.
        foreach (double own in (double[])[0.5, 0.7, 0.99])
        {
            Selection[] selections = [new([0], 0.8), new([0, 1], own), new([], 0.9, NotSure: true)];
            var chances = new double[2];
            MultiChoice.Compute(selections, chances);
            double agreed = 0.56 / (0.56 + 0.06), differed = 0.14 / (0.14 + 0.24);
            Assert.Equal((agreed + differed) / 2, Judgement.ProbabilityRight(chances, selections, 1)!.Value, 1e-12);
            Assert.Equal(own > 0.5, Judgement.ProbabilityRight(chances, selections, 0).HasValue);
            Assert.Null(Judgement.ProbabilityRight(chances, selections, 2));
        }
    }

    [Fact]
    public void Tags_are_judged_by_how_many_did_the_same()
    {
        TagVote[] votes = [new(["Dog", "ball"], 0.99), new(["dog"], 0.8), new(["dog", "grass"], 0.5), new([], 0.9, NotSure: true)];

        // The first at 0.7: all weight 2.0 for dog, 0.7 for ball, 1.5 against grass.
        Assert.Equal((1 + 0.35 + 0.75) / 3, Judgement.ProbabilityRight(votes, 0)!.Value, 1e-12);
        Assert.Null(Judgement.ProbabilityRight(votes, 3));
        Assert.Null(Judgement.ProbabilityRight([votes[0], votes[3]], 0));
        Assert.Equal(1, Judgement.ProbabilityRight([new([], 0.7), new(default, 0.7)], 0));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_live_session_learns_who_is_good_and_who_guesses(int seed)
    {
        var random = new Random(seed);
        double[] skill = [0.95, 0.95, 0.75, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5];
        Reliability[] known = [.. skill.Select(_ => Reliability.Prior(2))];
        int right = 0, counted = 0;
        const int Tasks = 600, PerTask = 5;
        for (int t = 0; t < Tasks; t++)
        {
            int truth = random.Next(2);
            int[] voters = [.. Enumerable.Range(0, skill.Length)];
            random.Shuffle(voters);
            Vote[] votes = [.. voters.Take(PerTask).Select(who =>
                new Vote(random.NextDouble() < skill[who] ? truth : 1 - truth, known[who].Mean))];
            double[] posterior = Draw.Posterior(votes, 2);
            for (int i = 0; i < PerTask; i++)
            {
                known[voters[i]] = known[voters[i]].Observe(Judgement.ProbabilityRight(posterior, votes, i)!.Value);
            }

            right += Leading.Of(posterior).Choice == truth ? 1 : 0;
            counted += Majority.Leading(votes, 2).Choice == truth ? 1 : 0;
        }

        Assert.All(known[..2], good => Assert.InRange(good.Mean, 0.8, 0.95));
        Assert.All(known[2..7], fair => Assert.InRange(fair.Mean, 0.68, 0.84));
        Assert.All(known[7..], guesser => Assert.InRange(guesser.Mean, 0.4, 0.62));
        Assert.True(right > counted, $"weighted {right}, counted {counted} of {Tasks}");
    }
}
