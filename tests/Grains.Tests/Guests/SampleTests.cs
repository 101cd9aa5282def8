using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Trove.Grains.Tests.Labeling;

namespace Trove.Grains.Tests.Guests;

/// <summary>What a page shows to those who reserve nothing.</summary>
public sealed class SampleTests
{
    [Fact]
    public void A_sample_reserves_nothing_and_those_who_ask_elsewhere_see_others()
    {
        var page = new PageOnTheBench(100);
        var (first, opened) = page.Pool.Sample(new SampleRequest(10, 1, 0), page.Now);
        Assert.True(opened);
        Assert.Equal(Enumerable.Range(0, 10), first.Select(task => task.Index));
        Assert.Equal(first.Select(task => task.Index), page.Pool.Sample(new SampleRequest(10, 1, 0), page.Now).Sampled.Select(task => task.Index));
        Assert.Equal([62, 63, 0], page.Pool.Sample(new SampleRequest(3, 1, 62), page.Now).Sampled.Select(task => task.Index));
        Assert.Equal(3, page.Pool.Sample(new SampleRequest(3, 1, int.MinValue), page.Now).Sampled.Distinct().Count());
        Assert.Equal((TaskPool.OpenStep, 0), (page.Pool.Opened, page.Pool.Snapshot().Live));
    }

    [Fact]
    public void Taken_closed_and_restricted_tasks_are_not_shown_and_looking_opens_one_step_at_most()
    {
        var page = new PageOnTheBench(
            500, PageOnTheBench.Terms(new Redundancy(RedundancyKind.Fixed, 1, 1)), i => new TaskDefinition($"s{i}", Allowed: i < 4 ? default : ["ann"]));
        page.Take("bob", 1);
        page.Pool.Close(PageOnTheBench.ClosedAt(2, answers: 1), known: null);
        var before = page.Pool.Opened;
        Assert.Equal([1, 3], page.Pool.Sample(new SampleRequest(10, 1, 0), page.Now).Sampled.Select(task => task.Index));
        Assert.Equal(before + TaskPool.OpenStep, page.Pool.Opened);
    }

    [Fact]
    public void A_page_that_is_shut_or_goes_by_another_brief_shows_nothing()
    {
        Assert.Empty(new PageOnTheBench(10, PageOnTheBench.Terms(state: ProjectState.Paused)).Pool.Sample(new SampleRequest(10, 1, 0), default).Sampled);
        var (sampled, opened) = new PageOnTheBench(10).Pool.Sample(new SampleRequest(10, 2, 0), default);
        Assert.Empty(sampled);
        Assert.False(opened);
    }
}
