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

    /// <summary>
    /// A crowd as public sets show them: few give most of the answers, some say one thing always, classes are uneven and some of them
    /// harder, tasks differ in difficulty for everybody, and some have a wrong answer that many fall for.
    /// </summary>
    public static (AnswerMatrix Answers, int[] Truth) Uneven(int seed)
    {
        var random = new Random(seed);
        int classes = seed % 2 == 0 ? 2 : random.Next(3, 7), tasks = random.Next(200, 500), workers = random.Next(20, 80), each = random.Next(3, 9);
        double skew = random.NextDouble() * 1.5, hard = random.NextDouble(), lures = seed % 3 == 0 ? 0.1 : 0;
        double[] volume = [.. Enumerable.Range(0, workers).Select(_ => Math.Exp(1.2 * Normal()))];
        double[] skill = [.. Enumerable.Range(0, workers).Select(_ => 1 + (0.8 * Normal()))];
        int[] stuck = [.. Enumerable.Range(0, workers).Select(_ => random.NextDouble() < 0.1 ? random.Next(classes) : -1)];
        double[] ease = [.. Enumerable.Range(0, classes).Select(_ => 0.5 * Normal())];
        var truth = new int[tasks];
        var answers = new List<Answer>();
        for (int task = 0; task < tasks; task++)
        {
            truth[task] = (int)(classes * Math.Pow(random.NextDouble(), 1 + skew));
            int lure = random.NextDouble() < lures ? (truth[task] + random.Next(1, classes)) % classes : -1;
            double easy = ease[truth[task]] + (hard * Normal());
            foreach (int worker in Enumerable.Range(0, workers).OrderBy(w => -Math.Log(1 - random.NextDouble()) / volume[w]).Take(each).ToArray())
            {
                bool knows = random.NextDouble() < 1 / (1 + Math.Exp(-skill[worker] - easy));
                int said = knows ? truth[task] : lure >= 0 ? lure : random.Next(classes);
                answers.Add(new Answer(task, worker, stuck[worker] >= 0 ? stuck[worker] : said));
            }
        }

        return (AnswerMatrix.From([.. answers], tasks, workers, classes), truth);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
    }

    public static double Accuracy(Aggregation outcome, int[] truth) =>
        truth.Select((label, task) => outcome.LeadingOf(task).Choice == label ? 1.0 : 0).Average();
}
