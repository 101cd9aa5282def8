using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Refits;
using Trove.Grains.Tests.Labeling.Live;

namespace Trove.Grains.Tests.Refits;

/// <summary>Which tags people are shown before they answer.</summary>
public sealed class TagSuggestionTests
{
    private static readonly LabelSchema Tags = new(LabelKind.Tags, ["Zebra", "Zebu"]);
    private static readonly Redundancy Three = new(RedundancyKind.Fixed, 3, 3);
    private static readonly string[] Brief = ["Zebra", "Zebu"];

    [Fact]
    public void Tags_that_tasks_decided_stand_by_their_use_beside_those_of_the_brief()
    {
        var decided = new DecidedTags(Tags);
        decided.Add(Closed(RetirementReason.Consensus, ["horse", "zebras"], ["horse", "zebras"], ["horse", "zebras"]));
        decided.Add(Closed(RetirementReason.Undecided, ["horse"], ["horse"], ["horse"], ["donkey"]));
        Assert.Equal(["horse", "Zebra", "Zebu"], Suggested(decided));
    }

    [Fact]
    public void What_one_person_typed_is_not_suggested_though_it_leads()
    {
        var decided = new DecidedTags(Tags);
        decided.Add(Closed(RetirementReason.Exhausted, ["my sister"], ["my sister"]));
        decided.Add(Closed(RetirementReason.Consensus, ["my sister"], ["my sister"], [], [])); // whoever is very reliable outweighs two who are not
        Assert.Equal(Brief, Suggested(decided));
    }

    [Fact]
    public void Where_one_person_decides_what_they_decided_is_suggested()
    {
        var decided = new DecidedTags(Tags);
        decided.Add(Closed(RetirementReason.Consensus, ["horse"], ["horse"]) with { Redundancy = new Redundancy(RedundancyKind.Fixed, 1, 1) });
        Assert.Equal(["horse", "Zebra", "Zebu"], Suggested(decided));
    }

    [Theory]
    [InlineData(RetirementReason.Cancelled)]
    [InlineData(RetirementReason.Withdrawn)]
    public void A_task_without_a_verdict_suggests_nothing(RetirementReason reason)
    {
        var decided = new DecidedTags(Tags);
        decided.Add(Closed(reason, ["horse"], ["horse"], ["horse"]));
        var unanswered = Closed(RetirementReason.Exhausted, []);
        decided.Add(unanswered with { Closed = unanswered.Closed with { Outcome = unanswered.Closed.Outcome with { Content = null } } });
        Assert.Equal(Brief, Suggested(decided));
    }

    [Fact]
    public void Options_of_another_kind_are_no_tags() => Assert.Empty(Suggested(new DecidedTags(new LabelSchema(LabelKind.SingleChoice, ["cat", "dog"]))));

    [Fact]
    public async Task A_tag_is_suggested_when_its_task_is_closed_and_not_while_it_is_open()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 1);
        await cluster.PublishAsync(4, Three, schema: Tags);
        List<Client> clients = [.. Enumerable.Range(0, 3).Select(i => new Client(cluster, $"c{i}"))];
        Assert.Equal(Brief, await SuggestAsync(cluster, "")); // before anything was read

        // The last person answers one task only: three stay open, with two answers each that agree.
        foreach (var client in clients)
        {
            await client.JoinAsync();
            for (var done = 0; done < (client == clients[2] ? 1 : 4); done++)
            {
                await cluster.UntilAsync(() => client.Held.Count > 0, $"{client.Key} is offered an item");
                var offer = client.Held.Values.First();
                Assert.Equal(SubmitStatus.Accepted, await client.AnswerAsync(offer, $"Horse {offer.Task}"));
            }
        }

        var closed = clients[2].Acknowledged.Single();
        while ((await cluster.Again(() => cluster.Pool.Snapshot())).Closed == 0)
        {
            await Task.Yield();
        }

        await FitAsync(cluster, 9, isComplete: true);
        string[] decided = [$"horse {closed}"];
        Assert.Equal(decided.Concat(Brief), await SuggestAsync(cluster, ""));
        Assert.Equal(decided, await SuggestAsync(cluster, "HORS"));
    }

    [Fact]
    public async Task Tags_are_collected_sooner_than_a_crowd_is_judged()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 2);
        await cluster.PublishAsync(1, Three, schema: Tags);
        var refit = cluster.Grains.GetGrain<IRefitGrain>(LabelingCluster.Project);
        Assert.False((await refit.Consider(RefitSchedule.First - 1, isComplete: false)).IsRunning);
        await SuggestAsync(cluster, "");
        Assert.False((await refit.Consider(RefitSchedule.FirstOfTags - 1, isComplete: false)).IsRunning);
        Assert.True((await refit.Consider(RefitSchedule.FirstOfTags, isComplete: false)).IsRunning);
    }

    [Fact]
    public async Task No_prefix_does_harm_and_no_wish_is_exceeded()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 3);
        await cluster.PublishAsync(1, Three, schema: new LabelSchema(LabelKind.Tags, [.. Enumerable.Range(0, 200).Select(i => $"tag {i}")]));
        Assert.Equal(8, (await SuggestAsync(cluster, "")).Length);
        Assert.Equal(IRefitGrain.MostTags, (await SuggestAsync(cluster, "tag", int.MaxValue)).Length);
        Assert.Empty(await SuggestAsync(cluster, "tag", 0));
        Assert.Empty(await SuggestAsync(cluster, "tag", -1));
        Assert.Equal(["tag 17", "tag 170"], await SuggestAsync(cluster, "\u202et\u200bA\u00adg\t\u0000 17\u202c", 2));
        Assert.Equal(8, (await SuggestAsync(cluster, new string('\u0301', 64))).Length); // marks without a letter: nothing was typed yet
        foreach (var prefix in new[] { new string('t', 1_000_000), string.Concat(Enumerable.Repeat("\ufdfa", 64)), "\ud83d", "\udc00\ud800", "\uffff\ufffe" })
        {
            Assert.Empty(await SuggestAsync(cluster, prefix));
        }
    }

    [Fact]
    public async Task A_project_of_another_kind_or_none_at_all_suggests_nothing()
    {
        await using var cluster = await LabelingCluster.StartAsync(seed: 4);
        Assert.Empty(await SuggestAsync(cluster, ""));
        await cluster.PublishAsync(1, Three);
        Assert.Empty(await SuggestAsync(cluster, ""));
    }

    private static async Task<string[]> SuggestAsync(LabelingCluster cluster, string prefix, int most = 8) =>
        [.. await cluster.Again(() => cluster.Grains.GetGrain<IRefitGrain>(LabelingCluster.Project).SuggestTags(prefix, most))];

    private static async Task FitAsync(LabelingCluster cluster, long answers, bool isComplete)
    {
        while ((await cluster.Again(() => cluster.Grains.GetGrain<IRefitGrain>(LabelingCluster.Project).Consider(answers, isComplete))).IsRunning)
        {
            await Task.Yield();
        }
    }

    private static IEnumerable<string> Suggested(DecidedTags decided) => decided.ToSuggestions().Suggest("", 50).Select(suggestion => suggestion.Tag);

    private static ClosedEvidence Closed(RetirementReason reason, string[] decided, params string[][] answers) => new(
        new TaskClosed(
            0, 1,
            new Outcome(reason, new AnswerContent([], [.. decided]), 0.9, answers.Length),
            [.. answers.Select((tags, i) => new CountedAnswer($"c{i}", i, new AnswerContent([], [.. tags]), 0.7, default))],
            0, default),
        Three, 0);
}
