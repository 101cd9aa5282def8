using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using static Trove.Grains.Tests.Labeling.PageOnTheBench;

namespace Trove.Grains.Tests.Labeling;

public sealed class TaskPoolTests
{
    private static readonly Redundancy One = new(RedundancyKind.Fixed, 1, 1);
    private static readonly Redundancy Two = new(RedundancyKind.Fixed, 2, 2);

    [Fact]
    public void A_page_that_was_never_opened_or_is_paused_hands_out_nothing()
    {
        var page = new PageOnTheBench(3, Terms(state: ProjectState.Paused));
        Assert.Equal(TakeStatus.Shut, page.TakeReply("a", 1).Status);
        page.Pool.Apply(Terms());
        Assert.Equal([0], page.Take("a", 1));
    }

    [Fact]
    public void A_wish_under_an_older_brief_is_sent_back_to_confirm()
    {
        var page = new PageOnTheBench(3, Terms(version: 2));
        Assert.Equal(TakeStatus.Confirm, page.TakeReply("a", 1, version: 1).Status);
        Assert.Equal(TakeStatus.Taken, page.TakeReply("a", 1, version: 2).Status);
        page.Pool.Apply(Terms(version: 1, state: ProjectState.Paused)); // late
        Assert.Equal(TakeStatus.Taken, page.TakeReply("b", 1, version: 2).Status);
    }

    [Fact]
    public void Breadth_asks_about_every_task_once_before_any_twice()
    {
        var page = new PageOnTheBench(4, Terms(Two, TaskOrder.Breadth));
        Assert.Equal([0, 1], page.Take("a", 2));
        Assert.Equal([2, 3], page.Take("b", 2));
        Assert.Equal([0, 1, 2], page.Take("c", 3));
    }

    [Fact]
    public void Depth_finishes_what_is_begun()
    {
        var page = new PageOnTheBench(4, Terms(Two, TaskOrder.Depth));
        Assert.Equal([0], page.Take("a", 1));
        Assert.Equal([0, 1], page.Take("b", 2));
        Assert.Equal([1, 2], page.Take("c", 2));
    }

    [Fact]
    public void Uncertainty_offers_the_least_certain_first_and_the_unknown_last()
    {
        var page = new PageOnTheBench(3, Terms(new Redundancy(RedundancyKind.Dynamic, 1, 5), TaskOrder.Uncertainty));
        page.Take("a", 3);
        page.Pool.Report(0, Open(1, 0, 3, confidence: 0.9f));
        page.Pool.Report(1, Open(1, 0, 3, confidence: 0.5f));
        page.Pool.Mend(2, Open(0, 0, 1));
        Assert.Equal([1, 0, 2], page.Take("b", 3));
    }

    [Fact]
    public void Nobody_is_offered_a_task_that_they_had()
    {
        var page = new PageOnTheBench(130);
        Assert.Equal([3, 4], page.Take("a", 2, Bits(0, 1, 2, 5)));
        Assert.Equal([6, 129], page.Take("a", 5, Bits([.. Enumerable.Range(0, 129).Where(i => i != 6)])));
        Assert.Empty(page.Take("a", 5, Bits([.. Enumerable.Range(0, 130)])));
    }

    [Fact]
    public void A_task_for_some_is_offered_to_nobody_else()
    {
        var page = new PageOnTheBench(70, Terms(One), i => new TaskDefinition($"s{i}", Allowed: i is 1 or 65 ? ["a", "b"] : i == 2 ? ["b"] : []));
        Assert.Equal([0, 3, 4], page.Take("x", 3));
        Assert.Equal([1, 5, 6], page.Take("a", 3));
        Assert.Equal([2, 7, 8], page.Take("b", 3));
        Assert.Equal(67 - 7, page.Take("x", 100).Length);
        Assert.Equal([65], page.Take("b", 3));
    }

