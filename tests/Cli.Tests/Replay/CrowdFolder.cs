using Trove.Testing;

namespace Trove.Cli.Tests.Replay;

/// <summary>A small crowd data set: workers who are right four times in five.</summary>
internal static class CrowdFolder
{
    public static void Write(string folder, int tasks, int workers, int answersPerTask, string[] labels, int seed)
    {
        var chance = new Random(seed);
        var (answers, gold) = (new List<string>(), new List<string>());
        for (var task = 0; task < tasks; task++)
        {
            var truth = chance.Next(labels.Length);
            gold.Add($"task {task},{labels[truth]}");
            var people = Enumerable.Range(0, workers).ToArray();
            chance.Shuffle(people);
            answers.AddRange(people.Take(answersPerTask).Select(worker =>
                $"task {task},worker {worker},{labels[chance.NextDouble() < 0.8 ? truth : chance.Next(labels.Length)]}"));
        }

        File.WriteAllLines(Path.Combine(folder, "answers.csv"), answers.Order(StringComparer.Ordinal).Prepend("task,worker,label"));
        File.WriteAllLines(Path.Combine(folder, "gold.csv"), gold.Prepend("task,label"));
    }
}
