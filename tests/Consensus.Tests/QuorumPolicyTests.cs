namespace Trove.Consensus.Tests;

public sealed class QuorumPolicyTests
{
    [Theory]
    [InlineData("all", QuorumKind.All, 1000, 1000, 0)]
    [InlineData("fixed:3", QuorumKind.Fixed, 3, 3, 0)]
    [InlineData("dynamic", QuorumKind.Dynamic, 3, 7, 0.95)]
    [InlineData("dynamic:2-5", QuorumKind.Dynamic, 2, 5, 0.95)]
    [InlineData("dynamic:1-1@0.5", QuorumKind.Dynamic, 1, 1, 0.5)]
    [InlineData(" dynamic:3-9@0.975 ", QuorumKind.Dynamic, 3, 9, 0.975)]
    public void A_policy_is_read_and_written(string text, QuorumKind kind, int minimum, int maximum, double confidence)
    {
        QuorumPolicy policy = QuorumPolicy.Parse(text);
        Assert.Equal((kind, minimum, maximum, confidence), (policy.Kind, policy.Minimum, policy.Maximum, policy.Confidence));
        Assert.Equal(policy, QuorumPolicy.Parse(policy.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("most")]
    [InlineData("all:3")]
    [InlineData("fixed")]
    [InlineData("fixed:0")]
    [InlineData("fixed:-3")]
    [InlineData("fixed:1001")]
    [InlineData("fixed:99999999999")]
    [InlineData("fixed:3.5")]
    [InlineData("dynamic:")]
    [InlineData("dynamic:3")]
    [InlineData("dynamic:7-3")]
    [InlineData("dynamic:0-3")]
    [InlineData("dynamic:3-7@")]
    [InlineData("dynamic:3-7@0.4")]
    [InlineData("dynamic:3-7@1.01")]
    [InlineData("dynamic:3-7@NaN")]
    [InlineData("dynamic:3-7-9")]
    public void A_text_that_is_no_policy_is_refused_with_what_would_be(string text)
    {
        var fault = Assert.Throws<FormatException>(() => QuorumPolicy.Parse(text));
        Assert.Contains($"'{text}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("dynamic:3-7@0.95", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, 0.9)]
    [InlineData(4, 3, 0.9)]
    [InlineData(3, 1001, 0.9)]
    [InlineData(3, 7, double.NaN)]
    public void An_impossible_policy_can_not_be_made(int minimum, int maximum, double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => QuorumPolicy.Dynamic(minimum, maximum, confidence));

    [Theory]
    [InlineData("all", 4, "fixed:4")]
    [InlineData("fixed:3", 4, "fixed:4")]
    [InlineData("dynamic:3-7@0.9", 5, "dynamic:3-5@0.9")]
    [InlineData("dynamic:3-7@0.9", 2, "dynamic:2-2@0.9")]
    public void A_task_may_have_a_redundancy_of_its_own(string text, int redundancy, string like)
    {
        QuorumPolicy policy = QuorumPolicy.Parse(text).WithRedundancy(redundancy), expected = QuorumPolicy.Parse(like);
        Assert.Equal((expected.Minimum, expected.Maximum), (policy.Minimum, policy.Maximum));
        Assert.Equal(QuorumPolicy.Parse(text).Kind, policy.Kind);
    }

    [Theory]
    [InlineData("fixed:3", 2, 3, 1.00, false, QuorumMove.Open, 3, false)]
    [InlineData("fixed:3", 3, 3, 0.40, false, QuorumMove.Retire, 3, false)]
    [InlineData("fixed:3", 3, 3, 0.33, true, QuorumMove.Retire, 3, true)]
    [InlineData("all", 999, 1000, 1.00, false, QuorumMove.Open, 1000, false)]
    [InlineData("all", 1000, 1000, 0.50, true, QuorumMove.Retire, 1000, true)]
    [InlineData("dynamic:3-7@0.95", 0, 0, 0.50, true, QuorumMove.Open, 3, false)]
    [InlineData("dynamic:3-7@0.95", 2, 3, 0.99, false, QuorumMove.Open, 3, false)]
    [InlineData("dynamic:3-7@0.95", 3, 3, 0.95, false, QuorumMove.Retire, 3, false)]
    [InlineData("dynamic:3-7@0.95", 3, 3, 0.94, false, QuorumMove.Grow, 4, false)]
    [InlineData("dynamic:3-7@0.95", 4, 5, 0.94, false, QuorumMove.Open, 5, false)]
    [InlineData("dynamic:3-7@0.95", 4, 5, 0.96, false, QuorumMove.Retire, 5, false)]
    [InlineData("dynamic:3-7@0.95", 6, 4, 0.50, false, QuorumMove.Grow, 7, false)]
    [InlineData("dynamic:3-7@0.95", 7, 7, 0.95, false, QuorumMove.Retire, 7, false)]
    [InlineData("dynamic:3-7@0.95", 7, 7, 0.94, false, QuorumMove.Retire, 7, true)]
    [InlineData("dynamic:3-7@0.95", 8, 9, 0.94, false, QuorumMove.Retire, 7, true)]
    [InlineData("dynamic:3-7@0.95", 3, 3, double.NaN, false, QuorumMove.Grow, 4, false)]
    [InlineData("dynamic:3-7@0.95", 7, 7, double.NaN, false, QuorumMove.Retire, 7, true)]
    [InlineData("dynamic:2-4@0.5", 2, 2, 0.50, true, QuorumMove.Grow, 3, false)]
    [InlineData("dynamic:2-4@0.5", 4, 4, 0.50, true, QuorumMove.Retire, 4, true)]
    public void The_table_of_decisions(
        string policy, int answers, int target, double confidence, bool tie, QuorumMove move, int next, bool undecided) =>
        Assert.Equal(new QuorumDecision(move, next, undecided), QuorumPolicy.Parse(policy).Decide(answers, target, confidence, tie));

    [Theory]
    [InlineData("all")]
    [InlineData("fixed:5")]
    [InlineData("dynamic:3-7@0.95")]
    public void A_task_in_doubt_ends_at_its_maximum_and_never_asks_for_more(string text)
    {
        QuorumPolicy policy = QuorumPolicy.Parse(text);
        int target = policy.Minimum, answers = 0;
        QuorumDecision decision;
        do
        {
            answers++;
            Assert.True(answers <= target, "An answer came for which no slot was asked.");
            decision = policy.Decide(answers, target, confidence: 0.5, tie: true);
            target = decision.Target;
        }
        while (decision.Move != QuorumMove.Retire);
        Assert.Equal(policy.Maximum, answers);
        Assert.True(decision.Undecided);
    }

    [Theory]
    [InlineData(0.97, QuorumMove.Retire)]
    [InlineData(0.94, QuorumMove.Grow)]
    public void A_price_ends_a_task_when_the_expected_loss_is_below_it(double confidence, QuorumMove move)
    {
        QuorumPolicy policy = QuorumPolicy.Parse("dynamic:2-9@0.99,price:0.05");
        Assert.Equal("dynamic:2-9@0.99,price:0.05", policy.ToString());
        QuorumDecision decision = policy.Decide(answers: 3, target: 3, confidence, tie: false);
        Assert.Equal((move, move == QuorumMove.Retire), (decision.Move, decision.Undecided));
    }

    [Theory]
    [InlineData("dynamic:2-9@0.9,price:")]
    [InlineData("dynamic:2-9@0.9,price:2")]
    [InlineData("fixed:3,price:0.1")]
    public void A_price_that_is_none_is_refused(string text) => Assert.False(QuorumPolicy.TryParse(text, out _, out _));

    [Fact]
    public void A_trial_of_a_policy_keeps_its_bounds_and_pays_for_fewer_answers_than_there_are()
    {
        double found = 0, all = 0;
        for (int seed = 1; seed <= 4; seed++)
        {
            (Answer[] answers, int[] truth) = Crowds.Mixed(seed, tasks: 300, workers: 40, classes: 3, each: 12);
            new Random(seed).Shuffle(answers);
            QuorumTrial trial = QuorumTrial.Run(answers, QuorumPolicy.Parse("dynamic:2-8@0.95"), 300, 40, 3);
            int[] taken = [.. Enumerable.Range(0, 300).Select(trial.Answers.CountOf)];
            Assert.InRange(taken.Min(), 2, 8);
            Assert.InRange(taken.Max(), 2, 8);
            Assert.Equal(trial.Used, taken.Sum());
            Assert.InRange(trial.Used, 600, answers.Length / 2);
            all += Crowds.Accuracy(new MajorityAggregator().Run(AnswerMatrix.From(answers, 300, 40, 3)), truth) / 4;
            found += Crowds.Accuracy(trial.Outcome, truth) / 4;
        }

        Assert.True(found > all - 0.03, $"{found} against {all} by counting every answer");
    }

    [Fact]
    public void A_fixed_policy_takes_the_first_answers_of_each_task()
    {
        (Answer[] answers, _) = Crowds.Mixed(seed: 8, tasks: 50, workers: 10, classes: 2, each: 5);
        Assert.Equal(150, QuorumTrial.Run(answers, QuorumPolicy.Fixed(3), 50, 10, 2).Used);
    }
}
