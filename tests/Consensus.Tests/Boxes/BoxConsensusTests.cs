using System.Collections.Immutable;

namespace Trove.Consensus.Tests;

public sealed class BoxConsensusTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(10);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Reliability_finds_more_than_counting(int seed)
    {
        var crowd = new StreetCrowd(seed, images: 60, careless: 4);
        BoxScore learnt = crowd.Score(crowd.Run());
        BoxScore counted = crowd.Score(task => PlainBoxes.Cluster([.. crowd.Answers.Where(a => a.Task == task).Select(a => a.Boxes)]));
        Assert.True(learnt.F1 >= counted.F1, $"seed {seed}: {learnt.F1} against {counted.F1}");
        Assert.True(learnt.MeanOverlap > counted.MeanOverlap, $"seed {seed}: {learnt.MeanOverlap} against {counted.MeanOverlap}");
        Assert.InRange(learnt.F1, 0.97, 1);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_and_names_of_answers_contributors_and_boxes_change_nothing(int seed)
    {
        var crowd = new StreetCrowd(seed, images: 30);
        var random = new Random(seed);
        int[] renamed = [.. Enumerable.Range(0, crowd.Contributors)];
        random.Shuffle(renamed);
        BoxAnswer[] shuffled = [.. crowd.Answers.Select(a => a with { Contributor = renamed[a.Contributor], Boxes = [.. a.Boxes.Reverse()] })];
        random.Shuffle(shuffled);
        BoxOutcome one = crowd.Run(), other = BoxConsensus.Run(shuffled, crowd.Truth.Length, crowd.Contributors);
        for (int task = 0; task < crowd.Truth.Length; task++)
        {
            Same(one.Images[task], other.Images[task], scale: 1);
        }

        for (int j = 0; j < renamed.Length; j++)
        {
            Assert.Equal(one.Contributors[j].Quality, other.Contributors[renamed[j]].Quality, 1e-9);
        }
    }

    [Theory]
    [InlineData(0.0008)]
    [InlineData(37)]
    public void The_unit_of_length_changes_nothing(double scale)
    {
        var crowd = new StreetCrowd(1, images: 30);
        BoxAnswer[] scaled = [.. crowd.Answers.Select(a => a with { Boxes = [.. a.Boxes.Select(b => new Box(b.X * scale, b.Y * scale, b.Width * scale, b.Height * scale))] })];
        BoxOutcome one = crowd.Run(), other = BoxConsensus.Run(scaled, crowd.Truth.Length, crowd.Contributors);
        for (int task = 0; task < crowd.Truth.Length; task++)
        {
            Same(one.Images[task], other.Images[task], scale);
        }
    }

    [Fact]
    public void Live_consensus_with_learnt_skills_equals_that_of_the_whole_set()
    {
        var crowd = new StreetCrowd(2, images: 30);
        BoxOutcome outcome = crowd.Run();
        for (int task = 0; task < crowd.Truth.Length; task++)
        {
            BoxOpinion[] opinions = [.. crowd.Answers.Where(a => a.Task == task).Select(a => new BoxOpinion(a.Boxes, outcome.Contributors[a.Contributor].Skill))];
            Same(outcome.Images[task], BoxConsensus.Judge(opinions, outcome.Crowd), scale: 1);
        }
    }

    [Fact]
    public void Strangers_decide_by_majority()
    {
        var box = new Box(10, 10, 20, 40);
        BoxSkill stranger = BoxCrowd.Unknown.Stranger;
        FoundBox two = Assert.Single(BoxConsensus.Judge([new([box], stranger), new([box], stranger), new([], stranger)], BoxCrowd.Unknown));
        FoundBox one = Assert.Single(BoxConsensus.Judge([new([box], stranger), new([], stranger), new([], stranger)], BoxCrowd.Unknown));
        Assert.True(two.Accepted);
        Assert.Equal(box, two.Box);
        Assert.False(one.Accepted);
        Assert.Equal(1, two.Existence + one.Existence, 1e-12);
    }

    [Fact]
    public void A_habit_of_one_contributor_does_not_move_the_boxes()
    {
        var crowd = new StreetCrowd(3, images: 60, careless: 0);
        double before = crowd.Score(crowd.Run()).MeanOverlap;
        for (int i = 0; i < crowd.Answers.Count; i++)
        {
            if (crowd.Answers[i] is { Contributor: 0 } answer)
            {
                crowd.Answers[i] = answer with { Boxes = [.. answer.Boxes.Select(b => b with { X = b.X + 12 })] };
            }
        }

        BoxOutcome after = crowd.Run();
        Assert.Equal(before, crowd.Score(after).MeanOverlap, 0.02);
        double unit = after.Crowd.Unit(after.Crowd.Side);
        Edges first = after.Contributors[0].Skill.Bias, second = after.Contributors[3].Skill.Bias;
        Assert.InRange((first.Left - second.Left) * unit, 8, 14);
        Assert.InRange((first.Top - second.Top) * unit, -2, 2);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Who_marks_everything_and_who_marks_nothing_do_little_harm(int seed)
    {
        var crowd = new StreetCrowd(seed, images: 40);
        double alone = crowd.Score(crowd.Run()).F1;
        int everything = crowd.Contributors, nothing = everything + 1;
        for (int task = 0; task < crowd.Truth.Length; task++)
        {
            crowd.Answers.Add(new(task, everything, [.. Enumerable.Range(0, 96).Select(i => new Box(i % 12 * 100, i / 12 * 80, 100, 80))]));
            crowd.Answers.Add(new(task, nothing, []));
        }

        BoxOutcome outcome = BoxConsensus.Run([.. crowd.Answers], crowd.Truth.Length, crowd.Contributors + 2);
        Assert.InRange(crowd.Score(outcome).F1, alone - 0.03, 1);
        double worst = outcome.Contributors.Take(crowd.Contributors).Min(c => c.Quality);
        Assert.True(outcome.Contributors[everything].Quality < worst, $"seed {seed}");
        Assert.True(outcome.Contributors[nothing].Quality < worst, $"seed {seed}");
    }

    [Fact]
    public void Drawing_a_thing_twice_does_not_make_it_two()
    {
        var crowd = new StreetCrowd(4, images: 40);
        int truth = crowd.Truth.Sum(things => things.Length);
        for (int i = 0; i < crowd.Answers.Count; i++)
        {
            if (crowd.Answers[i] is { Contributor: 1 } answer)
            {
                crowd.Answers[i] = answer with { Boxes = [.. answer.Boxes, .. answer.Boxes.Select(b => b with { X = b.X + 1 })] };
            }
        }

        BoxScore score = crowd.Score(crowd.Run());
        Assert.InRange(score.Found, truth * 0.95, truth * 1.03);
        Assert.InRange(score.F1, 0.97, 1);
    }

    [Fact]
    public void What_is_not_a_box_is_ignored()
    {
        var crowd = new StreetCrowd(5, images: 10);
        BoxOutcome clean = crowd.Run();
        Box[] broken = [new(double.NaN, 0, 1, 1), new(0, double.PositiveInfinity, 1, 1), new(5, 5, -3, 4), new(5, 5, 0, 4), new(0, 0, double.MaxValue, double.MaxValue), default];
        BoxAnswer[] dirty = [.. crowd.Answers.Select(a => a with { Boxes = [.. broken, .. a.Boxes] })];
        BoxOutcome outcome = BoxConsensus.Run(dirty, crowd.Truth.Length, crowd.Contributors);
        for (int task = 0; task < crowd.Truth.Length; task++)
        {
            Assert.Equal(clean.Images[task].AsEnumerable(), outcome.Images[task].AsEnumerable());
        }
    }

    [Fact]
    public void Nothing_gives_nothing()
    {
        Assert.Empty(BoxConsensus.Run([], 0, 0).Images);
        BoxOutcome silent = BoxConsensus.Run([new(0, 0, []), new(1, 1, default)], 3, 2);
        Assert.All(silent.Images, found => Assert.Empty(found));
        Assert.All(silent.Contributors, c => Assert.Equal(BoxCrowd.Unknown.Stranger, c.Skill));
        Assert.Empty(BoxConsensus.Judge([], BoxCrowd.Unknown));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_figure_is_finite_and_every_share_a_share(int seed)
    {
        var random = new Random(seed);
        Box Any() => new(random.Next(4), random.Next(4), Math.Pow(10, random.Next(-8, 9)), Math.Pow(10, random.Next(-8, 9)));
        BoxAnswer[] answers = [.. from task in Enumerable.Range(0, 5) from who in Enumerable.Range(0, 6) where random.Next(3) > 0
            select new BoxAnswer(task, who, [.. Enumerable.Range(0, random.Next(6)).Select(_ => Any())])];
        BoxOutcome outcome = BoxConsensus.Run(answers, 5, 6);
        Assert.All(outcome.Images.SelectMany(found => found), found =>
        {
            Assert.True(found.Box.IsProper, $"{found}");
            Assert.InRange(found.Existence, 0, 1);
            Assert.InRange(found.Confidence, 0, found.Existence);
            Assert.InRange(found.Overlap, 0, 1);
        });
        Assert.All(outcome.Contributors, c =>
        {
            Assert.InRange(c.Quality, 0, 1);
            Assert.InRange(c.Recall, 0, 1);
            Assert.InRange(c.Precision, 0, 1);
            Assert.True(double.IsFinite(c.Skill.Hit + c.Skill.FalseMark + c.Skill.Spread + c.Skill.Bias.Left + c.Skill.Bias.Bottom), $"{c}");
        });
    }

    [Fact]
    public void A_second_answer_of_a_contributor_and_unknown_names_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BoxConsensus.Run([new(0, 0, []), new(0, 0, [])], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BoxConsensus.Run([new(1, 0, [])], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BoxConsensus.Run([new(0, -1, [])], 1, 1));
    }

    [Fact]
    public void Twice_the_images_take_about_twice_the_work()
    {
        Allocated(50);
        long some = Allocated(50), twice = Allocated(100);
        Assert.InRange(twice, some, 2.6 * some);
    }

    /// <summary>Memory asked for stands for work: it is counted, not timed.</summary>
    private static long Allocated(int images)
    {
        BoxAnswer[] answers = [.. new StreetCrowd(6, images).Answers];
        long before = GC.GetAllocatedBytesForCurrentThread();
        BoxConsensus.Run(answers, images, StreetCrowd.Careful + 2);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Same(ImmutableArray<FoundBox> expected, ImmutableArray<FoundBox> actual, double scale)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((FoundBox one, FoundBox other) in expected.OrderBy(found => found.Box.X).Zip(actual.OrderBy(found => found.Box.X)))
        {
            Assert.Equal(one.Confidence, other.Confidence, 1e-6);
            Assert.Equal(one.Accepted, other.Accepted);
            Assert.Equal(one.Marks, other.Marks);
            Assert.Equal(one.Box.X * scale, other.Box.X, 1e-5 * scale);
            Assert.Equal(one.Box.Bottom * scale, other.Box.Bottom, 1e-5 * scale);
        }
    }
}
