namespace Trove.Consensus.Tests;

/// <summary>Labels that people write themselves, and data sets of odd shapes: cost follows the answers, not the classes times the tasks.</summary>
public sealed class ManyClassesTests
{
    public static TheoryData<string> TakeAnything => ["trove", "majority", "wawa", "zero-based-skill"];

    public static TheoryData<string, string> MethodsAndShapes
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (IAggregator method in Aggregators.All)
            {
                foreach (string shape in (string[])["100 classes", "1000 classes", "one task", "one worker", "strangers only", "two thousand answers to a task", "an answer each"])
                {
                    cases.Add(method.Name, shape);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(TakeAnything))]
    public void Five_thousand_classes_cost_what_their_answers_cost(string method)
    {
        AnswerMatrix matrix = Wide(tasks: 20_000, classes: 5000, out int[] truth);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Aggregation outcome = Aggregators.ByName(method).Run(matrix);
        // A table of tasks and classes alone would be 800 MB. Weights are voted on a hundred times, 60,000 slots each.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
        Assert.True(Crowds.Accuracy(outcome, truth) > 0.8);
        ReadOnlySpan<double> posterior = outcome.PosteriorOf(7);
        Assert.Equal(5000, posterior.Length);
        Assert.Equal(1, posterior.ToArray().Sum(), 1e-6);
        Assert.Equal(posterior[truth[7]], outcome.ProbabilityOf(7, truth[7]));
    }

    [Theory]
    [InlineData("one-coin")]
    [InlineData("dawid-skene")]
    [InlineData("glad")]
    public void A_method_whose_tables_would_not_fit_says_so_before_it_starts(string method)
    {
        AnswerMatrix matrix = Wide(tasks: 20_000, classes: 5000, out _);
        var fault = Assert.Throws<NotSupportedException>(() => Aggregators.ByName(method).Run(matrix));
        Assert.StartsWith(method + " keeps a figure for each class in ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Use trove or a vote", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_answer_at_a_time_has_a_limit_of_classes_and_names_it()
    {
        Assert.Equal(0, new OnlineModel(OnlineModel.MostClasses).Count);
        var fault = Assert.Throws<NotSupportedException>(() => new OnlineModel(OnlineModel.MostClasses + 1));
        Assert.Contains("at most 1000 classes, and there are 1001", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(MethodsAndShapes))]
    public void Odd_shapes_give_probabilities_all_the_same(string method, string shape)
    {
        var random = new Random(3);
        AnswerMatrix matrix = shape switch
        {
            "100 classes" => Wide(tasks: 300, classes: 100, out _),
            "1000 classes" => Wide(tasks: 300, classes: 1000, out _),
            "one task" => AnswerMatrix.From([new(0, 0, 2), new(0, 1, 2), new(0, 2, 0)], 1, 3, 3),
            "one worker" => AnswerMatrix.From([.. Enumerable.Range(0, 500).Select(t => new Answer(t, 0, random.Next(4)))], 500, 1, 4),
            "strangers only" => AnswerMatrix.From([.. Enumerable.Range(0, 100_000).Select(i => new Answer(i / 5, i, random.Next(10) < 7 ? i / 5 % 3 : random.Next(3)))], 20_000, 100_000, 3),
            "two thousand answers to a task" => AnswerMatrix.From([.. Enumerable.Range(0, 4000).Select(i => new Answer(i / 2000, i % 2000, random.Next(10) < 4 ? 1 : random.Next(6)))], 2, 2000, 6),
            _ => AnswerMatrix.From([.. Enumerable.Range(0, 5000).Select(t => new Answer(t, t % 50, random.Next(10)))], 5000, 50, 10),
        };
        Aggregation outcome = Aggregators.ByName(method).Run(matrix);
        for (int t = 0; t < outcome.Tasks; t++)
        {
            double sum = 0;
            foreach (double p in outcome.PosteriorOf(t))
            {
                Assert.InRange(p, 0, 1 + 1e-12);
                sum += p;
            }

            Assert.Equal(1, sum, 1e-9);
        }
    }

    [Fact]
    public void With_many_classes_the_default_still_finds_who_guesses()
    {
        AnswerMatrix matrix = Wide(tasks: 20_000, classes: 2000, out int[] truth, guessers: 0.5);
        double counted = Crowds.Accuracy(new MajorityAggregator().Run(matrix), truth), found = Crowds.Accuracy(new TroveAggregator().Run(matrix), truth);
        Assert.True(found > counted + 0.05, $"{found} against {counted} by counting");
    }

    [Fact]
    public void With_many_classes_too_the_evidence_that_travels_gives_the_posterior_of_the_fit()
    {
        // Few of the answers, but more workers than a table of confusions has room for.
        var random = new Random(8);
        AnswerMatrix matrix = AnswerMatrix.From([.. Enumerable.Range(0, 600).Select(i => new Answer(i / 3, i % 70, random.Next(3) > 0 ? i / 3 : random.Next(200)))], 201, 200_000, 200);
        var fit = new TroveFit(matrix);
        var posterior = new double[200];
        for (int task = 0; task < matrix.Tasks; task++)
        {
            fit.Model.Posterior(fit.EvidenceOf(task), posterior);
            Draw.Equal(fit.Outcome.PosteriorOf(task).ToArray(), posterior, within: 1e-6);
            Assert.Equal(Leading.Of(posterior).Choice, fit.Outcome.LeadingOf(task).Choice);
        }

        Assert.InRange(fit.Model.ReliabilityOf(fit.ContributorOf(1)), 0.1, 1);
    }

    [Fact]
    public void Renaming_many_classes_only_renames_the_outcome()
    {
        AnswerMatrix matrix = Wide(tasks: 8000, classes: 5000, out _, guessers: 0.3);
        int[] names = [.. Enumerable.Range(0, 5000)];
        new Random(4).Shuffle(names);
        AnswerMatrix renamed = AnswerMatrix.From([.. matrix.ToArray().Select(answer => answer with { Label = names[answer.Label] })], 8000, matrix.Workers, 5000);
        Aggregation one = new TroveAggregator().Run(matrix), other = new TroveAggregator().Run(renamed);
        for (int t = 0; t < 8000; t += 10)
        {
            double[] row = other.PosteriorOf(t).ToArray();
            Draw.Equal(one.PosteriorOf(t).ToArray(), [.. names.Select(name => row[name])], within: 1e-7);
        }
    }

    /// <summary>Three answers a task; who does not guess is right in four of five, and guesses follow a long tail.</summary>
    private static AnswerMatrix Wide(int tasks, int classes, out int[] truth, double guessers = 0.05)
    {
        var random = new Random(5);
        int workers = Math.Max(10, tasks / 60);
        int[] truths = [.. Enumerable.Range(0, tasks).Select(_ => Tail())];
        bool[] guesses = [.. Enumerable.Range(0, workers).Select(_ => random.NextDouble() < guessers)];
        truth = truths;
        return AnswerMatrix.From(
            [.. Enumerable.Range(0, tasks * 3).Select(i =>
            {
                int worker = ((i / 3) + ((i % 3) * 3)) % workers;
                return new Answer(i / 3, worker, !guesses[worker] && random.NextDouble() < 0.8 ? truths[i / 3] : Tail());
            })],
            tasks,
            workers,
            classes);

        int Tail() => (int)(classes * Math.Pow(random.NextDouble(), 3));
    }
}
