using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Grains.Contributors;
using Trove.Grains.Labeling;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>Reads the records themselves, not through the grains, and holds them to what clients were told.</summary>
internal static class WhatIsOnDisk
{
    private static readonly RecordSerializer Serializer = new();

    /// <summary>Whether every task is closed in its page's record, and every verdict settled.</summary>
    public static bool IsSettled(LabelingCluster cluster, IReadOnlyCollection<Client> clients) =>
        Page(cluster).Totals.Closed == cluster.Tasks && Owed(cluster) is var owed
        && clients.All(client => Wallet(cluster, client.Key) == owed.GetValueOrDefault(client.Key));

    /// <summary>What is left, for a test that waits in vain.</summary>
    public static string Describe(LabelingCluster cluster, IReadOnlyCollection<Client> clients)
    {
        var page = Page(cluster);
        var closed = new PageBits(page.Closed.AsSpan());
        var open = Tasks(cluster).Select((task, i) => (task, i)).Where(each => !closed[each.i])
            .Select(each => $"{each.i}: {each.task.Answers.Length} of {each.task.Target}, {each.task.Outcome?.Reason}");
        var held = clients.Select(client => $"{client.Key}: {string.Join(' ', client.Held.Values.Select(offer => offer.Task))} {client.Pushes.LastOrDefault()?.Waiting?.Reason}");
        return $"Closed {page.Totals.Closed}, opened {page.Opened}, {page.Terms?.State}. Open: {string.Join("; ", open)}. Held: {string.Join("; ", held)}.";
    }

    public static void Check(LabelingCluster cluster, IReadOnlyCollection<Client> clients, int maximum)
    {
        var tasks = Tasks(cluster);
        for (var i = 0; i < tasks.Count; i++)
        {
            var answers = tasks[i].Answers;
            Assert.True(answers.Length <= maximum, $"Task {i} has {answers.Length} answers.");
            Assert.Equal(answers.Length, answers.Select(a => a.Contributor).Distinct().Count());
            Assert.Equal(answers.Length, tasks[i].Outcome!.Answers);
        }

        var owed = Owed(cluster);
        foreach (var client in clients)
        {
            Assert.Equal(client.Acknowledged.Count, client.Acknowledged.Distinct().Count());
            Assert.All(client.Acknowledged, task => Assert.Contains(tasks[task].Answers, a => a.Contributor == client.Key));
            Assert.Equal(owed.GetValueOrDefault(client.Key), Wallet(cluster, client.Key));
        }

        var page = Page(cluster);
        var evidence = Enumerable.Range(0, page.Segments)
            .SelectMany(number => Read<ResultSegment>(cluster, TroveStores.Bulk, "pool", Key, ResultSegment.Name(number)).Entries).ToList();
        Assert.Equal(Enumerable.Range(0, tasks.Count), evidence.Select(entry => entry.Index).Order());
        Assert.Equal(tasks.Sum(task => (long)task.Answers.Length), page.Totals.Answers);
        Assert.Equal(evidence.Sum(entry => entry.Revision), page.Totals.Revisions);
        Assert.Equal(evidence.Sum(entry => entry.Outcome.Confidence), page.Totals.ConfidenceSum, 6);
        Assert.Equal(evidence.Sum(entry => entry.SpentMinor), page.Totals.SpentMinor);
        Assert.All(evidence, entry => Assert.Equal(
            tasks[entry.Index].Answers.Select(a => (a.Contributor, a.Assignment)), entry.Answers.Select(a => (a.Contributor, a.Assignment))));
    }

    private static string Key => new PageId(LabelingCluster.Project, TaskKinds.Label, 0).Key;

    private static TaskPoolRecord Page(LabelingCluster cluster) => Read<TaskPoolRecord>(cluster, TroveStores.Records, "pool", Key, "pool");

    /// <summary>Every task, as it is written.</summary>
    public static List<LabelTaskRecord> Tasks(LabelingCluster cluster) =>
        [.. Enumerable.Range(0, cluster.Tasks).Select(i =>
            Read<LabelTaskRecord>(cluster, TroveStores.Records, "task", new TaskId(LabelingCluster.Project, TaskKinds.Label, i).Key, "task"))];

    /// <summary>Assignments earned and money, as the tasks' records say.</summary>
    private static Dictionary<string, (long Count, long Minor)> Owed(LabelingCluster cluster) => Tasks(cluster)
        .SelectMany((record, i) => new LabelTask(new TaskId(LabelingCluster.Project, TaskKinds.Label, i), 1, record).Verdicts())
        .GroupBy(verdict => verdict.Contributor, StringComparer.Ordinal)
        .ToDictionary(
            mine => mine.Key,
            mine => (mine.LongCount(verdict => verdict.Kind == VerdictKind.Earned), mine.Sum(verdict => verdict.AmountMinor)),
            StringComparer.Ordinal);

    private static (long Count, long Minor) Wallet(LabelingCluster cluster, string contributor)
    {
        var wallet = Read<ContributorHot>(cluster, TroveStores.Records, "contributor", contributor, "contributor").Wallet;
        Assert.Empty(wallet.Suspense);
        return (wallet.Tail.Count(entry => entry.Kind == VerdictKind.Earned), wallet.EarnedMinor);
    }

    private static T Read<T>(LabelingCluster cluster, string store, string type, string key, string state) =>
        cluster.Store.Snapshot().TryGetValue((store, RecordKey.Of(type, key, state)), out var bytes) ? Serializer.Deserialize<T>(bytes) : Serializer.Create<T>();
}