    [Fact]
    public void A_task_for_some_may_name_them_as_the_developer_knows_them()
    {
        var page = new PageOnTheBench(2, Terms(One), i => new TaskDefinition($"s{i}", Allowed: i == 1 ? [PageOnTheBench.PseudonymOf("a")] : []));
        Assert.Equal([0], page.Take("x", 2));
        Assert.Equal([1], page.Take("a", 2));
    }

    [Fact]
    public void A_policy_says_how_many_may_answer_and_the_tasks_own_redundancy()
    {
        var page = new PageOnTheBench(1, Terms(), _ => new TaskDefinition("s", Redundancy: One, Allowed: ["a", "b"]));
        var policy = page.TakeReply("a", 1).Taken[0].Policy;
        Assert.Equal(new TaskPolicy(LabelKind.YesNo, 2, One, 2, 1, 10, 50), policy);
        Assert.Empty(page.Take("b", 1));
    }

    [Fact]
    public void The_page_opens_in_steps_as_it_is_asked_for()
    {
        var page = new PageOnTheBench(200, Terms(One));
        Assert.Equal(0, page.Pool.Opened);
        Assert.True(page.Pool.Take(new TakeRequest("a", 1, 1, page.Now.AddSeconds(9), default), page.Now).Opened);
        Assert.Equal(128, page.Pool.Opened); // one step for the taker, and one ahead since less than a step is left free
        Assert.False(page.Pool.Take(new TakeRequest("b", 63, 1, page.Now.AddSeconds(9), default), page.Now).Opened);
        Assert.Equal(128, page.Pool.Opened);
        Assert.Equal(100, page.Take("c", 100).Length);
        Assert.Equal(200, page.Pool.Opened);
        Assert.Equal(36, page.Take("d", 100).Length);
    }

    [Fact]
    public void A_task_that_nothing_happened_to_says_nothing_of_its_target()
    {
        var page = new PageOnTheBench(1, Terms(One));
        page.Take("a", 1);
        page.Crash();
        page.Pool.Mend(0, Open(answers: 0, live: 0, target: 0)); // a task without a record, poked
        Assert.Equal([0], page.Take("b", 1));
    }

    [Fact]
    public void A_full_page_of_1024_tasks_hands_out_each_slot_once()
    {
        var page = new PageOnTheBench(TaskId.PageSize, Terms(Two));
        Assert.Equal(TaskId.PageSize, page.Take("a", 5000).Distinct().Count());
        Assert.Equal(TaskId.PageSize, page.Take("b", 5000).Distinct().Count());
        Assert.Equal(TakeStatus.Nothing, page.TakeReply("c", 1).Status);
        Assert.Equal(2 * TaskId.PageSize, page.Pool.Snapshot().Live);
    }

    [Fact]
    public void A_reservation_that_nobody_spoke_of_again_lapses()
    {
        var page = new PageOnTheBench(1, Terms(One));
        page.Take("a", 1, seconds: 60);
        Assert.Equal(page.Now.AddSeconds(60), page.Pool.NextLapse);
        page.Now = page.Now.AddSeconds(59);
        Assert.Empty(page.Take("b", 1));
        page.Now = page.Now.AddSeconds(1);
        Assert.Equal([0], page.Take("b", 1));
    }

    [Fact]
    public void A_refusal_mends_the_hint_in_both_directions()
    {
        var page = new PageOnTheBench(1, Terms(One));
        page.Pool.Mend(0, Open(0, 1, 1, page.Now.AddSeconds(9))); // not opened yet: nothing to mend
        page.Take("a", 1);
        page.Pool.Mend(0, Open(0, 0, 1)); // a gave it back
        Assert.Equal([0], page.Take("b", 1));
        page.Pool.Mend(0, Open(1, 0, 2)); // it grew
        Assert.Equal([0], page.Take("c", 1));
        page.Pool.Mend(0, Open(0, 1, 1, page.Now.AddSeconds(5)));
        Assert.Empty(page.Take("d", 1));
        page.Now = page.Now.AddSeconds(5);
        Assert.Equal([0], page.Take("d", 1));
        page.Pool.Mend(0, new TaskTruth(2, 0, 2, RetirementReason.Consensus, 1, null));
        page.Now = page.Now.AddDays(1);
        Assert.Empty(page.Take("e", 1));
    }

