using Trove.Contracts.Projects;
using Trove.Grains.Projects;

namespace Trove.Grains.Tests.Projects;

public sealed class BriefRulesTests
{
    [Fact]
    public void A_sensible_brief_is_accepted()
    {
        Assert.Null(BriefRules.Check(Samples.Brief));
        Assert.Null(BriefRules.Check(Samples.Choice("cat", "dog")));
        Assert.Null(BriefRules.Check(Samples.Brief with { Schema = new LabelSchema(LabelKind.Tags, default) }));
        Assert.Null(BriefRules.Check(Samples.Brief with { Schema = new LabelSchema(LabelKind.Tags, ["cat", new string('d', LabelSchema.MaxTagLength)]) }));
        Assert.Null(BriefRules.Check(Samples.Brief with { Schema = new LabelSchema(LabelKind.YesNo, ["yes", "no"]) }));
        Assert.Null(BriefRules.Check(Samples.Brief with { Redundancy = new Redundancy(RedundancyKind.Fixed, Maximum: 1) }));
    }

    [Fact]
    public void Everything_wrong_is_told_at_once()
    {
        var brief = new Brief(
            "",
            new string('p', BriefRules.MaxPurpose + 1),
            "Which?",
            new LabelSchema(LabelKind.SingleChoice, ["a", "a", "", LabelSchema.NotSure]),
            new Redundancy(RedundancyKind.Dynamic, 8, 7, 0.4),
            (TaskOrder)9,
            new HandOut(4, 3_601, 17, 101, -1),
            -1);

        var detail = BriefRules.Check(brief)!.Detail;

        foreach (var part in new[]
        {
            "title is empty", "purpose has 4001", "order 9", "'a' stands there more than once", "option is empty", "'not-sure' can always",
            "redundancy.minimum is 8", "redundancy.confidence is 0.4", "leaseSeconds is 4", "graceSeconds is 3601", "window is 17",
            "killFeePercent is 101", "stint is -1", "priceMinor is -1",
        })
        {
            Assert.Contains(part, detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(LabelKind.YesNo, 1)]
    [InlineData(LabelKind.Tags, 201)]
    [InlineData(LabelKind.SingleChoice, 1)]
    [InlineData(LabelKind.SingleChoice, 201)]
    [InlineData(LabelKind.MultiChoice, 0)]
    [InlineData((LabelKind)9, 2)]
    public void A_schema_that_cannot_be_answered_is_refused(LabelKind kind, int options)
    {
        var schema = new LabelSchema(kind, [.. Enumerable.Range(0, options).Select(i => $"option {i}")]);

        Assert.NotNull(BriefRules.Check(Samples.Brief with { Schema = schema }));
    }

    [Fact]
    public void Tags_to_suggest_are_such_as_can_be_answered_and_may_change_at_any_time()
    {
        var brief = Samples.Brief with { Schema = new LabelSchema(LabelKind.Tags, ["cat", "dog"]) };
        Assert.Null(BriefRules.CheckChange(brief, brief with { Schema = new LabelSchema(LabelKind.Tags, ["emu"]) }));
        Assert.NotNull(BriefRules.CheckChange(Samples.Choice("cat", "dog"), Samples.Choice("dog", "cat")));
        Assert.All(
            new[] { " ", new string('d', LabelSchema.MaxTagLength + 1), LabelSchema.NotSure },
            tag => Assert.NotNull(BriefRules.Check(brief with { Schema = new LabelSchema(LabelKind.Tags, [tag]) })));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    public void A_price_that_is_no_share_is_refused(double price) =>
        Assert.NotNull(BriefRules.Check(Samples.Brief with { Redundancy = new Redundancy(Price: price) }));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1.01)]
    public void A_confidence_that_is_none_is_refused(double confidence) =>
        Assert.NotNull(BriefRules.Check(Samples.Brief with { Redundancy = new Redundancy(Confidence: confidence) }));

    [Fact]
    public void A_brief_with_missing_parts_is_refused_and_does_not_break_anything()
    {
        Assert.NotNull(BriefRules.Check(null));
        Assert.NotNull(BriefRules.Check(new Brief(null!, null!, null!, null!, null!, TaskOrder.Depth, null!)));
        Assert.NotNull(BriefRules.Check(Samples.Brief with { Schema = new LabelSchema(LabelKind.MultiChoice, [null!]) }));
    }
}
