namespace Trove.Consensus.Tests;

public sealed class TagTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(50);

    [Theory]
    [InlineData("  Red \t\n  Car ", "red car")]
    [InlineData("CAFE\u0301", "caf\u00e9")]
    [InlineData("Caf\u00e9", "caf\u00e9")]
    [InlineData("\uff23\uff41\uff54", "cat")]
    [InlineData("\ufb01sh", "fish")]
    [InlineData("Stra\u00dfe", "strasse")]
    [InlineData("STRASSE", "strasse")]
    [InlineData("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3")]
    [InlineData("\u03bf\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03cc\u03c3")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00")]
    [InlineData("\uff8a\uff9f", "\u30d1")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u00a0b", "a b")]
    [InlineData("dog\u200b\ufeff", "dog")]
    [InlineData("\ud83d\udc68\u200d\ud83d\udc69", "\ud83d\udc68\u200d\ud83d\udc69")]
    [InlineData("\u200b \t", "")]
    [InlineData("", "")]
    public void A_tag_folds_to_one_spelling(string typed, string folded) => Assert.Equal(folded, TagFold.Fold(typed));

    [Fact]
    public void Half_of_a_surrogate_pair_does_no_harm() => Assert.Equal("a\ufffd", TagFold.Fold("A\ud83d"));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Folding_twice_changes_nothing(int seed)
    {
        var random = new Random(seed);
        (int From, int To)[] blocks = [(0x20, 0x250), (0x300, 0x370), (0x370, 0x600), (0x1100, 0x1200), (0x1e00, 0x2200), (0x3000, 0x3400), (0xac00, 0xac80), (0xf900, 0x10000), (0x1d100, 0x1d800)];
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ =>
            {
                (int from, int to) = blocks[random.Next(blocks.Length)];
                return char.ConvertFromUtf32(random.Next(from, to));
            }));
            string folded = TagFold.Fold(text);
            Assert.Equal(folded, TagFold.Fold(folded));
        }
    }

    [Fact]
    public void Support_is_the_share_of_the_answering_weight()
    {
        var support = TagConsensus.Support([
            new(["Dog", "dog ", "grass"], 0.9),
            new(["DOG"], 0.6),
            new(["cat"], 0.5),
            new(["cat", "cat"], 0.9, NotSure: true)]);
        Assert.Equal(["dog", "grass", "cat"], support.Select(tag => tag.Tag));
        Draw.Equal([0.75, 0.45, 0.25], [.. support.Select(tag => tag.Share)]);
        Assert.Equal([2, 1, 1], support.Select(tag => tag.Answers));
    }

    [Fact]
    public void A_tag_leads_with_more_than_half_of_the_weight()
    {
        LeadingTags leading = TagConsensus.Leading([new(["dog", "grass"], 0.7), new(["dog"], 0.7), new(["Dog", "ball"], 0.7), new(["grass"], 0.7)]);
        Assert.Equal(["dog"], leading.Tags.ToArray());
        Assert.Equal(0.5, leading.Confidence, 1e-12);
        Assert.True(leading.Tie);
    }

    [Fact]
    public void Agreement_that_there_is_nothing_to_name_is_a_consensus()
    {
        LeadingTags leading = TagConsensus.Leading([new([], 0.7), new(default, 0.7), new([" "], 0.7)]);
        Assert.Empty(leading.Tags);
        Assert.Equal((1, false), (leading.Confidence, leading.Tie));
    }

    [Fact]
    public void Without_evidence_there_is_no_confidence()
    {
        Assert.Equal(0, TagConsensus.Leading([]).Confidence);
        Assert.Equal(0, TagConsensus.Leading([new(["dog"], 0.9, NotSure: true)]).Confidence);
    }
}