    [Fact]
    public void A_task_that_nobody_came_to_yet_stays_free_when_it_is_asked()
    {
        var page = new PageOnTheBench(3, Terms(Two));
        page.Take("a", 1);
        page.Crash();
        var untouched = new LabelTask(TaskOnTheBench.Id, 1, new LabelTaskRecord());
        Enumerable.Range(0, 3).ToList().ForEach(i => page.Pool.Mend(i, untouched.Truth(page.Now)));
        Assert.Equal([0, 1, 2], page.Take("b", 3));
        Assert.Equal([0, 1, 2], page.Take("c", 3));
        Assert.Empty(page.Take("d", 3));
    }

    [Fact]
    public void A_report_does_not_free_what_is_reserved_for_somebody_on_the_way()
    {
        var page = new PageOnTheBench(1, Terms(Two));
        page.Take("a", 1);
        page.Take("b", 1);
        page.Pool.Report(0, Open(1, 0, 2)); // a answered; b has not come to the task yet
        Assert.Empty(page.Take("c", 1));
        page.Pool.Report(0, Open(0, 0, 2)); // late
        Assert.Equal(1, page.Pool.Snapshot().Answers);
    }

    [Fact]
    public void Leases_that_a_page_hears_of_after_it_lost_its_memory_lapse_too()
    {
        var page = new PageOnTheBench(1, Terms(new Redundancy(RedundancyKind.Fixed, 3, 3)));
        page.Take("a", 1);
        page.Crash();
        page.Pool.Report(0, Open(1, 2, 3, page.Now.AddSeconds(180)));
        Assert.Empty(page.Take("b", 1));
        page.Now = page.Now.AddSeconds(180); // both holders vanished without a word
        Assert.Equal([0], page.Take("b", 1));
    }

    [Fact]
    public void A_page_that_lost_its_memory_takes_every_opened_task_that_is_not_closed_for_free()
    {
        var page = new PageOnTheBench(130, Terms(One));
        page.Take("a", 3);
        page.Pool.Close(ClosedAt(1), null);
        page.Crash();
        Assert.Equal(128, page.Pool.Opened);
        Assert.Equal([0, 2, 3], page.Take("b", 3));
    }

    [Fact]
    public void A_page_that_is_done_has_nothing_left_to_ask()
    {
        var page = new PageOnTheBench(1, Terms(One)) { Pool = { Partial = true } };
        Assert.True(page.Pool.Snapshot().Partial);
        page.Take("a", 1);
        page.Pool.Close(ClosedAt(0), null);
        Assert.False(page.Pool.Snapshot().Partial);
    }

    [Fact]
    public void Evidence_that_a_crash_left_ahead_of_the_pages_record_is_counted()
    {
        var page = new PageOnTheBench(3, Terms(One));
        page.Take("a", 3);
        var (first, second) = (ClosedAt(0, answers: 1, spent: 10), ClosedAt(1, answers: 1, spent: 10));
        page.Pool.Close(first, null);
        page.Pool.Close(second, null);
        Assert.True(page.Pool.Reopen(second, 1));
        Assert.False(page.Pool.Recount(Evidence(first, second)));

        var (claimed, again) = (first with { Revision = 2, SpentMinor = 15 }, ClosedAt(1, revision: 2, answers: 2, spent: 20));
        page.Crash();
        Assert.True(page.Pool.Recount(Evidence(claimed, again, ClosedAt(2))));
        Assert.Equal(new PoolTotals(1, 0, 1, 0.5, 35, 4), page.Pool.Totals);
        Assert.True(page.Pool.Close(again with { Revision = 3 }, again));
        Assert.Equal(new PoolTotals(2, 0, 3, 1, 35, 5), page.Pool.Totals);

        static Dictionary<int, TaskClosed> Evidence(params TaskClosed[] entries) => entries.ToDictionary(entry => entry.Index);
    }

