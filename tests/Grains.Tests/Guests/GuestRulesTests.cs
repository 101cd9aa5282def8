using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Guests;
using Trove.Grains.Tests.Labeling.Live;

namespace Trove.Grains.Tests.Guests;

public sealed class GuestRulesTests
{
    private static readonly Brief Brief = LabelingCluster.BriefOf(new Redundancy()) with { PriceMinor = 0 };
    private static readonly ProjectWindow Window = new(1, ProjectState.Live, 2, Brief, [0]);
    private static readonly TaskPolicy Policy = new(LabelKind.YesNo, 2, new Redundancy(), 0, 2, 0, 50);
    private static readonly GuestRecord Guest = new() { Project = "p", Tasks = [new GuestTask(3, Policy), new GuestTask(4, Policy), new GuestTask(5, Policy)], Expires = DateTimeOffset.MaxValue };

    [Fact]
    public void Only_live_unpaid_real_projects_for_everybody_are_for_guests()
    {
        Assert.True(GuestRules.IsForGuests(Window));
        Assert.False(GuestRules.IsForGuests(Window with { State = ProjectState.Draft }));
        Assert.False(GuestRules.IsForGuests(Window with { State = ProjectState.Paused }));
        Assert.False(GuestRules.IsForGuests(Window with { State = ProjectState.Closed }));
        Assert.False(GuestRules.IsForGuests(Window with { Simulated = true }));
        Assert.False(GuestRules.IsForGuests(Window with { Brief = Brief with { PriceMinor = 1 } }));
        Assert.False(GuestRules.IsForGuests(Window with { Brief = Brief with { Audience = new Audience(MinimumAge: 18) } }));
    }

    [Fact]
    public void A_second_answer_to_an_item_replaces_the_first()
    {
        var once = GuestRules.Hold(Guest, Window, 4, ["yes"]).Value!;
        var twice = GuestRules.Hold(once, Window, 4, ["no"]).Value!;
        Assert.Equal([null, 1, null], twice.Tasks.Select(task => task.Answer?.Choices[0]));
        Assert.Equal(["no"], GuestRules.ValuesOf(twice.Tasks[1].Answer, Brief.Schema).ToArray());
        Assert.Equal([LabelSchema.NotSure], GuestRules.ValuesOf(GuestRules.Hold(Guest, Window, 4, [LabelSchema.NotSure]).Value!.Tasks[1].Answer, Brief.Schema).ToArray());
    }

    [Theory]
    [InlineData(6, "yes", "guest-item-unknown")]
    [InlineData(-1, "yes", "guest-item-unknown")]
    [InlineData(4, "maybe", "answer-invalid")]
    [InlineData(4, null, "answer-invalid")]
    public void What_is_no_answer_to_an_item_shown_is_refused(int task, string? value, string code) =>
        Assert.Equal(code, GuestRules.Hold(Guest, Window, task, [value!]).Problem!.Code);

    [Fact]
    public void Nothing_is_held_under_another_brief_in_a_shut_project_or_after_the_hand_in()
    {
        Assert.Equal("brief-changed", GuestRules.Hold(Guest, Window with { BriefVersion = 3 }, 4, ["yes"]).Problem!.Code);
        Assert.Equal("guest-project-refused", GuestRules.Hold(Guest, Window with { State = ProjectState.Paused }, 4, ["yes"]).Problem!.Code);
        Assert.Equal("guest-handed-in", GuestRules.Hold(Guest with { HandedIn = true }, Window, 4, ["yes"]).Problem!.Code);
        Assert.Equal("guest-handed-in", GuestRules.Hold(Guest with { Contributor = "c" }, Window, 4, ["yes"]).Problem!.Code);
    }

    [Fact]
    public void A_guest_has_one_project()
    {
        Assert.Null(GuestRules.OneProject(Guest, "p"));
        Assert.Equal("guest-one-project", GuestRules.OneProject(Guest, "q")!.Code);
    }

    [Fact]
    public void A_finished_hand_in_tells_what_became_of_each_answer_and_names_nobody()
    {
        var held = GuestRules.Hold(GuestRules.Hold(Guest, Window, 3, ["yes"]).Value!, Window, 5, ["no"]).Value!;
        var bound = GuestRules.Bind(held, "c", [70, 71]);
        Assert.Equal([70L, null, 71L], bound.Tasks.Select(task => task.Assignment));
        Assert.Null(GuestRules.NotYours(bound, "c"));
        Assert.Equal("guest-handed-in", GuestRules.NotYours(bound, "d")!.Code);

        var finished = GuestRules.Finish(bound, new Dictionary<int, HeldFate> { [3] = HeldFate.Counted, [5] = HeldFate.NotNeeded });
        Assert.Null(finished.Contributor);
        Assert.All(finished.Tasks, task => Assert.Equal((null, null), (task.Answer, task.Assignment)));
        var report = GuestRules.Report(finished);
        Assert.Equal(("p", 1), (report.Project, report.Counted));
        Assert.Equal([new RefusedAnswer(5, HeldFate.NotNeeded)], report.Refused.ToArray());
    }
}
