using Trove.Cli.Replay;
using Trove.Contracts.Projects;

namespace Trove.Cli.Tests.Replay;

public sealed class PolicyTests
{
    [Theory]
    [InlineData("all", RedundancyKind.All, 10, 10)]
    [InlineData("fixed:3", RedundancyKind.Fixed, 3, 3)]
    [InlineData("dynamic", RedundancyKind.Dynamic, 3, 7)]
    [InlineData("dynamic:2-5@0.9", RedundancyKind.Dynamic, 2, 5)]
    public void A_policy_gives_a_task_its_redundancy(string text, RedundancyKind kind, int minimum, int maximum)
    {
        var redundancy = Policy.Parse(text)!.For(available: 10);

        Assert.Equal((kind, minimum, maximum), (redundancy.Kind, kind == RedundancyKind.All ? minimum : redundancy.Minimum, redundancy.Maximum));
    }

    [Theory]
    [InlineData(10, 7)]
    [InlineData(39, 20)]
    public void Without_a_maximum_it_asks_for_half_of_what_there_is_or_for_the_houses_own_maximum(int available, int maximum) =>
        Assert.Equal((3, maximum), (Policy.Parse("dynamic")!.For(available).Minimum, Policy.Parse("dynamic")!.For(available).Maximum));

    [Theory]
    [InlineData("all", 2)]
    [InlineData("fixed:3", 2)]
    [InlineData("dynamic", 2)]
    public void A_task_never_asks_for_more_answers_than_there_are_people_for_it(string text, int available)
    {
        var redundancy = Policy.Parse(text)!.For(available);

        Assert.Equal((available, available), (redundancy.Minimum, redundancy.Maximum));
    }

    [Fact]
    public void Confidence_can_be_given() => Assert.Equal(0.875, Policy.Parse("dynamic:2-5@0.875")!.For(9).Confidence);

    [Theory]
    [InlineData("all")]
    [InlineData("fixed:3")]
    [InlineData("dynamic")]
    [InlineData("dynamic:2-5@0.9,price:0.01")]
    public void It_reads_as_it_is_written(string text) => Assert.Equal(text, Policy.Parse(text)!.ToString());

    [Fact]
    public void So_can_the_price_of_an_answer() => Assert.Equal(0.01, Policy.Parse("dynamic:2-5@0.875,price:0.01")!.For(9).Price);

    [Theory]
    [InlineData("")]
    [InlineData("dynamic:2-3@0.9,price:2")]
    [InlineData("fixed")]
    [InlineData("fixed:0")]
    [InlineData("fixed:1001")]
    [InlineData("dynamic:0-3")]
    [InlineData("dynamic:3-2")]
    [InlineData("dynamic:2-3@0.4")]
    [InlineData("dynamic:2-3@1.1")]
    [InlineData("ALL")]
    public void What_makes_no_sense_is_no_policy(string text) => Assert.Null(Policy.Parse(text));
}
