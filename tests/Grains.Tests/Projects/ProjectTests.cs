using Trove.Contracts;
using Trove.Contracts.Projects;
using Trove.Grains.Projects;
using Trove.Grains.Records;
using Trove.Grains.Tests.Records;

namespace Trove.Grains.Tests.Projects;

public sealed class ProjectTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Actor Dev = new("dev", "key1", "198.51.100.0/24");
    private readonly Project _project = new("cats", new ProjectRecord(), Now);

    [Fact]
    public void Creating_twice_the_same_is_creating_once()
    {
        Assert.Null(_project.Create(Dev, Samples.Brief, simulated: false, Now));
        var version = _project.Version;

        Assert.Null(_project.Create(Dev, Samples.Brief with { Schema = new LabelSchema(LabelKind.YesNo, ["yes", "no"]) }, simulated: false, Now));

        Assert.Equal(version, _project.Version);
        Assert.Equal("project-exists", _project.Create(Dev, Samples.Brief with { Title = "Other" }, simulated: false, Now)?.Code);
        Assert.Equal("project-exists", _project.Create(new Actor("another"), Samples.Brief, simulated: false, Now)?.Code);
    }

    [Theory]
    [InlineData("a/b", "dev", "key-invalid")]
    [InlineData("cats", "", "owner-invalid")]
    public void Keys_that_cannot_stand_in_a_record_are_refused(string key, string owner, string code) =>
        Assert.Equal(code, new Project(key, new ProjectRecord(), Now).Create(new Actor(owner), Samples.Brief, simulated: false, Now)?.Code);

    [Fact]
    public void Nothing_can_be_done_to_it_before_it_exists()
    {
        Assert.Equal("project-unknown", _project.Move(Dev, ProjectMove.Publish, Now)?.Code);
        Assert.Equal("project-unknown", _project.ChangeBrief(Dev, Samples.Brief, Now)?.Code);
        Assert.Equal("project-unknown", _project.SetMember(Dev, "ann", TeamRole.Viewer, Now)?.Code);
        Assert.Equal("project-unknown", _project.AllocatePage("import", 0).Problem?.Code);
        Assert.Equal("project-unknown", _project.Imported("import", 0, 0)?.Code);
        Assert.Equal(new ProjectStanding(false, null, ProjectState.Draft, false), _project.StandingOf("dev"));
    }

    [Fact]
    public void Its_creator_is_its_first_owner_and_one_owner_always_stays()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        Assert.Equal(TeamRole.Owner, _project.RoleOf("dev"));
        Assert.Null(_project.RoleOf("ann"));

        Assert.Equal("last-owner", _project.SetMember(Dev, "dev", null, Now)?.Code);
        Assert.Equal("last-owner", _project.SetMember(Dev, "dev", TeamRole.Editor, Now)?.Code);
        Assert.Null(_project.SetMember(Dev, "ann", TeamRole.Owner, Now));
        Assert.Null(_project.SetMember(Dev, "dev", null, Now));

        Assert.Equal([new TeamMember("ann", TeamRole.Owner)], _project.View().Team.AsEnumerable());
        Assert.Equal("ann", _project.View().Owner);
        Assert.Equal("last-owner", Reload(_project).SetMember(Dev, "ann", null, Now)?.Code);
    }

    [Fact]
    public void A_team_has_at_most_its_maximum_of_members()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        for (var n = 1; n < Project.MaxTeam; n++)
        {
            Assert.Null(_project.SetMember(Dev, $"member-{n}", TeamRole.Viewer, Now));
        }

        Assert.Equal("team-full", _project.SetMember(Dev, "one-more", TeamRole.Viewer, Now)?.Code);
        Assert.Null(_project.SetMember(Dev, "member-1", TeamRole.Editor, Now));
        Assert.Equal("member-invalid", _project.SetMember(Dev, "a/b", TeamRole.Viewer, Now)?.Code);
        Assert.Equal("member-invalid", _project.SetMember(Dev, "member-1", (TeamRole)7, Now)?.Code);
    }

    [Fact]
    public void Each_act_is_noted_once_with_who_did_it()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        _project.ChangeBrief(Dev, Samples.Brief with { PriceMinor = 7 }, Now);
        _project.ChangeBrief(Dev, Samples.Brief with { PriceMinor = 7 }, Now);
        _project.SetMember(Dev, "ann", TeamRole.Editor, Now);
        _project.SetMember(Dev, "ann", TeamRole.Editor, Now);
        _project.SetMember(Dev, "bob", null, Now);
        foreach (var move in new[] { ProjectMove.Publish, ProjectMove.Publish, ProjectMove.Pause, ProjectMove.Resume, ProjectMove.Close, ProjectMove.Close })
        {
            _project.Move(Dev, move, Now);
        }

        var noted = _project.ToRecord().Acts!.Unsent;
        Assert.Equal(
            ["project.created", "project.brief-changed", "project.member-set", "project.published", "project.paused", "project.resumed", "project.closed"],
            noted.Select(entry => entry.Act));
        Assert.Equal(Enumerable.Range(0, 7).Select(n => $"project/cats/{n}"), noted.Select(entry => entry.Id));
        Assert.All(noted, entry => Assert.Equal(Dev, entry.By));
        Assert.Equal(("account/ann", "project/cats editor"), (noted[2].Target, noted[2].Detail));
        Assert.Equal("version=2 price=7", noted[1].Detail);
    }

    [Fact]
    public void A_simulated_project_pays_nothing_whatever_its_brief_says()
    {
        _project.Create(Dev, Samples.Brief with { PriceMinor = 15 }, simulated: true, Now);

        Assert.Equal(0, _project.Order.Brief.PriceMinor);
        Assert.Equal(0, _project.Window().Brief.PriceMinor);
        Assert.False(_project.Entry.Paid);
        Assert.Equal(15, _project.View().Brief.PriceMinor);

        _project.ChangeBrief(Dev, Samples.Brief with { PriceMinor = 20 }, Now);
        var reloaded = Reload(_project);
        Assert.True(reloaded.View().Simulated);
        Assert.Equal(0, reloaded.Order.Brief.PriceMinor);
        Assert.Equal("project-exists", reloaded.Create(Dev, Samples.Brief with { PriceMinor = 20 }, simulated: false, Now)?.Code);
    }

    [Fact]
    public void A_project_of_the_first_release_belongs_to_who_created_it()
    {
        var project = new Project("cats", Golden.Older<ProjectRecord>(1), Now);

        Assert.Equal([new TeamMember("dev", TeamRole.Owner)], project.View().Team.AsEnumerable());
        Assert.Equal("dev", project.View().Owner);
        Assert.False(project.View().Simulated);
        Assert.Null(project.ChangeBrief(Dev, project.View().Brief with { PriceMinor = 3 }, Now));
    }

    [Theory]
    [InlineData(ProjectState.Draft, ProjectMove.Publish, ProjectState.Live)]
    [InlineData(ProjectState.Draft, ProjectMove.Pause, null)]
    [InlineData(ProjectState.Draft, ProjectMove.Resume, null)]
    [InlineData(ProjectState.Draft, ProjectMove.Close, ProjectState.Closed)]
    [InlineData(ProjectState.Live, ProjectMove.Publish, ProjectState.Live)]
    [InlineData(ProjectState.Live, ProjectMove.Pause, ProjectState.Paused)]
    [InlineData(ProjectState.Live, ProjectMove.Close, ProjectState.Closed)]
    [InlineData(ProjectState.Paused, ProjectMove.Publish, null)]
    [InlineData(ProjectState.Paused, ProjectMove.Resume, ProjectState.Live)]
    [InlineData(ProjectState.Paused, ProjectMove.Pause, ProjectState.Paused)]
    [InlineData(ProjectState.Closed, ProjectMove.Publish, null)]
    [InlineData(ProjectState.Closed, ProjectMove.Resume, null)]
    [InlineData(ProjectState.Closed, ProjectMove.Close, ProjectState.Closed)]
    public void A_life_goes_one_way(ProjectState from, ProjectMove move, ProjectState? to)
    {
        var project = new Project("cats", new ProjectRecord { Owner = "dev", Briefs = [Samples.Brief], State = from }, Now);

        var problem = project.Move(Dev, move, Now);

        Assert.Equal(to is null ? "wrong-state" : null, problem?.Code);
        Assert.Equal(to ?? from, project.State);
    }

    [Fact]
    public void Options_of_a_published_project_can_only_be_appended()
    {
        _project.Create(Dev, Samples.Choice("cat", "dog"), simulated: false, Now);
        Assert.Null(_project.ChangeBrief(Dev, Samples.Choice("bird", "fish"), Now)); // still a draft
        _project.Move(Dev, ProjectMove.Publish, Now);

        Assert.Equal("schema-fixed", _project.ChangeBrief(Dev, Samples.Choice("fish", "bird"), Now)?.Code);
        Assert.Equal("schema-fixed", _project.ChangeBrief(Dev, Samples.Brief, Now)?.Code);
        Assert.Null(_project.ChangeBrief(Dev, Samples.Choice("bird", "fish", "cat"), Now));
        Assert.Equal(3, _project.Window().BriefVersion);
    }

    [Fact]
    public void The_same_brief_again_is_no_new_version()
    {
        _project.Create(Dev, Samples.Choice("cat", "dog"), simulated: false, Now);
        var (version, orders) = (_project.Version, _project.Orders);

        Assert.Null(_project.ChangeBrief(Dev, Samples.Choice("cat", "dog"), Now));

        Assert.Equal((version, orders, 1), (_project.Version, _project.Orders, _project.View().BriefVersion));
    }

    [Fact]
    public void The_same_batch_of_the_same_import_gets_the_same_page()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);

        Assert.Equal([0, 1, 2, 1], new[] { ("a", 0), ("b", 0), ("a", 1), ("b", 0) }.Select(batch => Allocate(batch.Item1, batch.Item2)));

        var reloaded = Reload(_project);
        Assert.Equal(2, reloaded.AllocatePage("a", 1).Value!.Page);
        Assert.Equal(3, reloaded.AllocatePage("c", 0).Value!.Page);
    }

    [Fact]
    public void Pages_open_only_when_their_import_is_done_and_the_project_is_live()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        Allocate("a", 0);
        Allocate("b", 0);
        _project.Move(Dev, ProjectMove.Publish, Now);
        Assert.Empty(_project.OpenPages);

        Assert.Null(_project.Imported("b", 1, 10));
        Assert.Equal([1], _project.OpenPages.ToArray());
        Assert.Null(_project.Imported("b", 1, 10));
        Assert.Equal(10, _project.View().Tasks);
        Assert.Equal("import-done", _project.AllocatePage("b", 1).Problem?.Code);
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(2, 2 * TaskId.PageSize + 1)]
    [InlineData(-1, 0)]
    public void An_import_that_lacks_a_page_is_not_done(int batches, long tasks)
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        Allocate("a", 0);
        Allocate("a", 1);
        Allocate("a", 3);

        Assert.Equal("import-incomplete", _project.Imported("a", batches, tasks)?.Code);
    }

    [Fact]
    public void A_page_reserved_and_not_needed_never_opens()
    {
        _project.Create(Dev, Samples.Brief, simulated: false, Now);
        _project.Move(Dev, ProjectMove.Publish, Now);
        Allocate("a", 0);
        Allocate("a", 1);

        _project.Imported("a", 1, 5);

        Assert.Equal([0], _project.OpenPages.ToArray());
        Assert.Equal(1, _project.View().ClosedPages);
    }

    [Fact]
    public void The_window_is_never_wider_than_allowed_and_the_next_page_opens_when_one_closes()
    {
        var project = Filled(Project.MaxOpen + 2);
        Assert.Empty(project.OpenPages);

        project.Move(Dev, ProjectMove.Publish, Now);
        Assert.Equal(Enumerable.Range(0, Project.MaxOpen), project.OpenPages);

        var version = project.Version;
        Assert.True(project.PageClosed(7));
        Assert.False(project.PageClosed(7));
        Assert.False(project.PageClosed(Project.MaxOpen + 1));
        Assert.Equal(Enumerable.Range(0, Project.MaxOpen + 1).Except([7]), project.OpenPages);
        Assert.True(project.Version > version);
        Assert.Equal(1, project.View().ClosedPages);
    }

    [Fact]
    public void A_closed_project_opens_what_is_left_so_that_its_tasks_are_cancelled()
    {
        var project = Filled(Project.MaxOpen + 2);

        project.Move(Dev, ProjectMove.Close, Now);
        while (!project.OpenPages.IsEmpty)
        {
            Assert.InRange(project.OpenPages.Length, 1, Project.MaxOpen);
            project.PageClosed(project.OpenPages[0]);
        }

        Assert.Equal(Project.MaxOpen + 2, project.View().ClosedPages);
    }

    [Fact]
    public void Versions_only_grow_also_over_lives_while_the_clock_stands_still()
    {
        var project = Filled(3);
        var versions = new List<long>();
        for (var life = 0; life < 3; life++)
        {
            versions.Add(project.Version);
            project.ChangeBrief(Dev, Samples.Brief with { Title = $"Title {life}" }, Now);
            versions.Add(project.Version);
            project = Reload(project);
        }

        Assert.Equal(versions.Distinct().Order(), versions);
    }

    private static Project Filled(int pages)
    {
        var project = new Project("cats", new ProjectRecord(), Now);
        project.Create(Dev, Samples.Brief, simulated: false, Now);
        for (var batch = 0; batch < pages; batch++)
        {
            project.AllocatePage("import", batch);
        }

        Assert.Null(project.Imported("import", pages, pages));
        return Reload(project);
    }

    private static Project Reload(Project project)
    {
        var serializer = new RecordSerializer();
        return new Project("cats", serializer.Deserialize<ProjectRecord>(serializer.Serialize(project.ToRecord())), Now);
    }

    private int Allocate(string import, int batch) => _project.AllocatePage(import, batch).Value!.Page;
}
