using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Refits;

namespace Trove.Grains.Tests.Refits;

/// <summary>What a re-fit makes of a project's closed tasks.</summary>
public sealed class RefitTests
{
    private static readonly Redundancy Growing = new(RedundancyKind.Dynamic, 2, 4);

    [Fact]
    public void A_task_that_two_guessers_closed_opens_again()
    {
        var evidence = Crowd(LabelKind.SingleChoice, 3);
        evidence.Add(1, Closed(7, Growing, confidence: 0.97, ("guesser-0", [2]), ("guesser-1", [2])));
        var refit = Refit.Of(evidence);

        var (page, view) = Assert.Single(refit.Views, told => told.Page == 1);
        Assert.Equal((1, 7, 3), (page, view.Index, view.Revision));
        Assert.True(view.Reopen);
        Assert.True(view.Confidence < 0.95);
        Assert.Equal(3, view.Chances.Length);
        Assert.Equal(1, view.Chances.Sum(), 9);
        Assert.Equal(2, view.Reliabilities.Length);
        Assert.True(refit.Reliabilities["guesser-0"] < 0.6 && refit.Reliabilities["careful-0"] > 0.8);
    }

    [Fact]
    public void A_closed_project_opens_nothing_again()
    {
        var evidence = Crowd(LabelKind.SingleChoice, 3);
        evidence.Add(1, Closed(7, Growing, confidence: 0.97, ("guesser-0", [2]), ("guesser-1", [2])));
        var view = Assert.Single(Refit.Of(evidence, mayReopen: false).Views, told => told.Page == 1).View;
        Assert.False(view.Reopen);
        Assert.True(view.Confidence < 0.95);
    }

    [Fact]
    public void Where_no_more_may_be_asked_only_the_outcome_changes()
    {
        var evidence = Crowd(LabelKind.SingleChoice, 3);
        (string, int[])[] guesses = [("guesser-0", [2]), ("guesser-1", [2]), ("careful-0", [1])];
        evidence.Add(1, Closed(0, new Redundancy(RedundancyKind.Fixed, 3, 3), 0.9, guesses));
        evidence.Add(1, Closed(1, new Redundancy(RedundancyKind.Dynamic, 2, 3), 0.97, guesses));
        evidence.Add(1, Closed(2, Growing, 0.97, guesses) with { Allowed = 3 });

        var views = Refit.Of(evidence).Views.Where(told => told.Page == 1).Select(told => told.View).ToList();
        Assert.Equal([0, 1, 2], views.Select(view => view.Index));
        Assert.All(views, view => Assert.False(view.Reopen));
        Assert.All(views, view => Assert.Equal([1], view.Content.Choices.AsEnumerable()));
    }

    [Fact]
    public void What_stays_as_it_was_is_not_told()
    {
        var views = Refit.Of(Crowd(LabelKind.SingleChoice, 3)).Views;
        var again = Crowd(LabelKind.SingleChoice, 3, views.ToDictionary(told => told.View.Index, told => told.View));
        Assert.DoesNotContain(Refit.Of(again).Views, told => !told.View.Reopen);
    }

    [Fact]
    public void Options_are_judged_one_by_one()
    {
        var evidence = Crowd(LabelKind.MultiChoice, 3);
        evidence.Add(1, Closed(7, Growing, 0.5, ("careful-0", [0, 2]), ("careful-1", [0, 2]), ("careful-2", [0])));
        var view = Assert.Single(Refit.Of(evidence).Views, told => told.Page == 1).View;
        Assert.Equal([0, 2], view.Content.Choices.AsEnumerable());
        Assert.Equal(3, view.Chances.Length);
        Assert.True(view.Chances[0] > view.Chances[2] && view.Chances[1] < 0.5);
    }

    [Fact]
    public void Tasks_without_a_verdict_and_answers_that_are_not_sure_say_nothing()
    {
        var evidence = new CrowdEvidence(LabelKind.YesNo, 2);
        evidence.Add(0, Closed(0, Growing, 0.5));
        evidence.Add(0, Cancelled(Closed(1, Growing, 0.5, ("a", [1]))));
        Assert.Empty(evidence.Tasks);

        var unsure = Closed(2, Growing, 0.5, ("a", [1]));
        evidence.Add(0, unsure with { Closed = unsure.Closed with { Answers = [unsure.Closed.Answers[0] with { Content = new AnswerContent([], [], NotSure: true) }] } });
        var view = Assert.Single(Refit.Of(evidence).Views).View;
        Assert.Equal(0.5, view.Confidence, 9);
        Assert.Single(view.Reliabilities);

        static ClosedEvidence Cancelled(ClosedEvidence of) =>
            of with { Closed = of.Closed with { Outcome = of.Closed.Outcome with { Reason = RetirementReason.Cancelled } } };
    }

    [Fact]
    public void However_long_a_project_grows_its_refits_together_read_each_answer_a_few_times()
    {
        long fitted = 0, read = 0;
        for (long answers = 1; answers <= 1_000_000; answers++)
        {
            if (RefitSchedule.IsDue(answers, isComplete: false, fitted))
            {
                (fitted, read) = (answers, read + answers);
            }
        }

        Assert.True(RefitSchedule.IsDue(1_000_000, isComplete: true, fitted));
        Assert.False(RefitSchedule.IsDue(fitted, isComplete: true, fitted));
        Assert.InRange(read, 1_000_000, 3_000_000);
    }

    /// <summary>Sixty tasks of three classes that four careful people agree on; two more choose at random.</summary>
    private static CrowdEvidence Crowd(LabelKind kind, int classes, Dictionary<int, Reconsideration>? known = null)
    {
        var random = new Random(5);
        var evidence = new CrowdEvidence(kind, classes);
        for (var task = 0; task < 60; task++)
        {
            var truth = task % classes;
            var answers = Enumerable.Range(0, 4).Select(i => ($"careful-{i}", new[] { truth }))
                .Concat(Enumerable.Range(0, 2).Select(i => ($"guesser-{i}", new[] { random.Next(classes) }))).ToArray();
            var closed = Closed(task, new Redundancy(RedundancyKind.Fixed, 6, 6), 0.99, answers);
            evidence.Add(0, known?.TryGetValue(task, out var view) == true
                ? closed with { Closed = closed.Closed with { Outcome = closed.Closed.Outcome with { Content = view.Content, Confidence = view.Confidence } } }
                : closed);
        }

        return evidence;
    }

    private static ClosedEvidence Closed(int index, Redundancy redundancy, double confidence, params (string Who, int[] Choices)[] answers) => new(
        new TaskClosed(
            index, 3,
            new Outcome(RetirementReason.Consensus, new AnswerContent([.. answers.FirstOrDefault().Choices ?? []], []), confidence, answers.Length),
            [.. answers.Select((answer, i) => new CountedAnswer(answer.Who, i, new AnswerContent([.. answer.Choices], []), 0.7, default))],
            0, default),
        redundancy, 0);
}