    [Fact]
    public void Closing_counts_once_and_a_later_revision_replaces_the_earlier_one()
    {
        var page = new PageOnTheBench(2, Terms(One));
        page.Take("a", 2);
        var first = ClosedAt(0, answers: 2, spent: 20, confidence: 0.75);
        Assert.True(page.Pool.Close(first, null));
        Assert.False(page.Pool.Close(first, first));
        Assert.Equal(new PoolTotals(1, 0, 2, 0.75, 20, 1), page.Pool.Totals);

        var second = ClosedAt(0, revision: 2, answers: 2, spent: 25, confidence: 0.75);
        Assert.True(page.Pool.Close(second, first));
        Assert.False(page.Pool.Close(first, second));
        Assert.Equal(new PoolTotals(1, 0, 2, 0.75, 25, 2), page.Pool.Totals);
        Assert.False(page.Pool.IsDone);

        Assert.True(page.Pool.Close(ClosedAt(1, reason: RetirementReason.Undecided, confidence: 0.5), null));
        Assert.Equal(new PoolTotals(2, 1, 5, 1.25, 55, 3), page.Pool.Totals);
        Assert.True(page.Pool.IsDone);
        var snapshot = page.Pool.Snapshot();
        Assert.Equal((2, 5L, 0), (snapshot.Closed, snapshot.Answers, snapshot.Live));
    }

    [Fact]
    public void A_closed_task_is_never_offered_again_whatever_is_said_of_it()
    {
        var page = new PageOnTheBench(1, Terms(Two));
        page.Take("a", 1);
        page.Pool.Close(ClosedAt(0), null);
        page.Pool.Mend(0, Open(0, 0, 2));
        page.Pool.Report(0, Open(1, 0, 2));
        page.Pool.Apply(Terms(new Redundancy(RedundancyKind.Fixed, 9, 9), version: 2));
        page.Crash();
        Assert.Equal(TakeStatus.Nothing, page.TakeReply("b", 1, version: 2).Status);
    }

    [Fact]
    public void The_board_keeps_the_latest_eight_closed_tasks_newest_first()
    {
        var page = new PageOnTheBench(20, Terms(One));
        page.Take("a", 20);
        for (var i = 0; i < 20; i++)
        {
            page.Pool.Close(ClosedAt(i), null);
        }

        Assert.Equal([19, 18, 17, 16, 15, 14, 13, 12], page.Pool.Snapshot().Newest.Select(a => a.Task));
        Assert.Equal("s19", page.Pool.Snapshot().Newest[0].SourceId);
    }

    [Fact]
    public void What_was_never_opened_closes_with_the_project()
    {
        var page = new PageOnTheBench(164, Terms(One));
        page.Take("a", 1);
        page.Pool.Apply(Terms(state: ProjectState.Closed));
        page.Pool.CloseUnopened();
        page.Pool.CloseUnopened();
        Assert.Equal(36, page.Pool.Totals.Closed);
        for (var i = 0; i < 128; i++)
        {
            page.Pool.Close(ClosedAt(i, answers: 0, spent: 0, reason: RetirementReason.Cancelled), null);
        }

        Assert.True(page.Pool.IsDone);
    }

    [Fact]
    public void A_newer_brief_that_asks_for_more_answers_frees_slots_and_one_that_asks_for_fewer_leaves_growth_alone()
    {
        var page = new PageOnTheBench(1, Terms(One));
        page.Take("a", 1);
        var version = page.Pool.Version;
        page.Pool.Apply(Terms(Two, version: 2));
        Assert.NotEqual(version, page.Pool.Version);
        Assert.Equal(TakeStatus.Taken, page.TakeReply("b", 1, version: 2).Status);
        page.Pool.Mend(0, Open(2, 0, 3));
        page.Pool.Apply(Terms(One, version: 3));
        Assert.Equal(1, page.Pool.FreeOf(0)); // the task decides
    }

