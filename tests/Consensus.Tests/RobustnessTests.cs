namespace Trove.Consensus.Tests;

/// <summary>What must hold of every method, and of the default above all, whatever crowd it meets.</summary>
public sealed class RobustnessTests
{
    public static TheoryData<string, int> VoteAndOneCoin
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (string method in (string[])["majority", "one-coin"])
            {
                for (int seed = 1; seed <= 20; seed++)
                {
                    cases.Add(method, seed);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(VoteAndOneCoin))]
    public void A_duplicated_worker_of_known_reliability_never_lowers_confidence_in_the_answer(string method, int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(2, 6);
        Vote[] votes = Draw.Votes(random, classes, most: 6);
        var again = new Vote(random.Next(classes), random.NextDouble());
        double[] before = Confidence([.. votes, again]), after = Confidence([.. votes, again, again]);
        Assert.True(after[again.Choice] >= before[again.Choice] - 1e-12);

        double[] Confidence(Vote[] all)
        {
            if (method == "one-coin")
            {
                return Draw.Posterior(all, classes);
            }

            var counts = new int[classes];
            double sure = Majority.Count(all, counts);
            return Array.ConvertAll(counts, count => count / sure);
        }
    }

    [Fact]
    public void With_three_in_five_guessing_the_default_reads_the_rest_and_does_not_overstate_it()
    {
        (Answer[] answers, int[] truth) = Crowds.Mixed(seed: 4, tasks: 400, workers: 40, classes: 4, each: 9, spammers: 0.6);
        AnswerMatrix matrix = AnswerMatrix.From(answers, 400, 40, 4);
        Aggregation outcome = new TroveAggregator().Run(matrix);
        double counted = Crowds.Accuracy(new MajorityAggregator().Run(matrix), truth), found = Crowds.Accuracy(outcome, truth);
        Assert.True(found > counted, $"{found} against {counted} by counting");
        Assert.InRange(Confidence(outcome), 0, found + 0.05);
    }

    [Fact]
    public void Where_all_guess_the_default_is_not_sure()
    {
        (Answer[] answers, _) = Crowds.Mixed(seed: 6, tasks: 300, workers: 30, classes: 4, each: 5, spammers: 1);
        Assert.True(Confidence(new TroveAggregator().Run(AnswerMatrix.From(answers, 300, 30, 4))) < 0.7);
    }

    [Fact]
    public void Where_all_disagree_the_default_is_as_unsure_as_can_be()
    {
        AnswerMatrix matrix = AnswerMatrix.From([.. Enumerable.Range(0, 100).Select(i => new Answer(i / 5, i % 5, (i + (i / 5)) % 5))], 20, 5, 5);
        Aggregation outcome = new TroveAggregator().Run(matrix);
        for (int task = 0; task < 20; task++)
        {
            Assert.InRange(outcome.LeadingOf(task).Confidence, 0.2, 0.4);
        }
    }

    [Fact]
    public void One_who_always_says_the_same_does_not_make_it_the_truth()
    {
        var random = new Random(9);
        int[] truth = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble() < 0.5 ? 1 : 0)];
        Answer[] answers =
        [
            .. truth.SelectMany((label, task) => Enumerable.Range(0, 8).Select(worker => new Answer(
                task, worker, worker < 3 ? 0 : random.NextDouble() < 0.8 ? label : 1 - label))),
        ];
        Assert.True(Crowds.Accuracy(new TroveAggregator().Run(AnswerMatrix.From(answers, 300, 8, 2)), truth) > 0.9);
    }

    [Fact]
    public void Uneven_classes_do_not_lose_their_names()
    {
        var random = new Random(10);
        int[] truth = [.. Enumerable.Range(0, 800).Select(_ => random.NextDouble() < 0.07 ? 1 : 0)];
        Answer[] answers =
        [
            .. truth.SelectMany((label, task) => Enumerable.Range(0, 4).Select(i => new Answer(
                task, (task + (i * 7)) % 25, random.NextDouble() < 0.85 ? label : 1 - label))),
        ];
        AnswerMatrix matrix = AnswerMatrix.From(answers, 800, 25, 2);
        Aggregation counted = new MajorityAggregator().Run(matrix);
        double fair = truth.Select((label, task) => Leading.ShareOf(counted.PosteriorOf(task), label)).Average();
        double found = Crowds.Accuracy(new TroveAggregator().Run(matrix), truth);
        Assert.True(found > fair + 0.01, $"{found} against {fair} by counting, ties broken fairly");
    }

    [Theory]
    [InlineData("one-coin")]
    [InlineData("dawid-skene")]
    [InlineData("crowd")]
    [InlineData("coins")]
    [InlineData("zero-based-skill")]
    public void Memory_grows_with_the_answers_and_not_faster(string method)
    {
        // A crowd is what the default fits, twice, each on a thread of its own; bytes are counted by thread.
        Func<AnswerMatrix, int> run = method switch
        {
            "crowd" => static matrix => new CrowdFit(matrix, votedPrior: null).Iterations,
            "coins" => static matrix => new CoinCrowd(matrix, popular: false).Iterations,
            _ => matrix => Aggregators.ByName(method).Run(matrix).Iterations,
        };
        // Four times the answers; twice that leaves room for a start-up shared by fewer iterations, but none for a square.
        Assert.InRange(Allocated(4000), 0, 8 * Allocated(1000));

        double Allocated(int tasks)
        {
            AnswerMatrix matrix = AnswerMatrix.From(Crowds.Mixed(seed: 2, tasks, workers: tasks / 20, classes: 5, each: 5).Answers, tasks, tasks / 20, 5);
            run(matrix);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int iterations = run(matrix);
            return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / iterations;
        }
    }

    [Fact]
    public void Over_many_kinds_of_crowds_the_default_is_near_the_best_in_hindsight_and_its_confidence_keeps_its_word()
    {
        double found = 0, best = 0, error = 0, sure = 0, right = 0;
        string[] others = ["majority", "zero-based-skill", "one-coin", "dawid-skene"];
        for (int seed = 1; seed <= 24; seed++)
        {
            (AnswerMatrix matrix, int[] truth) = Crowds.Uneven(seed);
            Aggregation outcome = new TroveAggregator().Run(matrix);
            found += Crowds.Accuracy(outcome, truth);
            best += others.Max(method => Crowds.Accuracy(Aggregators.ByName(method).Run(matrix), truth));
            error += Calibration.Of(outcome, truth.Select((label, task) => KeyValuePair.Create(task, label))).Error;
            for (int task = 0; task < truth.Length; task++)
            {
                Leading leading = outcome.LeadingOf(task);
                sure += leading.Confidence >= 0.95 ? 1 : 0;
                right += leading.Confidence >= 0.95 && leading.Choice == truth[task] ? 1 : 0;
            }
        }

        Assert.True(found > best - (24 * 0.005), $"{found / 24} against {best / 24} with hindsight");
        Assert.InRange(error / 24, 0, 0.05);
        Assert.InRange(right / sure, 0.94, 1);
    }

    private static double Confidence(Aggregation outcome) =>
        Enumerable.Range(0, outcome.Tasks).Average(task => outcome.LeadingOf(task).Confidence);
}
