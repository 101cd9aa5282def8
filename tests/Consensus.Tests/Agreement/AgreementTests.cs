namespace Trove.Consensus.Tests;

public sealed class AgreementTests
{
    private const int None = -1;

    /// <summary>Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C: four observers, twelve units, values 1 to 5 here from 0.</summary>
    private static readonly int[][] Krippendorff2011 =
    [
        [0, 1, 2, 2, 1, 0, 3, 0, 1, None, None, None],
        [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, None, 2],
        [None, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, None],
        [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, None],
    ];

    /// <summary>Ten subjects, fourteen raters, five categories: the worked example for Fleiss' kappa in Wikipedia, counts by subject.</summary>
    private static readonly int[][] FourteenRaters =
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ];

    public static TheoryData<int> Seeds => Draw.Seeds(10);

    [Theory]
    [InlineData(AgreementScale.Nominal, 0.743)]
    [InlineData(AgreementScale.Ordinal, 0.815)]
    [InlineData(AgreementScale.Interval, 0.849)]
    public void Alpha_of_the_published_example_is_the_published_one(AgreementScale scale, double published)
    {
        AgreementFigure alpha = new Agreement(Matrix(Krippendorff2011, 5)).Krippendorff(scale);
        Assert.Equal(published, alpha.Value!.Value, 0.0005);
        Assert.Equal(11, alpha.Tasks);
        Assert.True(alpha.Low < alpha.Value && alpha.Value < alpha.High && alpha.High <= 1, $"{alpha}");
    }

    [Fact]
    public void Interval_alpha_takes_the_values_of_the_classes()
    {
        var agreement = new Agreement(Matrix(Krippendorff2011, 5), rounds: 0);
        Assert.Equal(agreement.Krippendorff(AgreementScale.Interval).Value!.Value, agreement.Krippendorff(AgreementScale.Interval, [10, 20, 30, 40, 50]).Value!.Value, 1e-12);
        Assert.NotEqual(agreement.Krippendorff(AgreementScale.Interval).Value!.Value, agreement.Krippendorff(AgreementScale.Interval, [0, 1, 2, 3, 40]).Value!.Value, 1e-3);
        Assert.Throws<ArgumentException>(() => agreement.Krippendorff(AgreementScale.Interval, [1, 2]));
        Assert.Throws<ArgumentException>(() => agreement.Krippendorff(AgreementScale.Interval, [1, 2, 3, 4, double.NaN]));
    }

    [Fact]
    public void Fleiss_kappa_of_the_published_example_is_the_published_one()
    {
        Answer[] answers = [.. FourteenRaters.SelectMany((counts, task) =>
            counts.SelectMany((count, label) => Enumerable.Repeat(label, count)).Select((label, rater) => new Answer(task, rater, label)))];
        AgreementFigure kappa = new Agreement(AnswerMatrix.From(answers, 10, 14, 5)).Fleiss();
        Assert.Equal(0.210, kappa.Value!.Value, 0.0005);
        Assert.True(kappa.Low < kappa.Value && kappa.Value < kappa.High, $"{kappa}");
    }

    /// <summary>The worked example in Wikipedia's article on Cohen's kappa: fifty applications, 20 and 15 agreed upon, 5 and 10 not.</summary>
    [Fact]
    public void Cohens_kappa_of_the_published_example_is_the_published_one()
    {
        (int One, int Other)[] pairs = [.. Enumerable.Repeat((0, 0), 20), .. Enumerable.Repeat((0, 1), 5), .. Enumerable.Repeat((1, 0), 10), .. Enumerable.Repeat((1, 1), 15)];
        AgreementFigure kappa = new Agreement(Matrix([[.. pairs.Select(p => p.One)], [.. pairs.Select(p => p.Other)]], 2)).Cohen(0, 1);
        Assert.Equal(0.4, kappa.Value!.Value, 1e-9);
        Assert.InRange(kappa.Low!.Value, 0.05, 0.3);
        Assert.InRange(kappa.High!.Value, 0.5, 0.7);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Names_and_order_change_no_nominal_figure(int seed)
    {
        var random = new Random(seed);
        int[][] table = Random(random, contributors: 5, tasks: 30, classes: 4);
        int[] classes = [0, 1, 2, 3], contributors = [0, 1, 2, 3, 4];
        random.Shuffle(classes);
        random.Shuffle(contributors);
        int[][] renamed = [.. contributors.Select(who => table[who].Select(label => label == None ? None : classes[label]).ToArray())];
        Agreement one = new(Matrix(table, 4), rounds: 50), other = new(Matrix(renamed, 4), rounds: 50);
        Same(one.Krippendorff(), other.Krippendorff());
        Same(one.Fleiss(), other.Fleiss());
        for (int c = 0; c < 4; c++)
        {
            Same(one.OfClass(c), other.OfClass(classes[c]));
        }

        for (int k = 0; k < 5; k++)
        {
            Same(one.OfContributor(contributors[k]), other.OfContributor(k));
            Same(one.Cohen(contributors[k], contributors[(k + 1) % 5]), other.Cohen((k + 1) % 5, k));
        }
    }

    [Fact]
    public void Full_agreement_is_one_and_chance_is_about_zero()
    {
        int[] row = [0, 1, 2, 0, 1, 2, 0, 1];
        var full = new Agreement(Matrix([row, row, row], 3));
        Assert.Equal(1, full.Krippendorff().Value);
        Assert.Equal((1, 1), (full.Fleiss().Value, full.Cohen(0, 2).Value));
        Assert.Equal((1, 1), (full.OfClass(1).Value, full.OfContributor(1).Value));
        var chance = new Agreement(Matrix(Random(new Random(1), 6, 2000, 4), 4), rounds: 200);
        AgreementFigure alpha = chance.Krippendorff();
        Assert.InRange(alpha.Value!.Value, -0.03, 0.03);
        Assert.True(alpha.Low < 0 && alpha.High > 0, $"{alpha}");
    }

    [Fact]
    public void A_contributor_who_guesses_stands_out()
    {
        var random = new Random(2);
        int[] truth = [.. Enumerable.Range(0, 200).Select(_ => random.Next(3))];
        int[] guesses = [.. truth.Select(_ => random.Next(3))];
        var agreement = new Agreement(Matrix([truth, truth, truth, guesses], 3), rounds: 200);
        Assert.InRange(agreement.OfContributor(3).Value!.Value, -0.2, 0.2);
        Assert.True(agreement.OfContributor(0).Low > agreement.OfContributor(3).High);
    }

    [Fact]
    public void Where_there_is_nothing_to_agree_about_there_is_no_figure()
    {
        foreach (Agreement agreement in (Agreement[])[
            new(AnswerMatrix.From([], 0, 2, 1)),
            new(AnswerMatrix.From([new(0, 0, 0), new(1, 1, 1)], 2, 2, 2)),
            new(Matrix([[0, 0, 0], [0, 0, 0]], 1))])
        {
            Assert.Null(agreement.Krippendorff().Value);
            Assert.Null(agreement.Krippendorff(AgreementScale.Ordinal).Value);
            Assert.Null(agreement.Fleiss().Value);
            Assert.Null(agreement.Cohen(0, 1).Value);
            Assert.Null(agreement.OfClass(0).Value);
            Assert.Null(agreement.OfContributor(0).Value);
        }
    }

    [Fact]
    public void The_seed_decides_the_interval()
    {
        AnswerMatrix answers = Matrix(Krippendorff2011, 5);
        Assert.Equal(new Agreement(answers, seed: 7).Krippendorff(), new Agreement(answers, seed: 7).Krippendorff());
        Assert.NotEqual(new Agreement(answers, seed: 7).Krippendorff(), new Agreement(answers, seed: 8).Krippendorff());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Agreement(answers).OfClass(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Agreement(answers).OfContributor(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Agreement(answers).Cohen(0, -1));
    }

    private static void Same(AgreementFigure one, AgreementFigure other)
    {
        Assert.Equal(one.Value!.Value, other.Value!.Value, 1e-9);
        Assert.Equal(one.Low!.Value, other.Low!.Value, 1e-9);
        Assert.Equal(one.High!.Value, other.High!.Value, 1e-9);
    }

    private static int[][] Random(Random random, int contributors, int tasks, int classes) =>
        [.. Enumerable.Range(0, contributors).Select(_ => Enumerable.Range(0, tasks).Select(_ => random.Next(5) == 0 ? None : random.Next(classes)).ToArray())];

    private static AnswerMatrix Matrix(int[][] byContributor, int classes) => AnswerMatrix.From(
        [.. byContributor.SelectMany((row, who) => row.Select((label, task) => new Answer(task, who, label))).Where(answer => answer.Label != None)],
        byContributor[0].Length,
        byContributor.Length,
        classes);
}
