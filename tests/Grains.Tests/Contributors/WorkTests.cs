using System.Collections.Immutable;
using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;

namespace Trove.Grains.Tests.Contributors;

/// <summary>What a contributor knows of projects and sessions, and how answers are read.</summary>
public sealed class WorkTests
{
    private static readonly Brief Brief = new(
        "Cats", "To find cats.", "Is it a cat?", new LabelSchema(LabelKind.SingleChoice, ["cat", "dog", "none"]), new Redundancy(), TaskOrder.Depth, new HandOut());

    [Fact]
    public void Pages_are_tried_from_the_first_few_on_and_dry_ones_are_left_out()
    {
        var project = new JoinedProject("p", Window(1, 10, 11, 12, 13, 14, 15));
        Assert.Equal([12, 13, 10, 11, 14, 15], Tried(project, 2));
        Assert.Equal([13, 10, 11, 12, 14, 15], Tried(project, -1));
        project.FoundNothing(13, 7);
        project.FoundNothing(14, 8);
        Assert.Equal([10, 11, 12, 15], Tried(project, -1));
        project.MayHaveWork(13);
        Assert.Equal([13, 10, 11, 12, 15], Tried(project, -1));
        Assert.Equal(8, project.Dry[14]);
    }

    [Fact]
    public void A_changed_window_makes_every_page_worth_asking_again_and_forgets_closed_ones()
    {
        var project = new JoinedProject("p", Window(1, 0, 1));
        project.Had(0).Set(5);
        project.Had(1).Set(6);
        project.FoundNothing(1, 3);
        project.Follow(Window(1, 0, 1));
        Assert.Equal([0], Tried(project, 0));
        project.Follow(Window(2, 1, 2));
        Assert.Equal([1, 2], Tried(project, 0));
        Assert.Empty(project.HadWords(0));
        Assert.Equal([64UL], project.HadWords(1).ToArray());
    }

    [Fact]
    public void A_project_is_open_while_it_is_live_under_the_brief_that_was_read()
    {
        var project = new JoinedProject("p", Window(1, 0));
        Assert.True(project.IsOpen);
        project.Follow(Window(2, 0) with { BriefVersion = 2 });
        Assert.False(project.IsOpen);
        project.Follow(Window(3, 0) with { State = ProjectState.Paused });
        Assert.False(project.IsOpen);
    }

    [Fact]
    public void A_window_is_the_widest_of_the_open_projects_and_one_where_slots_are_scarce()
    {
        var one = new JoinedProject("a", Window(1, 0));
        var two = new JoinedProject("b", Window(1, 0) with { Brief = Brief with { HandOut = new HandOut(Window: 5, GraceSeconds: 40) } });
        var session = new WorkSession(1, new SessionOrigin("f", "c", null!), [one, two], 0, default);
        Assert.Equal(5, session.Window);
        Assert.Equal(TimeSpan.FromSeconds(40), session.Grace);
        two.Scarce = true;
        Assert.Equal(3, session.Window);
        one.Scarce = true;
        Assert.Equal(1, session.Window);
        one.Follow(Window(2) with { State = ProjectState.Closed });
        two.Follow(Window(2) with { State = ProjectState.Closed });
        Assert.Equal(0, session.Window);
    }

    [Fact]
    public void Projects_take_turns()
    {
        var session = new WorkSession(
            1, new SessionOrigin("f", "c", null!), [.. new[] { "a", "b", "c" }.Select(key => new JoinedProject(key, Window(1, 0)))], 2, default);
        Assert.Equal(["a", "b", "c"], session.InTurn().Select(project => project.Key));
        Assert.Equal(["b", "c", "a"], session.InTurn().Select(project => project.Key));
        Assert.Equal("c", session.Find("c")!.Key);
        Assert.Null(session.Find("d"));
        session.Counted(7);
        Assert.False(session.StintDone);
        session.Counted(8);
        Assert.True(session.StintDone);
    }

    [Theory]
    [InlineData(LabelKind.SingleChoice, "dog", "1")]
    [InlineData(LabelKind.SingleChoice, "not-sure", "?")]
    [InlineData(LabelKind.SingleChoice, "", null)]
    [InlineData(LabelKind.SingleChoice, "cat,dog", null)]
    [InlineData(LabelKind.SingleChoice, "Cat", null)]
    [InlineData(LabelKind.YesNo, "no", "1")]
    [InlineData(LabelKind.YesNo, "cat", null)]
    [InlineData(LabelKind.MultiChoice, "none,cat", "0,2")]
    [InlineData(LabelKind.MultiChoice, "", "")]
    [InlineData(LabelKind.MultiChoice, "cat,cat", null)]
    [InlineData(LabelKind.MultiChoice, "cat,not-sure", null)]
    [InlineData(LabelKind.Tags, "Tree,cat,TREE", "cat,tree")]
    [InlineData(LabelKind.Tags, " ", null)]
    public void An_answer_is_read_against_the_schema(LabelKind kind, string values, string? expected)
    {
        var schema = new LabelSchema(kind, kind is LabelKind.Tags or LabelKind.YesNo ? [] : Brief.Schema.Options);
        var good = AnswerReader.TryRead(schema, values.Length == 0 ? [] : [.. values.Split(',')], out var content, out var error);
        Assert.Equal(expected is not null, good);
        Assert.Equal(good, string.IsNullOrEmpty(error));
        if (good)
        {
            var read = content!.NotSure ? "?" : kind == LabelKind.Tags ? string.Join(',', content.Tags) : string.Join(',', content.Choices);
            Assert.Equal(expected, read);
        }
    }

    [Fact]
    public void What_is_missing_or_too_much_is_refused_in_a_sentence()
    {
        var tags = new LabelSchema(LabelKind.Tags, []);
        Assert.False(AnswerReader.TryRead(tags, [null!], out _, out var missing));
        Assert.Contains("null", missing, StringComparison.Ordinal);
        Assert.False(AnswerReader.TryRead(tags, [.. Enumerable.Range(0, 33).Select(i => $"t{i}")], out _, out var many));
        Assert.Contains("32", many, StringComparison.Ordinal);
        Assert.False(AnswerReader.TryRead(tags, [new string('x', 65)], out _, out var longOne));
        Assert.Contains("64", longOne, StringComparison.Ordinal);
        Assert.False(AnswerReader.TryRead(Brief.Schema, default(ImmutableArray<string>), out _, out _));
        Assert.False(AnswerReader.TryRead(Brief.Schema, [new string('x', 100_000)], out _, out var huge));
        Assert.True(huge!.Length < 500);
    }

    private static ProjectWindow Window(long version, params int[] pages) => new(version, ProjectState.Live, 1, Brief, [.. pages]);

    private static List<int> Tried(JoinedProject project, int seed)
    {
        var tried = new List<int>();
        while (project.PageToTry(seed) is { } page)
        {
            tried.Add(page);
            project.FoundNothing(page, 0);
        }

        tried.ForEach(project.MayHaveWork);
        return tried;
    }
}
