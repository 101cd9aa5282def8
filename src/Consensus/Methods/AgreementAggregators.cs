namespace Trove.Consensus;

/// <summary>
/// Worker agreement with aggregate (the method of Appen's and crowd-kit's name): a worker's weight in a second vote is the share of
/// answers that agree with the first. Mild and hard to break; it never trusts anybody less than nothing.
/// </summary>
public sealed class WawaAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "wawa";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers)
    {
        var weights = new double[answers.Workers];
        Array.Fill(weights, 1);
        return MajorityAggregator.Vote(answers, WorkerAgreement.WithLeading(answers, weights), iterations: 2);
    }
}

/// <summary>Zero-based skill (crowd-kit): the same in many small steps, weights and vote in turn, from equal weights near chance.</summary>
public sealed class ZeroBasedSkillAggregator : IAggregator
{
    private const int Steps = 100;
    private const int StepsToHalve = 20;

    /// <inheritdoc/>
    public string Name => "zero-based-skill";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) =>
        MajorityAggregator.Vote(answers, Weights(answers), Steps);

    /// <summary>What each worker's answer counts for.</summary>
    internal static double[] Weights(AnswerMatrix answers)
    {
        var weights = new double[answers.Workers];
        Array.Fill(weights, Rows.Snap(1.0 / Math.Max(1, answers.UsedClasses) + 1e-5));
        double rate = 1;
        for (int step = 1; step <= Steps; step++)
        {
            rate *= step % StepsToHalve == 0 ? 0.5 : 1;
            double[] agreement = WorkerAgreement.WithLeading(answers, weights);
            bool moved = false;
            for (int w = 0; w < weights.Length; w++)
            {
                double next = Rows.Snap(weights[w] + rate * (agreement[w] - weights[w]));
                moved |= next != weights[w];
                weights[w] = next;
            }

            if (!moved)
            {
                break;
            }
        }

        return weights;
    }
}

/// <summary>How often workers agree with a vote.</summary>
internal static class WorkerAgreement
{
    /// <summary>
    /// By worker, the share of answers that name the class which leads a weighted vote. Of classes that lead equally each counts for
    /// its part: to give a tie to one of them would reward whoever prefers the label that sorts first.
    /// </summary>
    public static double[] WithLeading(AnswerMatrix answers, ReadOnlySpan<double> weights)
    {
        Shortlists lists = answers.Shortlists;
        double[] agreed = new double[answers.Workers], given = new double[answers.Workers];
        double[] shares = MajorityAggregator.Listed(answers, weights);
        for (int t = 0; t < answers.Tasks; t++)
        {
            (int from, int to) = lists.RangeOf(t);
            ReadOnlySpan<double> row = shares.AsSpan(from, to - from);
            double highest = Rows.Max(row) - Leading.Margin;
            int leaders = 0;
            foreach (double share in row)
            {
                leaders += share >= highest ? 1 : 0;
            }

            // Where no answer weighs anything, all classes lead, listed or not.
            double part = Rows.Snap(1.0 / (MajorityAggregator.IsOpen(row) ? answers.Classes : leaders));
            ReadOnlySpan<int> workers = answers.WorkersOf(t), slots = lists.SlotOf.Slice(answers.FirstOf(t), workers.Length);
            for (int i = 0; i < workers.Length; i++)
            {
                agreed[workers[i]] += shares[slots[i]] >= highest ? part : 0;
                given[workers[i]]++;
            }
        }

        for (int w = 0; w < agreed.Length; w++)
        {
            agreed[w] = Rows.Snap(agreed[w] / Math.Max(1, given[w]));
        }

        return agreed;
    }
}
