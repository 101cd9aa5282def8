using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Progress;
using Trove.Grains.Tests.Projects;

namespace Trove.Grains.Tests.Progress;

public sealed class BoardTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Board _board = new("cats", Start) { View = View(pages: 2, tasks: 20) };

    [Fact]
    public void Counts_are_the_sums_over_the_pages_however_often_and_in_whatever_order_they_report()
    {
        Assert.True(_board.Take(Page(0, version: 2, closed: 3, answers: 12)));
        Assert.True(_board.Take(Page(1, version: 1, closed: 1, answers: 4)));
        Assert.False(_board.Take(Page(0, version: 1, closed: 2, answers: 8)));
        Assert.True(_board.Take(Page(1, version: 1, closed: 1, answers: 4)));

        var progress = _board.Progress(Start);
        Assert.Equal((20, 4, 16), (progress.Tasks, progress.Closed, progress.Answers));
        Assert.Equal(0.9, progress.MeanConfidence, 10);
        Assert.False(progress.Partial);
    }

    [Fact]
    public void Another_life_of_a_page_is_taken_as_it_is_and_its_former_life_is_not_heard_any_more()
    {
        _board.Take(Page(0, version: 50, closed: 3, answers: 12));

        Assert.True(_board.Take(Page(0, version: 1, closed: 3, answers: 10) with { Incarnation = 2 }));
        Assert.False(_board.Take(Page(0, version: 51, closed: 4, answers: 16)));

        Assert.Equal(10, _board.Progress(Start).Answers);
    }

    [Fact]
    public void A_page_that_is_rebuilding_keeps_its_last_figure_and_tells_what_is_closed()
    {
        _board.Take(Page(0, version: 1, closed: 3, answers: 12) with { Live = 5 });
        _board.Take(Page(1, version: 1, closed: 0, answers: 0));

        _board.Take(Page(0, version: 1, closed: 4, answers: 4) with { Incarnation = 2, Partial = true });

        var progress = _board.Progress(Start);
        Assert.Equal((true, 4, 12, 5), (progress.Partial, progress.Closed, progress.Answers, progress.Live));

        _board.Take(Page(0, version: 1, closed: 4, answers: 13) with { Incarnation = 2 });
        Assert.Equal((false, 13), (_board.Progress(Start).Partial, _board.Progress(Start).Answers));
    }

    [Fact]
    public void The_board_is_partial_until_every_page_has_spoken()
    {
        Assert.True(_board.Progress(Start).Partial);
        _board.Take(Page(0, 1, 0, 0));
        Assert.Equal([1], _board.Unknown);
        Assert.True(_board.Progress(Start).Partial);
        _board.Take(Page(1, 1, 0, 0));
        Assert.False(_board.Progress(Start).Partial);
    }

    [Fact]
    public void The_rate_is_what_came_in_the_last_ten_seconds_and_not_what_was_there_before()
    {
        _board.Take(Page(0, version: 0, closed: 0, answers: 1_000));
        _board.Progress(Start);
        for (var second = 1; second <= 30; second++)
        {
            _board.Take(Page(0, version: second, closed: 0, answers: 1_000 + (5 * second)));
            Assert.Equal(5, _board.Progress(Start.AddSeconds(second)).AnswersPerSecond, 6);
        }

        Assert.Equal(2.5, _board.Progress(Start.AddSeconds(35)).AnswersPerSecond, 1);
        Assert.Equal(0, _board.Progress(Start.AddSeconds(60)).AnswersPerSecond);
    }

    [Fact]
    public void The_end_is_estimated_by_the_answers_still_wanted_at_this_rate()
    {
        Assert.Null(_board.Progress(Start).SecondsLeft);
        _board.Take(Page(0, version: 1, closed: 0, answers: 0));
        _board.Take(Page(1, version: 1, closed: 0, answers: 0));
        _board.Progress(Start);

        _board.Take(Page(0, version: 2, closed: 6, answers: 20));
        Assert.Equal((20 * 3 - 20) / 4.0, _board.Progress(Start.AddSeconds(5)).SecondsLeft!.Value, 6);

        _board.Take(Page(0, version: 3, closed: 10, answers: 30));
        _board.Take(Page(1, version: 2, closed: 10, answers: 30));
        Assert.Equal(0, _board.Progress(Start.AddSeconds(6)).SecondsLeft);
    }

    [Fact]
    public void The_short_list_has_the_newest_of_all_pages_once_each()
    {
        for (var page = 0; page < 4; page++)
        {
            var newest = Enumerable.Range(0, 8).Select(n => Closed((page * 1024) + n, Start.AddSeconds((n * 4) + page))).Reverse().ToImmutableArray();
            _board.Take(Page(page, 1, 8, 24) with { Newest = newest });
            _board.Take(Page(page, 2, 8, 24) with { Newest = newest });
        }

        var list = _board.Progress(Start).Newest;
        Assert.Equal(Board.MaxNewest, list.Length);
        Assert.Equal(list.OrderByDescending(activity => activity.At), list);
        Assert.Equal(Start.AddSeconds(31), list[0].At);
        Assert.Equal(Board.MaxNewest, list.Select(activity => activity.Task).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_repeated_lost_or_overtaken_the_last_word_of_each_page_counts(int seed)
    {
        var random = new Random(seed);
        var board = new Board("cats", Start) { View = View(pages: 8, tasks: 8 * 1024) };
        var truth = new PoolSnapshot[8];
        var said = new List<PoolSnapshot>();
        var lives = 0L;
        for (var page = 0; page < truth.Length; page++)
        {
            truth[page] = Page(page, 0, 0, 0) with { Incarnation = ++lives };
        }

        for (var step = 0; step < 5_000; step++)
        {
            var page = random.Next(truth.Length);
            var next = truth[page] with { Version = truth[page].Version + 1, Answers = truth[page].Answers + random.Next(3), Closed = Math.Min(1024, truth[page].Closed + random.Next(2)) };
            truth[page] = random.Next(100) == 0 ? next with { Incarnation = ++lives, Version = 0 } : next;
            if (random.Next(3) > 0)
            {
                board.Take(truth[page]);
                said.Add(truth[page]);
            }

            // An echo of the present life or the one before; older ones died long ago.
            var echo = said.Count > 0 ? said[^(1 + random.Next(Math.Min(said.Count, 10)))] : truth[page];
            board.Take(echo);
        }

        Assert.All(truth, snapshot => board.Take(snapshot));
        Assert.Equal(truth.Sum(page => page.Answers), board.Progress(Start).Answers);
        Assert.Equal(truth.Sum(page => page.Closed), board.Progress(Start).Closed);
    }

    private static ProjectView View(int pages, long tasks) =>
        new("cats", "dev", ProjectState.Live, 1, Samples.Brief, pages, 0, tasks, []);

    private static PoolSnapshot Page(int page, long version, int closed, long answers) =>
        new(page, 1, version, Partial: false, 10, closed, 0, answers, 0, closed * 0.9, 0, []);

    private static Activity Closed(int task, DateTimeOffset at) =>
        new(task, $"task-{task}", new Outcome(RetirementReason.Consensus, null, 0.99, 3), at);
}
