namespace Trove.Consensus.Tests;

public sealed class BradleyTerryTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(20);

    /// <summary>
    /// American League baseball, 1987 (Agresti, Categorical Data Analysis, 2nd edition 2002, table 10.10): wins of the row over the
    /// column, and the published strengths relative to Baltimore. Our prior of one imagined game to the 78 of a team shrinks them a little.
    /// </summary>
    [Fact]
    public void A_published_season_gives_the_published_strengths()
    {
        int[][] wins = [[0, 7, 9, 7, 7, 9, 11], [6, 0, 7, 5, 11, 9, 9], [4, 6, 0, 7, 7, 8, 12], [6, 8, 6, 0, 6, 7, 10], [6, 2, 6, 7, 0, 7, 12], [4, 4, 5, 6, 6, 0, 6], [2, 4, 1, 3, 1, 7, 0]];
        PairAnswer[] games = [.. from i in Enumerable.Range(0, 7) from j in Enumerable.Range(0, 7) from _ in Enumerable.Range(0, wins[i][j]) select new PairAnswer(0, i, j, Preference.First)];
        PairRanking ranking = BradleyTerry.Rank(games, 7, 1, weighted: false);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], ranking.Order.AsEnumerable());
        double[] published = [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0];
        Draw.Equal(published, [.. ranking.Items.Select(item => item.Strength - ranking.Items[6].Strength)], within: 0.06);
        Assert.All(ranking.Items, item => Assert.Equal(78, item.Comparisons));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void At_the_outcome_every_item_has_won_as_often_as_the_model_expects(int seed)
    {
        var random = new Random(seed);
        PairAnswer[] answers = Compare(random, items: 6, count: 60, _ => 1);
        PairRanking ranking = BradleyTerry.Rank(answers, 6, 3, weighted: false);
        for (int i = 0; i < 6; i++)
        {
            double won = 0.5, expected = 1 / (1 + Math.Exp(-ranking.Items[i].Strength));
            foreach (PairAnswer a in answers.Where(a => a.First == i || a.Second == i))
            {
                won += a.Preference == Preference.Even ? 0.5 : (a.Preference == Preference.First) == (a.First == i) ? 1 : 0;
                expected += ranking.Chance(i, a.First == i ? a.Second : a.First);
            }

            Assert.Equal(expected, won, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_and_names_change_nothing(int seed)
    {
        var random = new Random(seed);
        PairAnswer[] answers = Compare(random, items: 8, count: 100, who => who == 0 ? 0.5 : 0.95);
        int[] items = [.. Enumerable.Range(0, 8)], contributors = [0, 1, 2];
        random.Shuffle(items);
        random.Shuffle(contributors);
        PairAnswer[] renamed = [.. answers.Select(a => random.Next(2) == 0
            ? new PairAnswer(contributors[a.Contributor], items[a.First], items[a.Second], a.Preference)
            : new PairAnswer(contributors[a.Contributor], items[a.Second], items[a.First], Turned(a.Preference)))];
        random.Shuffle(renamed);
        PairRanking one = BradleyTerry.Rank(answers, 8, 3), other = BradleyTerry.Rank(renamed, 8, 3);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(one.Items[i].Strength, other.Items[items[i]].Strength, 1e-5);
            Assert.Equal(one.Items[i].Deviation, other.Items[items[i]].Deviation, 1e-5);
        }

        Assert.All([0, 1, 2], k => Assert.Equal(one.Reliability[k], other.Reliability[contributors[k]], 1e-5));
    }

    [Fact]
    public void Unbeaten_unconnected_and_uncompared_items_have_finite_strengths()
    {
        PairRanking ranking = BradleyTerry.Rank([new(0, 0, 1, Preference.First), new(0, 0, 1, Preference.First), new(0, 2, 3, Preference.Second)], 5, 1);
        Assert.All(ranking.Items, item => Assert.True(double.IsFinite(item.Strength) && double.IsFinite(item.Deviation) && item.Deviation > 0, $"{item}"));
        Assert.True(ranking.Items[0].Strength > 0 && ranking.Items[1].Strength < 0);
        Assert.Equal(0, ranking.Items[4].Strength, 1e-9);
        Assert.Equal(4, Enumerable.Range(0, 5).MaxBy(i => ranking.Items[i].Deviation));
        Assert.Empty(BradleyTerry.Rank([], 0, 0).Items);
    }

    [Fact]
    public void Ties_leave_items_equal()
    {
        PairRanking ranking = BradleyTerry.Rank([new(0, 0, 1, Preference.Even), new(0, 1, 0, Preference.Even)], 2, 1);
        Assert.Equal(0.5, ranking.Chance(0, 1), 1e-12);
        Assert.Equal([0, 1], ranking.Order.AsEnumerable());
    }

    [Fact]
    public void Who_answers_at_random_or_the_wrong_way_round_is_found_out()
    {
        var random = new Random(5);
        PairAnswer[] answers = Compare(random, items: 10, count: 900, who => who switch { 0 => 0.5, 1 => 0.03, _ => 0.97 }, contributors: 6);
        PairRanking ranking = BradleyTerry.Rank(answers, 10, 6);
        Assert.InRange(ranking.Reliability[0], 0.3, 0.7);
        Assert.InRange(ranking.Reliability[1], 0, 0.25);
        Assert.All(ranking.Reliability.Skip(2), reliability => Assert.InRange(reliability, 0.85, 1));
        Assert.True(ranking.Items[9].Strength > 0 && ranking.Items[0].Strength < 0);
    }

    [Fact]
    public void More_comparisons_make_surer()
    {
        PairAnswer[] few = Compare(new Random(1), 5, 20, _ => 1), many = Compare(new Random(1), 5, 2000, _ => 1);
        double Least(PairAnswer[] answers) => BradleyTerry.Rank(answers, 5, 3, weighted: false).Items.Max(item => item.Deviation);
        Assert.True(Least(many) < Least(few) / 2);
    }

    [Fact]
    public void Above_the_bound_of_exact_errors_they_are_nearly_the_same()
    {
        int items = Information.MostExact;
        PairAnswer[] answers = Compare(new Random(2), items, 20 * items, _ => 1);
        double exact = BradleyTerry.Rank(answers, items, 3, weighted: false).Items[7].Deviation;
        double nearly = BradleyTerry.Rank(answers, items + 1, 3, weighted: false).Items[7].Deviation;
        Assert.InRange(nearly, exact * 0.95, exact * 1.05);
    }

    [Fact]
    public void An_item_against_itself_and_unknown_names_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BradleyTerry.Rank([new(0, 1, 1, Preference.Even)], 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BradleyTerry.Rank([new(0, 0, 2, Preference.Even)], 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BradleyTerry.Rank([new(1, 0, 1, Preference.Even)], 2, 1));
    }

    private static Preference Turned(Preference preference) => preference switch
    {
        Preference.First => Preference.Second,
        Preference.Second => Preference.First,
        _ => preference,
    };

    /// <summary>Comparisons of items that are stronger the higher their index; each contributor reports what they think with a chance.</summary>
    private static PairAnswer[] Compare(Random random, int items, int count, Func<int, double> honest, int contributors = 3) => [.. Enumerable.Range(0, count).Select(at =>
    {
        int first = random.Next(items), second = (first + 1 + random.Next(items - 1)) % items, who = at % contributors;
        bool wins = random.NextDouble() < 1 / (1 + Math.Exp((second - first) * 4.0 / items));
        Preference said = wins == random.NextDouble() < honest(who) ? Preference.First : Preference.Second;
        return new PairAnswer(who, first, second, random.Next(10) == 0 ? Preference.Even : said);
    })];
}
