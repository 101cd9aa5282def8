namespace Trove.Consensus.Tests;

public sealed class CaptionTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(20);

    [Fact]
    public void The_caption_closest_to_all_others_leads()
    {
        LeadingCaption leading = CaptionConsensus.Leading([
            new("a dog runs on the beach", 0.7), new("a brown dog runs along the beach", 0.7), new("dog running on a beach", 0.7), new("BUY CHEAP WATCHES", 0.7)]);
        Assert.Equal(0, leading.Choice);
        Assert.True(leading.Closeness[3] < leading.Closeness[..3].Min());
        Assert.InRange(leading.Confidence, 0.3, 0.9);
    }

    [Fact]
    public void Of_two_that_differ_the_more_reliable_leads()
    {
        Assert.Equal(1, CaptionConsensus.Leading([new("a cat", 0.6), new("two birds", 0.9)]).Choice);
        Assert.Equal(0, CaptionConsensus.Leading([new("two birds", 0.9), new("a cat", 0.6)]).Choice);
    }

    [Fact]
    public void Spelling_that_folds_to_the_same_is_full_agreement()
    {
        LeadingCaption leading = CaptionConsensus.Leading([new("Ein  Caf\u00e9", 0.7), new("ein cafe\u0301 ", 0.7)]);
        Assert.Equal(1, leading.Confidence);
    }

    [Fact]
    public void Nobody_confirms_an_only_answer()
    {
        LeadingCaption only = CaptionConsensus.Leading([new("a cat", 0.9), new("?", 0.9, NotSure: true)]);
        Assert.Equal((0, 0), (only.Choice, only.Confidence));
        Assert.Equal(LeadingCaption.None, CaptionConsensus.Leading([]).Choice);
        Assert.Equal(LeadingCaption.None, CaptionConsensus.Leading([new("a", 0.9, NotSure: true)]).Choice);
    }

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("", "a", 0)]
    [InlineData("abc", "xyz", 0)]
    [InlineData("\u732b\u304c\u3044\u308b", "\u732b\u304c\u3044\u308b", 1)]
    public void Likeness_has_its_ends(string one, string other, double expected) =>
        Assert.Equal(expected, new TextLikeness(one).To(new TextLikeness(other)));

    [Fact]
    public void Likeness_by_hand()
    {
        // ab and ac: of two single characters each, one is shared; of one pair each, none.
        Assert.Equal((0.5 + 0) / 2, new TextLikeness("ab").To(new TextLikeness("ac")), 1e-12);
        Assert.Equal(0, new TextLikeness("\u0627\u0628").To(new TextLikeness("\u05d0\u05d1")));
        Assert.True(new TextLikeness("\u732b\u304c\u5bdd\u3066\u3044\u308b").To(new TextLikeness("\u5bdd\u3066\u3044\u308b\u732b")) > 0.4);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Order_changes_nothing(int seed)
    {
        var random = new Random(seed);
        CaptionVote[] votes = [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => new CaptionVote(Words(random) + i, random.NextDouble()))];
        CaptionVote[] shuffled = [.. votes];
        random.Shuffle(shuffled);
        LeadingCaption one = CaptionConsensus.Leading(votes), other = CaptionConsensus.Leading(shuffled);
        Assert.Equal(votes[one.Choice], shuffled[other.Choice]);
        Assert.Equal(one.Confidence, other.Confidence, 1e-9);
        Assert.All(one.Closeness, close => Assert.InRange(close, 0, 1));
    }

    [Fact]
    public void Hostile_texts_do_no_harm()
    {
        string[] hostile = ["\u202eabc\u202c", new('\u0301', 100_000), new('x', 5_000_000), "\ud83d", "\ud83d\udc68\u200d\ud83d\udc69", "\u200b\u200b", "a\0b"];
        LeadingCaption leading = CaptionConsensus.Leading([.. hostile.Select(text => new CaptionVote(text, double.NaN)), new("a dog", 0.7), new("the dog", 0.7)]);
        Assert.All(leading.Closeness, close => Assert.InRange(close, 0, 1));
        Assert.InRange(leading.Choice, 0, hostile.Length + 1);
    }

    private static string Words(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(6)).Select(_ => "a dog cat on the mat".Split(' ')[random.Next(6)]));
}
