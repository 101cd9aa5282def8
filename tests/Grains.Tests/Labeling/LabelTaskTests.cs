using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using static Trove.Grains.Tests.Labeling.TaskOnTheBench;

namespace Trove.Grains.Tests.Labeling;

public sealed class LabelTaskTests
{
    [Fact]
    public void A_fixed_task_takes_exactly_its_number_of_answers()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 1));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("b", 1));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("c", 1));
        Assert.Equal(LeaseStatus.Full, bench.Lease("d", 1));

        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1));
        Assert.Null(bench.Task.Outcome);
        Assert.Equal(LeaseStatus.Full, bench.Lease("d", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("c", 1));

        Assert.Equal(RetirementReason.Consensus, bench.Task.Outcome!.Reason);
        Assert.Equal(3, bench.Task.Outcome.Answers);
        Assert.Equal(0, bench.Truth.Free);
        Assert.Equal(LeaseStatus.Closed, bench.Lease("d", 1));
    }

    [Fact]
    public void An_answer_earns_the_price_of_the_brief_under_which_its_lease_was_given()
    {
        var bench = new TaskOnTheBench(PolicyOf(Fixed(2), price: 10));
        bench.Lease("a", 1);
        bench.Policy = PolicyOf(Fixed(2), version: 2, price: 7);
        bench.Give("b", 1);
        bench.Answer("a", 1);

        Assert.Equal([7, 10], bench.Task.Verdicts().Select(verdict => verdict.AmountMinor));
        Assert.Equal(17, bench.Task.Closed().SpentMinor);
    }

    [Fact]
    public void Nobody_answers_a_task_twice()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        bench.Give("a", 1);

        Assert.Equal(LeaseStatus.Had, bench.Lease("a", 2));
        Assert.Equal(SubmitStatus.LeaseLost, bench.Answer(new Lease("a", Id, 2, 99, bench.Now.AddMinutes(3), bench.Policy)));
        Assert.Equal(1, bench.Truth.Answers);
    }

    [Fact]
    public void An_answer_sent_again_is_known_and_changes_nothing()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Give("a", 1, choice: 0);
        Assert.Equal(SubmitStatus.AlreadyAccepted, bench.Answer("a", 1, choice: 1));

        bench.Give("b", 1);
        Assert.Equal(SubmitStatus.AlreadyAccepted, bench.Answer("a", 1, choice: 1));
        Assert.Equal([0, 0], bench.Task.ToRecord().Answers.Select(answer => answer.Content.Choices[0]));
    }

    [Fact]
    public void Asking_again_with_the_same_number_takes_no_second_slot()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 1));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("b", 1));
        Assert.Equal(LeaseStatus.Full, bench.Lease("c", 1));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 1));
        Assert.Equal(2, bench.Truth.Live);
    }

    [Fact]
    public void A_new_number_of_the_same_holder_replaces_the_old_one()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 2));

        Assert.Equal(1, bench.Truth.Live);
        Assert.Equal(SubmitStatus.LeaseLost, bench.Answer("a", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 2));
    }

    [Fact]
    public void A_wish_given_up_long_ago_that_comes_late_does_not_replace_the_newer_lease()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 2);
        Assert.Equal(LeaseStatus.Full, bench.Lease("a", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 2));
    }

    [Fact]
    public void A_task_that_lost_its_memory_adopts_the_tokens_of_its_earlier_life()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        bench.Lease("b", 1);
        bench.Crash();

        Assert.Equal(0, bench.Truth.Live);
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1));
        Assert.Equal(RetirementReason.Consensus, bench.Task.Outcome!.Reason);
    }

    [Fact]
    public void Tokens_are_adopted_only_while_a_slot_below_the_maximum_is_left()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        bench.Lease("b", 1);
        bench.Crash();
        bench.Give("c", 1);
        bench.Lease("d", 1);

        Assert.Equal(SubmitStatus.LeaseLost, bench.Answer("a", 1));
        bench.Wait(200); // d is gone
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1));
        Assert.Equal(2, bench.Task.Outcome!.Answers);
    }

    [Fact]
    public void A_dynamic_task_adopts_up_to_its_maximum_not_only_up_to_its_target()
    {
        var bench = new TaskOnTheBench(Dynamic(1, 3));
        bench.Lease("a", 1);
        bench.Crash();
        bench.Lease("b", 1);

        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1, choice: 0));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1, choice: 1));
    }

    [Fact]
    public void A_token_far_past_its_deadline_is_not_adopted()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        bench.Lease("b", 1);
        bench.Crash();

        bench.Now += TimeSpan.FromSeconds(180) + LabelTask.AdoptionGrace;
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1));
        bench.Wait(1);
        Assert.Equal(SubmitStatus.LeaseLost, bench.Answer("b", 1));
    }

    [Fact]
    public void A_dynamic_task_stops_as_soon_as_its_answers_agree_well_enough()
    {
        var bench = new TaskOnTheBench(Dynamic(3, 7));
        bench.Give("a", 1);
        bench.Give("b", 1);
        Assert.Null(bench.Task.Outcome);
        bench.Give("c", 1);

        Assert.Equal(RetirementReason.Consensus, bench.Task.Outcome!.Reason);
        Assert.Equal([0], bench.Task.Outcome.Content!.Choices.ToArray());
        Assert.True(bench.Task.Outcome.Confidence >= 0.95);
    }

    [Fact]
    public void A_task_stops_where_the_expected_loss_is_below_the_price_of_one_more_answer()
    {
        var dear = new TaskOnTheBench(Dynamic(2, 7) with { Price = 0.2 });
        var cheap = new TaskOnTheBench(Dynamic(2, 7) with { Price = 0.001 });
        foreach (var bench in new[] { dear, cheap })
        {
            bench.Give("a", 1);
            bench.Give("b", 1);
        }

        Assert.Equal((RetirementReason.Undecided, 2), (dear.Task.Outcome!.Reason, dear.Task.Outcome.Answers));
        Assert.Null(cheap.Task.Outcome);
    }

    [Fact]
    public void A_dynamic_task_in_doubt_grows_by_one_answer_at_a_time_and_ends_undecided_at_its_maximum()
    {
        var bench = new TaskOnTheBench(Dynamic(2, 4));
        bench.Give("a", 1, choice: 0);
        bench.Give("b", 1, choice: 1);
        Assert.Equal(1, bench.Truth.Free);
        bench.Give("c", 1, choice: 0);
        Assert.Equal(1, bench.Truth.Free);
        bench.Give("d", 1, choice: 1);

        Assert.Equal(RetirementReason.Undecided, bench.Task.Outcome!.Reason);
        Assert.True(bench.Task.Outcome.Undecided);
        Assert.Equal(4, bench.Task.Outcome.Answers);
        Assert.Equal(0.5, bench.Task.Outcome.Confidence, 9);
    }

    [Fact]
    public void A_task_whose_every_allowed_contributor_answered_or_skipped_is_exhausted()
    {
        var bench = new TaskOnTheBench(Fixed(3), allowed: 3);
        bench.Give("a", 1);
        bench.Lease("b", 1);
        Assert.True(bench.Release("b", 1, ReleaseCause.Skipped)); // must be kept: nobody else tells that b refused
        Assert.Null(bench.Task.Outcome);
        bench.Commit();
        bench.Crash();
        Assert.Equal(LeaseStatus.Had, bench.Lease("b", 2));
        bench.Give("c", 1);

        Assert.Equal(RetirementReason.Exhausted, bench.Task.Outcome!.Reason);
        Assert.Equal(2, bench.Task.Outcome.Answers);
    }

    [Fact]
    public void A_task_that_all_allowed_skip_retires_without_an_answer()
    {
        var bench = new TaskOnTheBench(Fixed(1), allowed: 1);
        bench.Lease("a", 1);
        Assert.True(bench.Release("a", 1, ReleaseCause.Skipped));

        Assert.Equal(RetirementReason.Exhausted, bench.Task.Outcome!.Reason);
        Assert.Null(bench.Task.Outcome.Content);
        Assert.Empty(bench.Task.Verdicts());
    }

    [Fact]
    public void A_skip_on_a_task_for_everybody_costs_no_write()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1);
        Assert.False(bench.Release("a", 1, ReleaseCause.Skipped));
        Assert.Equal(LeaseStatus.Had, bench.Lease("a", 2));
        Assert.Equal(2, bench.Truth.Free);
    }

    [Fact]
    public void A_wish_under_an_older_brief_must_confirm_the_newer_one()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        bench.Lease("a", 1);
        var newer = PolicyOf(Fixed(3), version: 2);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("b", 1, newer));
        Assert.Equal(LeaseStatus.Confirm, bench.Lease("c", 1));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("c", 2, newer));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1)); // a word given is kept
    }

    [Fact]
    public void A_lease_that_is_resumed_goes_on_under_its_own_brief()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        bench.Lease("a", 1);
        bench.Lease("b", 1, PolicyOf(Fixed(3), version: 2));
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 1));
    }

    [Fact]
    public void A_newer_brief_that_is_content_with_what_came_retires_the_task()
    {
        var bench = new TaskOnTheBench(Fixed(5));
        bench.Give("a", 1);
        bench.Give("b", 1);
        bench.Lease("c", 1);
        bench.Lease("d", 1);

        // Else no slot would be free, no answer would come, and nothing would ever decide.
        Assert.Equal(LeaseStatus.Closed, bench.Lease("e", 1, PolicyOf(Fixed(2), version: 2)));
        Assert.Equal(RetirementReason.Consensus, bench.Task.Outcome!.Reason);
        Assert.Equal(1, bench.Task.Revision);
        Assert.Equal(SubmitStatus.Recalled, bench.Answer("c", 1));
        Assert.Equal(2, bench.Task.Outcome.Answers);
        Assert.Equal(["c"], bench.Task.Verdicts().Where(v => v.Kind == VerdictKind.KillFee).Select(v => v.Contributor));
    }

    [Fact]
    public void A_newer_brief_that_a_release_brings_is_made_durable_when_it_retires_the_task()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        bench.Give("a", 1);
        bench.Give("b", 1);
        bench.Lease("c", 1);
        bench.Policy = PolicyOf(Fixed(2), version: 2);
        Assert.True(bench.Release("c", 1));
        Assert.NotNull(bench.Task.Outcome);
    }

    [Fact]
    public void A_newer_brief_that_asks_for_more_opens_slots()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Give("a", 1);
        bench.Lease("b", 1);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("c", 1, PolicyOf(Fixed(3), version: 2)));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1));
        Assert.Null(bench.Task.Outcome);
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("c", 1));
        Assert.NotNull(bench.Task.Outcome);
    }

    [Fact]
    public void Work_that_was_done_when_its_task_retired_earns_the_kill_fee_once()
    {
        var bench = new TaskOnTheBench(PolicyOf(Dynamic(1, 3), price: 15));
        bench.Lease("a", 1);
        bench.Task.Submit(new TaskSubmission(bench.Tokens.Single(), Choice(0), 0.8), bench.Now);
        bench.Lease("b", 1);
        bench.Lease("c", 1);
        bench.Crash(); // adopted ones are no leases known here
        bench.Lease("d", 1);
        bench.Task.Cancel(RetirementReason.Withdrawn, bench.Policy, bench.Now);
        Assert.Equal(["d"], bench.Task.Unspoken.Select(r => r.Contributor));

        Assert.Equal(SubmitStatus.Recalled, bench.Answer("b", 1));
        Assert.Empty(bench.Task.Verdicts());
        Assert.Equal(SubmitStatus.Recalled, bench.Answer("d", 1));
        Assert.Equal(2, bench.Task.Revision);
        Assert.Equal(SubmitStatus.Recalled, bench.Answer("d", 1));
        Assert.Equal(2, bench.Task.Revision);

        var fee = Assert.Single(bench.Task.Verdicts());
        Assert.Equal(("d", 1L, VerdictKind.KillFee, 7L), (fee.Contributor, fee.Assignment, fee.Kind, fee.AmountMinor));
        Assert.Equal(7, bench.Task.Closed().SpentMinor);
        Assert.Empty(bench.Task.Unspoken);
    }

    [Fact]
    public void Work_that_was_paid_with_the_kill_fee_is_not_counted_when_its_task_opens_again()
    {
        var bench = new TaskOnTheBench(Dynamic(2, 3));
        bench.Lease("a", 1);
        bench.Lease("b", 1);
        var late = bench.Token("b", 1);
        bench.Answer("a", 1);
        bench.Policy = PolicyOf(new Redundancy(RedundancyKind.Dynamic, 1, 3, 0.6), version: 2);
        Assert.Equal(LeaseStatus.Closed, bench.Lease("c", 1)); // one is enough under the newer brief
        Assert.Equal(SubmitStatus.Recalled, bench.Answer(late));
        bench.Wait(11);
        bench.Task.EndRecalls(bench.Now);
        bench.Commit();
        bench.Crash();
        Assert.True(bench.Task.Reconsider(new Reconsideration(7, 2, Choice(0), 0.6, [0.6, 0.4], [0.6], "fit/1", Reopen: true)));
        Assert.Empty(bench.Task.Unspoken);

        Assert.Equal(SubmitStatus.Recalled, bench.Answer(late));
        Assert.Single(bench.Task.ToRecord().Answers);
        Assert.Equal(2, bench.Task.Verdicts().Count());
        Assert.Equal(SubmitStatus.Accepted, bench.Give("b", 2));
    }

    [Fact]
    public void A_lease_past_its_deadline_is_not_recalled()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Lease("a", 1, seconds: 10);
        bench.Lease("b", 1, seconds: 100);
        bench.Wait(11);
        bench.Task.Cancel(RetirementReason.Cancelled, bench.Policy, bench.Now);
        Assert.Equal(["b"], bench.Task.Unspoken.Select(r => r.Contributor));
    }

    [Fact]
    public void Who_had_not_answered_when_recalled_is_not_waited_for_and_gets_no_fee()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 1);
        bench.Task.Cancel(RetirementReason.Cancelled, bench.Policy, bench.Now);
        Assert.False(bench.Release("a", 1, ReleaseCause.RecallSeen));

        Assert.Empty(bench.Task.Unspoken);
        Assert.Equal(SubmitStatus.Recalled, bench.Answer("a", 1));
        Assert.Empty(bench.Task.Verdicts());
    }

    [Fact]
    public void A_recall_is_waited_for_ten_seconds_in_every_life()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 1);
        bench.Task.Cancel(RetirementReason.Cancelled, bench.Policy, bench.Now);
        bench.Commit();
        Assert.False(bench.Task.EndRecalls(bench.Now.AddSeconds(9.9)));
        Assert.True(bench.Task.EndRecalls(bench.Now.AddSeconds(10)));

        bench.Crash(); // the next life has not seen that the wait ended
        bench.Wait(10);
        Assert.Equal(SubmitStatus.Recalled, bench.Answer("a", 1));
        Assert.Empty(bench.Task.Verdicts());
        Assert.Equal(1, bench.Task.Revision);
    }

    [Fact]
    public void An_expired_lease_frees_its_slot_when_somebody_wants_it()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 1);
        Assert.Equal(bench.Now.AddSeconds(180), bench.Truth.FreeAt);
        bench.Wait(180);
        Assert.Equal(1, bench.Truth.Free);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("b", 1));
        Assert.Equal(SubmitStatus.LeaseLost, bench.Answer("a", 1));
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("b", 1));
    }

    [Fact]
    public void A_late_answer_counts_while_nobody_else_wanted_its_slot()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 1);
        bench.Now += TimeSpan.FromDays(1);
        Assert.Equal(SubmitStatus.Accepted, bench.Answer("a", 1));
    }

    [Fact]
    public void A_renewed_lease_lives_on_and_a_deadline_never_comes_nearer()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 1);
        Assert.True(bench.Task.Renew("a", 1, bench.Now.AddSeconds(300)));
        Assert.True(bench.Task.Renew("a", 1, bench.Now.AddSeconds(1)));
        Assert.False(bench.Task.Renew("a", 2, bench.Now.AddSeconds(900)));
        Assert.False(bench.Task.Renew("b", 1, bench.Now.AddSeconds(900)));
        bench.Wait(299);
        Assert.Equal(LeaseStatus.Full, bench.Lease("b", 1));
        bench.Wait(1);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("b", 1));
        Assert.False(bench.Task.Renew("a", 1, bench.Now.AddSeconds(900)));
    }

    [Fact]
    public void A_slot_is_given_back_by_its_number_only()
    {
        var bench = new TaskOnTheBench(Fixed(1));
        bench.Lease("a", 2);
        bench.Release("a", 1);
        bench.Release("b", 2);
        Assert.Equal(0, bench.Truth.Free);
        bench.Release("a", 2);
        Assert.Equal(1, bench.Truth.Free);
        Assert.Equal(LeaseStatus.Granted, bench.Lease("a", 3)); // giving back is not refusing
    }

    [Fact]
    public void A_cancelled_task_stays_cancelled_and_pays_what_was_counted()
    {
        var bench = new TaskOnTheBench(Fixed(3));
        bench.Give("a", 1);
        Assert.True(bench.Task.Cancel(RetirementReason.Cancelled, bench.Policy, bench.Now));
        Assert.False(bench.Task.Cancel(RetirementReason.Withdrawn, bench.Policy, bench.Now));
        Assert.Equal(RetirementReason.Cancelled, bench.Task.Outcome!.Reason);
        Assert.False(bench.Task.Outcome.Undecided);
        Assert.Equal(10, bench.Task.Closed().SpentMinor);
    }

    [Fact]
    public void A_retired_task_says_the_same_verdicts_in_every_life()
    {
        var bench = new TaskOnTheBench(Dynamic(3, 5));
        bench.Give("a", 1, choice: 0);
        bench.Give("b", 4, choice: 1);
        bench.Give("c", 9, choice: 0);
        bench.Give("d", 2, choice: 0);
        bench.Give("e", 3, choice: 0);
        var verdicts = bench.Task.Verdicts().ToList();
        var closed = bench.Task.Closed();
        Assert.Equal([("a", 1L), ("b", 4L), ("c", 9L), ("d", 2L), ("e", 3L)], verdicts.Select(v => (v.Contributor, v.Assignment)));
        Assert.All(verdicts, v => Assert.Equal((VerdictKind.Earned, 0, 10L, Id), (v.Kind, v.Revision, v.AmountMinor, v.Task)));
        Assert.True(verdicts[0].Right > 0.5 && verdicts[1].Right < 0.5);

        bench.Commit();
        bench.Crash();
        bench.Lease("f", 1, PolicyOf(Fixed(9), version: 7, price: 99)); // a later brief changes nothing that was decided
        Assert.Equal(verdicts, bench.Task.Verdicts());
        Assert.Equal(closed with { Answers = default, Outcome = null! }, bench.Task.Closed() with { Answers = default, Outcome = null! });
        Assert.Equal(1, bench.Task.Revision);
    }

    [Fact]
    public void An_open_task_says_no_verdicts()
    {
        var bench = new TaskOnTheBench(Fixed(2));
        bench.Give("a", 1);
        Assert.Empty(bench.Task.Verdicts());
        Assert.False(bench.Task.IsUntouched);
    }

    [Theory]
    [InlineData(LabelKind.MultiChoice, 4)]
    [InlineData(LabelKind.Tags, 0)]
    public void Selections_and_tags_that_agree_retire_a_task(LabelKind kind, int classes)
    {
        var bench = new TaskOnTheBench(PolicyOf(Dynamic(3, 7)) with { Label = kind, Classes = classes });
        var content = kind == LabelKind.Tags ? new AnswerContent([], ["cat", "grass"]) : new AnswerContent([1, 3], []);
        foreach (var who in new[] { "a", "b", "c" })
        {
            bench.Lease(who, 1);
            bench.Task.Submit(new TaskSubmission(bench.Tokens.Single(t => t.Contributor == who), content, 0.9), bench.Now);
        }

        Assert.Equal(RetirementReason.Consensus, bench.Task.Outcome!.Reason);
        Assert.Equal(content.Choices.ToArray(), bench.Task.Outcome.Content!.Choices.ToArray());
        Assert.Equal(content.Tags.ToArray(), bench.Task.Outcome.Content.Tags.ToArray());
    }
}
