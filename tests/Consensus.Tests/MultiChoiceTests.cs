namespace Trove.Consensus.Tests;

public sealed class MultiChoiceTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(50);

    [Fact]
    public void Each_option_is_a_question_of_its_own()
    {
        var chances = new double[3];
        MultiChoice.Compute([new([0, 1], 0.8), new([0], 0.8)], chances);
        Draw.Equal([16.0 / 17, 0.5, 1.0 / 17], chances);
        LeadingSet leading = MultiChoice.Leading(chances);
        Assert.Equal([0], leading.Options.ToArray());
        Assert.Equal(16.0 / 17 * 0.5 * 16 / 17, leading.Confidence, 1e-12);
        Assert.True(leading.Tie);
    }

    [Fact]
    public void Ticking_nothing_is_evidence_but_not_sure_is_none()
    {
        var chances = new double[2];
        MultiChoice.Compute([new([], 0.9), new([0, 1], 0.9, NotSure: true)], chances);
        Draw.Equal([0.1, 0.1], chances);
        Assert.Empty(MultiChoice.Leading(chances).Options);
    }

    [Fact]
    public void An_option_ticked_twice_counts_once()
    {
        double[] once = new double[2], twice = new double[2];
        MultiChoice.Compute([new([1], 0.8)], once);
        MultiChoice.Compute([new([1, 1], 0.8)], twice);
        Assert.Equal(once, twice);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void An_option_outside_the_schema_is_refused(int option) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MultiChoice.Compute([new([option], 0.8)], new double[2]));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Taking_answers_one_by_one_equals_computing_from_all(int seed)
    {
        var random = new Random(seed);
        int options = random.Next(1, 200);
        Selection[] selections = [.. Enumerable.Range(0, random.Next(7)).Select(_ => new Selection(
            [.. Enumerable.Range(0, options).Where(_ => random.Next(2) == 0)], random.NextDouble(), random.Next(5) == 0))];
        double[] batch = new double[options], online = new double[options];
        Array.Fill(online, 0.5);
        foreach (Selection selection in selections)
        {
            MultiChoice.Update(online, selection);
        }

        MultiChoice.Compute(selections, batch);
        Draw.Equal(batch, online);
    }

    [Fact]
    public void Certainty_stays_certainty_and_never_becomes_nothing()
    {
        double[] chances = [0.5, 0.5];
        for (int i = 0; i < 1000; i++)
        {
            MultiChoice.Update(chances, new([0], 1));
        }

        Assert.Equal(1, chances[0], 1e-9);
        Assert.Equal(0, chances[1], 1e-9);
    }
}
