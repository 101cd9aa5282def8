using Trove.Contracts;
using Trove.Contracts.Projects;
using Trove.Grains.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Projects;

public sealed class ProjectTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Project _project = new("cats", new ProjectRecord(), Now);

    [Fact]
    public void Creating_twice_the_same_is_creating_once()
    {
        Assert.Null(_project.Create("dev", Samples.Brief));
        var version = _project.Version;

        Assert.Null(_project.Create("dev", Samples.Brief with { Schema = new LabelSchema(LabelKind.YesNo, ["yes", "no"]) }));

        Assert.Equal(version, _project.Version);
        Assert.Equal("project-exists", _project.Create("dev", Samples.Brief with { Title = "Other" })?.Code);
        Assert.Equal("project-exists", _project.Create("another", Samples.Brief)?.Code);
    }

    [Theory]
    [InlineData("a/b", "dev", "key-invalid")]
    [InlineData("cats", "", "owner-invalid")]
    public void Keys_that_cannot_stand_in_a_record_are_refused(string key, string owner, string code) =>
        Assert.Equal(code, new Project(key, new ProjectRecord(), Now).Create(owner, Samples.Brief)?.Code);

    [Fact]
    public void Only_its_owner_may_change_it_and_only_once_it_exists()
    {
        Assert.Equal("project-unknown", _project.Move("dev", ProjectMove.Publish)?.Code);
        _project.Create("dev", Samples.Brief);

        Assert.Equal("not-yours", _project.Move("thief", ProjectMove.Publish)?.Code);
        Assert.Equal("not-yours", _project.ChangeBrief("thief", Samples.Brief)?.Code);
        Assert.Equal("not-yours", _project.AllocatePage("thief", "import", 0).Problem?.Code);
        Assert.Equal("not-yours", _project.Imported("thief", "import", 0, 0)?.Code);
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

        var problem = project.Move("dev", move);

        Assert.Equal(to is null ? "wrong-state" : null, problem?.Code);
        Assert.Equal(to ?? from, project.State);
    }

    [Fact]
    public void Options_of_a_published_project_can_only_be_appended()
    {
        _project.Create("dev", Samples.Choice("cat", "dog"));
        Assert.Null(_project.ChangeBrief("dev", Samples.Choice("bird", "fish"))); // still a draft
        _project.Move("dev", ProjectMove.Publish);

        Assert.Equal("schema-fixed", _project.ChangeBrief("dev", Samples.Choice("fish", "bird"))?.Code);
        Assert.Equal("schema-fixed", _project.ChangeBrief("dev", Samples.Brief)?.Code);
        Assert.Null(_project.ChangeBrief("dev", Samples.Choice("bird", "fish", "cat")));
        Assert.Equal(3, _project.Window().BriefVersion);
    }

    [Fact]
    public void The_same_brief_again_is_no_new_version()
    {
        _project.Create("dev", Samples.Choice("cat", "dog"));
        var (version, orders) = (_project.Version, _project.Orders);

        Assert.Null(_project.ChangeBrief("dev", Samples.Choice("cat", "dog")));

        Assert.Equal((version, orders, 1), (_project.Version, _project.Orders, _project.View().BriefVersion));
    }

    [Fact]
    public void The_same_batch_of_the_same_import_gets_the_same_page()
    {
        _project.Create("dev", Samples.Brief);

        Assert.Equal([0, 1, 2, 1], new[] { ("a", 0), ("b", 0), ("a", 1), ("b", 0) }.Select(batch => Allocate(batch.Item1, batch.Item2)));

        var reloaded = Reload(_project);
        Assert.Equal(2, reloaded.AllocatePage("dev", "a", 1).Value!.Page);
        Assert.Equal(3, reloaded.AllocatePage("dev", "c", 0).Value!.Page);
    }

    [Fact]
    public void Pages_open_only_when_their_import_is_done_and_the_project_is_live()
    {
        _project.Create("dev", Samples.Brief);
        Allocate("a", 0);
        Allocate("b", 0);
        _project.Move("dev", ProjectMove.Publish);
        Assert.Empty(_project.OpenPages);

        Assert.Null(_project.Imported("dev", "b", 1, 10));
        Assert.Equal([1], _project.OpenPages.ToArray());
        Assert.Null(_project.Imported("dev", "b", 1, 10));
        Assert.Equal(10, _project.View().Tasks);
        Assert.Equal("import-done", _project.AllocatePage("dev", "b", 1).Problem?.Code);
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(2, 2 * TaskId.PageSize + 1)]
    [InlineData(-1, 0)]
    public void An_import_that_lacks_a_page_is_not_done(int batches, long tasks)
    {
        _project.Create("dev", Samples.Brief);
        Allocate("a", 0);
        Allocate("a", 1);
        Allocate("a", 3);

        Assert.Equal("import-incomplete", _project.Imported("dev", "a", batches, tasks)?.Code);
    }

    [Fact]
    public void A_page_reserved_and_not_needed_never_opens()
    {
        _project.Create("dev", Samples.Brief);
        _project.Move("dev", ProjectMove.Publish);
        Allocate("a", 0);
        Allocate("a", 1);

        _project.Imported("dev", "a", 1, 5);

        Assert.Equal([0], _project.OpenPages.ToArray());
        Assert.Equal(1, _project.View().ClosedPages);
    }

    [Fact]
    public void The_window_is_never_wider_than_allowed_and_the_next_page_opens_when_one_closes()
    {
        var project = Filled(Project.MaxOpen + 2);
        Assert.Empty(project.OpenPages);

        project.Move("dev", ProjectMove.Publish);
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

        project.Move("dev", ProjectMove.Close);
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
            project.ChangeBrief("dev", Samples.Brief with { Title = $"Title {life}" });
            versions.Add(project.Version);
            project = Reload(project);
        }

        Assert.Equal(versions.Distinct().Order(), versions);
    }

    private static Project Filled(int pages)
    {
        var project = new Project("cats", new ProjectRecord(), Now);
        project.Create("dev", Samples.Brief);
        for (var batch = 0; batch < pages; batch++)
        {
            project.AllocatePage("dev", "import", batch);
        }

        Assert.Null(project.Imported("dev", "import", pages, pages));
        return Reload(project);
    }

    private static Project Reload(Project project)
    {
        var serializer = new RecordSerializer();
        return new Project("cats", serializer.Deserialize<ProjectRecord>(serializer.Serialize(project.ToRecord())), Now);
    }

    private int Allocate(string import, int batch) => _project.AllocatePage("dev", import, batch).Value!.Page;
}
