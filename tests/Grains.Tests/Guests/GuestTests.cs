using System.Text;
using Orleans;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;
using Trove.Grains.Tests.Labeling.Live;
using Trove.Testing;

namespace Trove.Grains.Tests.Guests;

/// <summary>Guests among contributors, on a running engine.</summary>
public sealed class GuestTests : IAsyncLifetime
{
    private static readonly Redundancy One = new(RedundancyKind.Fixed, 1, 1);
    private static readonly Redundancy Two = new(RedundancyKind.Fixed, 2, 2);

    private LabelingCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await LabelingCluster.StartAsync(seed: 7);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_guest_sees_ten_items_takes_no_slot_and_sees_the_same_ones_again()
    {
        await _cluster.PublishAsync(30, One, price: 0);
        var begun = (await Guest().Begin(LabelingCluster.Project)).Value!;
        Assert.Equal(10, begun.Items.Select(item => item.Task).Distinct().Count());
        Assert.All(begun.Items, item => Assert.Equal($"item {item.Task}", item.Text));
        Assert.Equal("To find cats.", begun.Brief.Purpose);
        Assert.Equal(begun.Items.Select(item => item.Task), (await Guest().Begin(LabelingCluster.Project)).Value!.Items.Select(item => item.Task));
        await Guest().Hold(begun.Items[0].Task, ["yes"]);

        Assert.Equal(0, (await _cluster.Pool.Snapshot()).Live);
        Assert.All(await Task.WhenAll(begun.Items.Select(item => _cluster.Task(item.Task).Inspect())), task => Assert.Equal((0, 0), (task.Truth.Live, task.Truth.Answers)));
    }

