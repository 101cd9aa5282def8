namespace Trove.Consensus.Tests;

public sealed class AggregatorTests
{
    public static TheoryData<string> Methods => [.. Aggregators.All.Select(method => method.Name)];

    public static TheoryData<string, int> MethodsAndSeeds
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (IAggregator method in Aggregators.All)
            {
                for (int seed = 1; seed <= 20; seed++)
                {
                    cases.Add(method.Name, seed);
                }
            }

            return cases;
        }
    }

    [Fact]
    public void Methods_are_called_by_name_and_an_unknown_one_lists_the_known()
    {
        Assert.Equal("trove", Aggregators.Default.Name);
        Assert.Equal("dawid-skene", Aggregators.ByName("Dawid-Skene").Name);
        var fault = Assert.Throws<ArgumentException>(() => Aggregators.ByName("oracle"));
        Assert.Contains("'oracle'; there are trove, majority, wawa, zero-based-skill, one-coin, dawid-skene, glad", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 3)]
    [InlineData(-1, 0, 0)]
    public void An_answer_outside_the_matrix_is_refused(int task, int worker, int label) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AnswerMatrix.From([new(task, worker, label)], 2, 1, 3));

    [Fact]
    public void Majority_is_the_share_of_the_answers()
    {
        Aggregation outcome = Aggregators.ByName("majority").Run(
            AnswerMatrix.From([new(0, 0, 1), new(0, 1, 1), new(0, 2, 0), new(1, 0, 2)], tasks: 3, workers: 3, classes: 3));
        Draw.Equal([1.0 / 3, 2.0 / 3, 0], outcome.PosteriorOf(0).ToArray());
        Draw.Equal([0, 0, 1], outcome.PosteriorOf(1).ToArray());
        Draw.Equal([1.0 / 3, 1.0 / 3, 1.0 / 3], outcome.PosteriorOf(2).ToArray());
        Assert.True(outcome.LeadingOf(2).Tie);
    }

    [Theory]
    [InlineData("trove")]
    [InlineData("dawid-skene")]
    public void Three_who_agree_with_the_crowd_outvote_four_who_do_not(string method)
    {
        (Answer[] answers, _) = Crowd(seed: 1, tasks: 300, classes: 4, skills: [0.95, 0.95, 0.95, 0.25, 0.25, 0.25, 0.25]);
        Answer[] contested = [.. Enumerable.Range(0, 7).Select(worker => new Answer(300, worker, worker < 3 ? 2 : 1))];
        Aggregation outcome = Aggregators.ByName(method).Run(AnswerMatrix.From([.. answers, .. contested], 301, 7, 4));
        Assert.Equal(2, outcome.LeadingOf(300).Choice);
        Assert.True(outcome.LeadingOf(300).Confidence > 0.8);
    }

    [Fact]
    public void Dawid_skene_reads_a_worker_who_swaps_two_classes_where_a_weighted_vote_can_not()
    {
        (Answer[] answers, int[] truth) = Crowd(seed: 2, tasks: 400, classes: 2, skills: [0.8, 0.8, 0.8]);
        Answer[] swapped = [.. truth.Select((label, task) => new Answer(task, 3, 1 - label))];
        AnswerMatrix matrix = AnswerMatrix.From([.. answers, .. swapped], 400, 4, 2);
        Assert.True(Accuracy(Aggregators.ByName("dawid-skene").Run(matrix), truth) > 0.97);
        Assert.InRange(Accuracy(Aggregators.ByName("wawa").Run(matrix), truth), 0.85, 0.95);
    }

    [Theory]
    [MemberData(nameof(MethodsAndSeeds))]
    public void Permuting_the_answers_changes_not_one_bit(string method, int seed)
    {
        var random = new Random(seed);
        (Answer[] answers, _) = Crowd(seed, tasks: 60, classes: random.Next(2, 6), skills: [0.9, 0.7, 0.6, 0.5]);
        Answer[] shuffled = [.. answers];
        random.Shuffle(shuffled);
        Aggregation one = Aggregators.ByName(method).Run(AnswerMatrix.From(answers, 60, 4, 6));
        Aggregation other = Aggregators.ByName(method).Run(AnswerMatrix.From(shuffled, 60, 4, 6));
        for (int t = 0; t < 60; t++)
        {
            Assert.Equal(one.PosteriorOf(t).ToArray(), other.PosteriorOf(t).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndSeeds))]
    public void Renaming_tasks_workers_and_classes_only_renames_the_outcome(string method, int seed)
    {
        var random = new Random(seed);
        const int Tasks = 60, Workers = 5, Classes = 4;
        (Answer[] answers, _) = Crowd(seed, Tasks, Classes, skills: [0.9, 0.8, 0.7, 0.6, 0.5]);
        (int[] task, int[] worker, int[] label) = (Renamed(Tasks), Renamed(Workers), Renamed(Classes));
        Aggregation one = Aggregators.ByName(method).Run(AnswerMatrix.From(answers, Tasks, Workers, Classes));
        Aggregation other = Aggregators.ByName(method).Run(AnswerMatrix.From(
            [.. answers.Select(a => new Answer(task[a.Task], worker[a.Worker], label[a.Label]))], Tasks, Workers, Classes));
        for (int t = 0; t < Tasks; t++)
        {
            double[] renamed = other.PosteriorOf(task[t]).ToArray();
            Draw.Equal(one.PosteriorOf(t).ToArray(), [.. label.Select(name => renamed[name])], within: 1e-9);
        }

        int[] Renamed(int count)
        {
            int[] names = [.. Enumerable.Range(0, count)];
            random.Shuffle(names);
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Hard_crowds_give_probabilities_all_the_same(string method)
    {
        var random = new Random(7);
        (string Name, AnswerMatrix Matrix)[] crowds =
        [
            ("nothing", AnswerMatrix.From([], 0, 0, 1)),
            ("tasks without answers", AnswerMatrix.From([], 5, 3, 4)),
            ("one answer", AnswerMatrix.From([new(0, 0, 0)], 1, 1, 2)),
            ("one class only", AnswerMatrix.From([new(0, 0, 0), new(0, 1, 0), new(1, 0, 0)], 2, 2, 1)),
            ("classes nobody chose", AnswerMatrix.From([new(0, 0, 1), new(0, 1, 1), new(1, 0, 1)], 2, 2, 50)),
            ("one worker", AnswerMatrix.From([.. Enumerable.Range(0, 100).Select(t => new Answer(t, 0, t % 3))], 100, 1, 3)),
            ("no overlap", AnswerMatrix.From([.. Enumerable.Range(0, 100).Select(t => new Answer(t, t, t % 3))], 100, 100, 3)),
            ("all disagree", AnswerMatrix.From([.. Enumerable.Range(0, 100).Select(i => new Answer(i / 5, i % 5, i % 5))], 20, 5, 5)),
            ("two answers each", AnswerMatrix.From([.. Enumerable.Range(0, 600).Select(i => new Answer(i % 200, i / 2, random.Next(8)))], 200, 300, 8)),
            ("all right, always", AnswerMatrix.From([.. Enumerable.Range(0, 20_000).Select(i => new Answer(i / 200, i % 200, i / 200 % 2))], 100, 200, 2)),
            ("pure noise", AnswerMatrix.From([.. Enumerable.Range(0, 3000).Select(i => new Answer(i % 300, i / 300, random.Next(10)))], 300, 10, 10)),
        ];
        foreach ((string name, AnswerMatrix matrix) in crowds)
        {
            Aggregation outcome = Aggregators.ByName(method).Run(matrix);
            Assert.Equal(matrix.Tasks, outcome.Tasks);
            for (int t = 0; t < outcome.Tasks; t++)
            {
                double[] posterior = outcome.PosteriorOf(t).ToArray();
                Assert.True(posterior.All(p => p is >= 0 and <= 1 + 1e-12) && Math.Abs(posterior.Sum() - 1) < 1e-9, $"{name}, task {t}: {string.Join(' ', posterior)}");
            }
        }
    }

    [Theory]
    [InlineData("trove")]
    [InlineData("dawid-skene")]
    public void A_crowd_of_mostly_guessers_is_still_read_better_than_by_counting(string method)
    {
        double[] skills = [.. Enumerable.Range(0, 20).Select(worker => worker < 8 ? 0.85 : 0.5)];
        (Answer[] answers, int[] truth) = Crowd(seed: 3, tasks: 500, classes: 2, skills);
        AnswerMatrix matrix = AnswerMatrix.From(answers, 500, 20, 2);
        double counted = Accuracy(Aggregators.ByName("majority").Run(matrix), truth);
        Assert.True(Accuracy(Aggregators.ByName(method).Run(matrix), truth) > counted + 0.02);
    }

    /// <summary>Everyone answers every task; a wrong answer is any other class.</summary>
    private static (Answer[] Answers, int[] Truth) Crowd(int seed, int tasks, int classes, double[] skills)
    {
        var random = new Random(seed);
        int[] truth = [.. Enumerable.Range(0, tasks).Select(_ => random.Next(classes))];
        Answer[] answers = [.. truth.SelectMany((label, task) => skills.Select((skill, worker) => new Answer(
            task, worker, random.NextDouble() < skill ? label : (label + random.Next(1, classes)) % classes)))];
        return (answers, truth);
    }

    private static double Accuracy(Aggregation outcome, int[] truth) =>
        truth.Select((label, task) => outcome.LeadingOf(task).Choice == label ? 1.0 : 0).Average();
}
