namespace Trove.Consensus.Tests;

/// <summary>Crowds made up for a test: answers with the truth behind them.</summary>
internal static class Crowds
{
    /// <summary>A crowd of people who differ in skill and volume, with some who guess; a wrong answer is any other class.</summary>
    public static (Answer[] Answers, int[] Truth) Mixed(int seed, int tasks, int workers, int classes, int each, double spammers = 0.1)
    {
        var random = new Random(seed);
        double[] skill = [.. Enumerable.Range(0, workers).Select(_ => random.NextDouble() < spammers ? 1.0 / classes : 0.55 + (0.4 * random.NextDouble()))];
        int[] truth = [.. Enumerable.Range(0, tasks).Select(_ => random.Next(classes))];
        var answers = new List<Answer>();
        for (int task = 0; task < tasks; task++)
        {
            int[] people = [.. Enumerable.Range(0, workers)];
            random.Shuffle(people);
            foreach (int worker in people.Take(each))
            {
                int label = random.NextDouble() < skill[worker] ? truth[task] : (truth[task] + random.Next(1, Math.Max(2, classes))) % classes;
                answers.Add(new Answer(task, worker, label));
            }
        }

        return ([.. answers], truth);
    }

    public static double Accuracy(Aggregation outcome, int[] truth) =>
        truth.Select((label, task) => outcome.LeadingOf(task).Choice == label ? 1.0 : 0).Average();
}