    [Fact]
    public async Task Held_answers_count_as_the_contributors_once_handed_in_and_nothing_ties_the_two_afterwards()
    {
        await _cluster.PublishAsync(10, One, price: 0);
        var items = await HoldAll("yes");
        var report = (await Guest().HandIn("ann")).Value!;
        Assert.Equal((10, 0), (report.Counted, report.Refused.Length));
        Assert.Equal((report.Counted, report.Refused.Length), await Again("ann")); // told again, not counted again

        Assert.Equal([LabelingCluster.Project], (await _cluster.Grains.GetGrain<IContributorGrain>("ann").Dossier()).Projects.ToArray()); // by which an export finds them

        var view = (await Guest().View()).Value!;
        Assert.True(view.HandedIn);
        Assert.All(view.Items, item => Assert.Equal((true, HeldFate.Counted), (item.Answered, item.Fate)));
        Assert.Equal("guest-handed-in", (await Guest().Hold(items[0], ["no"])).Problem!.Code);
        await _cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(_cluster, [new Client(_cluster, "ann")]), "every verdict is settled");
        Assert.Equal(10, (await _cluster.Grains.GetGrain<IContributorGrain>("ann").Statement()).Earned);
        Assert.DoesNotContain("ann", Encoding.UTF8.GetString(OnDisk()!.Value.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_handed_in_to_a_contributor_whose_person_was_erased()
    {
        await _cluster.PublishAsync(10, One, price: 0);
        var items = await HoldAll("yes");
        await _cluster.Grains.GetGrain<IContributorGrain>("ann").Forget();
        var report = (await Guest().HandIn("ann")).Value!;
        Assert.Equal((0, items.Length), (report.Counted, report.Refused.Length));
    }

    [Fact]
    public async Task Whoever_only_handed_in_finds_the_project_among_those_worked_on()
    {
        await _cluster.PublishAsync(10, Two, price: 0);
        await HoldAll("yes");
        Assert.Equal(10, (await Guest().HandIn("ann")).Value!.Counted);

        // Nothing is settled yet, so this is the only way to the answers.
        Assert.Equal(LabelingCluster.Project, Assert.Single((await _cluster.Grains.GetGrain<IContributorGrain>("ann").Dossier()).Projects));
    }

    [Fact]
    public async Task An_item_closed_meanwhile_or_answered_by_the_same_person_is_refused_with_the_reason()
    {
        await _cluster.PublishAsync(3, Two, price: 0);
        await HoldAll("yes");
        var (a, b, ann) = (new Client(_cluster, "a"), new Client(_cluster, "b"), new Client(_cluster, "ann"));
        await AnswerOnly(a, 0);
        await AnswerOnly(b, 0);
        await AnswerOnly(ann, 1);

        var report = (await Guest().HandIn("ann")).Value!;
        Assert.Equal(1, report.Counted);
        Assert.Equal([new RefusedAnswer(0, HeldFate.NotNeeded), new RefusedAnswer(1, HeldFate.AlreadyYours)], report.Refused.OrderBy(refused => refused.Task));
        Assert.Equal(1, (await _cluster.Task(1).Inspect()).Truth.Answers);
    }

    [Fact]
    public async Task An_item_that_the_person_has_open_is_left_to_them()
    {
        await _cluster.PublishAsync(1, Two, price: 0);
        await HoldAll("yes");
        var ann = new Client(_cluster, "ann");
        await ann.JoinAsync();
        await _cluster.UntilAsync(() => ann.Held.Count == 1, "the item is offered");

        Assert.Equal([new RefusedAnswer(0, HeldFate.AlreadyYours)], (await Guest().HandIn("ann")).Value!.Refused.ToArray());
        Assert.Equal(SubmitStatus.Accepted, await ann.AnswerAsync(ann.Held.Values.Single()));
    }

    [Fact]
    public async Task What_is_counted_at_hand_in_is_not_offered_to_the_person_again()
    {
        await _cluster.PublishAsync(2, Two, price: 0);
        var items = (await Guest().Begin(LabelingCluster.Project)).Value!.Items;
        await Guest().Hold(0, ["yes"]);
        Assert.Equal(2, items.Length);
        await Guest().HandIn("ann");

        var ann = new Client(_cluster, "ann");
        await ann.JoinAsync();
        await _cluster.UntilAsync(() => ann.Held.Count == 1, "the other item is offered");
        await ann.AnswerAsync(ann.Held.Values.Single());
        await _cluster.UntilAsync(() => ann.Pushes.Any(push => push.Waiting is not null), "nothing else is");
        Assert.Equal([1], ann.Acknowledged);
    }

    [Fact]
    public async Task A_changed_brief_and_a_shut_project_refuse_what_was_held_before()
    {
        await _cluster.PublishAsync(2, Two, price: 0);
        await HoldAll("yes");
        var project = _cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project);
        await project.Move(LabelingCluster.Owner, ProjectMove.Pause);
        Assert.All((await Guest().HandIn("ann")).Value!.Refused, refused => Assert.Equal(HeldFate.ProjectShut, refused.Why));

        await project.Move(LabelingCluster.Owner, ProjectMove.Resume);
        await HoldAll("yes", "h");
        await project.ChangeBrief(LabelingCluster.Owner, LabelingCluster.BriefOf(Two) with { Question = "Is it a big cat?", PriceMinor = 0 });
        Assert.Equal("brief-changed", (await Guest("h").Hold(0, ["no"])).Problem!.Code);
        Assert.All((await Guest("h").HandIn("ann")).Value!.Refused, refused => Assert.Equal(HeldFate.BriefChanged, refused.Why));
        Assert.Equal((0, 0), ((await _cluster.Task(0).Inspect()).Truth.Answers, (await _cluster.Task(1).Inspect()).Truth.Answers));
    }

    [Fact]
    public async Task Restricted_and_closed_tasks_are_not_shown_and_a_project_without_others_has_nothing()
    {
        await _cluster.PublishAsync(1, One, price: 0);
        var ann = new Client(_cluster, "ann");
        await AnswerOnly(ann, 0);
        await _cluster.Grains.GetGrain<ITaskPoolGrain>(_cluster.Pool.GetPrimaryKeyString()).Append([new TaskDefinition("mine", "for ann", Allowed: ["ann"])]);
        Assert.Equal("guest-no-items", (await Guest().Begin(LabelingCluster.Project)).Problem!.Code);
        Assert.Null(OnDisk());
    }

    [Fact]
    public async Task Nothing_held_is_nothing_handed_in_and_the_guest_may_go_on()
    {
        await _cluster.PublishAsync(2, Two, price: 0);
        Assert.Equal("guest-unknown", (await Guest().View()).Problem!.Code);
        Assert.Equal("guest-unknown", (await Guest().Hold(0, ["yes"])).Problem!.Code);
        Assert.Equal("guest-unknown", (await Guest().HandIn("ann")).Problem!.Code);
        await Guest().Begin(LabelingCluster.Project);
        Assert.Equal((0, 0), await Again("ann"));
        Assert.Null((await Guest().Hold(0, ["yes"])).Problem);
        Assert.Equal((1, 0), await Again("ann"));
    }

    [Fact]
    public async Task A_guest_who_asks_is_forgotten_whole()
    {
        await _cluster.PublishAsync(2, Two, price: 0);
        await HoldAll("yes");
        Assert.NotNull(OnDisk());
        await Guest().Clear();
        Assert.Null(OnDisk());
        Assert.Equal("guest-unknown", (await Guest().View()).Problem!.Code);
        await Guest().Clear();
    }

    private IGuestGrain Guest(string key = "g") => _cluster.Grains.GetGrain<IGuestGrain>(key);

    private async Task<int[]> HoldAll(string value, string key = "g")
    {
        var items = (await Guest(key).Begin(LabelingCluster.Project)).Value!.Items.Select(item => item.Task).ToArray();
        foreach (var item in items)
        {
            Assert.Null((await Guest(key).Hold(item, [value])).Problem);
        }

        return items;
    }

    private async Task<(int Counted, int Refused)> Again(string contributor) =>
        (await Guest().HandIn(contributor)).Value is { } report ? (report.Counted, report.Refused.Length) : (-1, -1);

    /// <summary>Answers one task and gives everything else back.</summary>
    private async Task AnswerOnly(Client client, int task)
    {
        await client.JoinAsync();
        await _cluster.UntilAsync(() => client.Held.Values.Any(offer => offer.Task == task), "the task is offered");
        Assert.Equal(SubmitStatus.Accepted, await client.AnswerAsync(client.Held.Values.Single(offer => offer.Task == task)));
        await client.Grain.Leave(client.Session);
    }

    /// <summary>The guest's record as it lies there.</summary>
    private ReadOnlyMemory<byte>? OnDisk() =>
        _cluster.Store.Snapshot().Where(record => record.Key.Store == TroveStores.Personal && record.Key.Key.StartsWith("guest", StringComparison.Ordinal))
            .Select(record => (ReadOnlyMemory<byte>?)record.Value).SingleOrDefault();
}