    [Fact]
    public void Slots_are_scarce_when_there_are_fewer_than_twice_the_people_who_ask()
    {
        var page = new PageOnTheBench(10, Terms(One));
        Assert.False(page.TakeReply("a", 1).Scarce); // 9 free, 1 asks
        Assert.False(page.TakeReply("b", 1).Scarce);
        Assert.False(page.TakeReply("c", 1).Scarce); // 7 free, 3 ask
        Assert.True(page.TakeReply("d", 1).Scarce); // 6 free, 4 ask
        page.Now = page.Now.AddMinutes(3); // the reservations lapsed and the people are gone
        Assert.False(page.TakeReply("a", 1).Scarce);
    }

    [Fact]
    public void Who_waits_first_is_matched_first_unless_they_may_not_have_the_slot()
    {
        var page = new PageOnTheBench(2, Terms(One), i => new TaskDefinition($"s{i}", Allowed: i == 1 ? ["c"] : []));
        page.Take("x", 1);
        page.Take("c", 1, Bits(0));
        foreach (var who in new[] { "a", "b", "c" })
        {
            page.Pool.Waiters.Add(new WaitRequest(who, 0, who == "a" ? Bits(0) : default, page.Now.AddSeconds(40)));
        }

        Assert.False(page.Pool.TryMatch(_ => false, out _, out _));
        page.Pool.Mend(0, Open(0, 0, 1));
        Assert.True(page.Pool.TryMatch(_ => false, out var who1, out var index1));
        Assert.Equal(("b", 0), (who1, index1));
        Assert.False(page.Pool.TryMatch(index => index == 0, out _, out _)); // spoken for
        page.Pool.Mend(1, Open(0, 0, 1));
        Assert.True(page.Pool.TryMatch(index => index == 0, out var who2, out var index2));
        Assert.Equal(("c", 1), (who2, index2));
    }

    [Fact]
    public void Waiting_keeps_its_place_in_the_line_and_lapses()
    {
        var waiters = new Waiters();
        var now = DateTimeOffset.UnixEpoch;
        waiters.Add(new WaitRequest("a", 0, default, now.AddSeconds(10)));
        waiters.Add(new WaitRequest("b", 0, default, now.AddSeconds(10)));
        waiters.Add(new WaitRequest("a", 0, default, now.AddSeconds(30)));
        Assert.Equal(["a", "b"], waiters.InOrder().Select(w => w.Contributor));
        waiters.Lapse(now.AddSeconds(10));
        Assert.Equal(["a"], waiters.InOrder().Select(w => w.Contributor));
        waiters.Remove("a");
        Assert.Equal(0, waiters.Count);
    }

    [Fact]
    public void A_wake_token_ends_after_two_seconds_or_when_its_slot_is_taken()
    {
        var tokens = new WakeTokens();
        var now = DateTimeOffset.UnixEpoch;
        Assert.Null(tokens.NextEnd);
        tokens.Give(5, now);
        tokens.Give(5, now.AddSeconds(1));
        tokens.Give(6, now.AddSeconds(1));
        Assert.Equal(2, tokens.Out(5));
        Assert.Equal(now.AddSeconds(2), tokens.NextEnd);
        tokens.Spend(5);
        tokens.Spend(9);
        Assert.Equal(1, tokens.Out(5));
        tokens.End(now.AddSeconds(3));
        Assert.Equal(0, tokens.Out(5) + tokens.Out(6));
    }

    [Fact]
    public void Bits_are_found_counted_and_trimmed()
    {
        var bits = new PageBits([1, 0, 1UL << 63]);
        Assert.Equal(2, bits.Count());
        Assert.True(bits[0] && bits[191] && !bits[64]);
        Assert.Equal(3, bits.Trimmed().Length);
        Span<ulong> barred = stackalloc ulong[PageBits.Words];
        Assert.Equal(0, bits.First(barred));
        barred[0] = 1;
        Assert.Equal(191, bits.First(barred));
        bits[191] = false;
        Assert.Equal(-1, bits.First(barred));
        Assert.Equal(1, bits.Trimmed().Length);
    }
}
