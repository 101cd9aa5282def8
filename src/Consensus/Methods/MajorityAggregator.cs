namespace Trove.Consensus;

/// <summary>Counting: the posterior of a class is its share of the task's answers; a task without answers is open to all.</summary>
public sealed class MajorityAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "majority";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers)
    {
        var weights = new double[answers.Workers];
        Array.Fill(weights, 1);
        return Vote(answers, weights, iterations: 1);
    }

    /// <summary>The outcome of a vote in which each answer weighs as its worker does.</summary>
    internal static Aggregation Vote(AnswerMatrix answers, ReadOnlySpan<double> weights, int iterations)
    {
        if (answers.HasRoomFor(answers.Tasks))
        {
            return Aggregation.Of(answers.Classes, Shares(answers, weights), iterations);
        }

        double[] listed = Listed(answers, weights);
        var others = new Aggregation.Others[answers.Tasks];
        for (int t = 0; t < others.Length; t++)
        {
            (int from, int to) = answers.Shortlists.RangeOf(t);
            others[t] = new(IsOpen(listed.AsSpan(from, to - from)) ? 1.0 / answers.Classes : 0, 0);
        }

        return Aggregation.Of(answers, listed, others, [], iterations);
    }

    /// <summary>Share of the answers for each class of each task.</summary>
    internal static double[] Shares(AnswerMatrix answers)
    {
        var weights = new double[answers.Workers];
        Array.Fill(weights, 1);
        return Shares(answers, weights);
    }

    /// <summary>Share of each class in the answers of each task, each answer weighing as its worker does.</summary>
    /// <param name="answers">All answers.</param>
    /// <param name="weights">By worker, on the grid of <see cref="Rows"/>.</param>
    internal static double[] Shares(AnswerMatrix answers, ReadOnlySpan<double> weights)
    {
        var posterior = new double[answers.Tasks * answers.Classes];
        for (int t = 0; t < answers.Tasks; t++)
        {
            Span<double> row = posterior.AsSpan(t * answers.Classes, answers.Classes);
            ReadOnlySpan<int> workers = answers.WorkersOf(t), labels = answers.LabelsOf(t);
            double total = 0;
            for (int i = 0; i < workers.Length; i++)
            {
                row[labels[i]] += weights[workers[i]];
                total += weights[workers[i]];
            }

            Divide(row, total, answers.Classes);
        }

        return posterior;
    }

    /// <summary>The same, of the classes on each task's shortlist alone.</summary>
    internal static double[] Listed(AnswerMatrix answers, ReadOnlySpan<double> weights)
    {
        Shortlists lists = answers.Shortlists;
        var listed = new double[lists.Slots];
        for (int t = 0; t < answers.Tasks; t++)
        {
            ReadOnlySpan<int> workers = answers.WorkersOf(t), slots = lists.SlotOf.Slice(answers.FirstOf(t), workers.Length);
            double total = 0;
            for (int i = 0; i < workers.Length; i++)
            {
                listed[slots[i]] += weights[workers[i]];
                total += weights[workers[i]];
            }

            (int from, int to) = lists.RangeOf(t);
            Divide(listed.AsSpan(from, to - from), total, answers.Classes);
        }

        return listed;
    }

    /// <summary>Whether the shares of a task's shortlist are those of a task without an answer that weighs.</summary>
    internal static bool IsOpen(ReadOnlySpan<double> listed)
    {
        double sum = 0;
        foreach (double share in listed)
        {
            sum += share;
        }

        return sum < 1 - Leading.Margin;
    }

    private static void Divide(Span<double> row, double total, int classes)
    {
        foreach (ref double share in row)
        {
            share = total > 0 ? share / total : 1.0 / classes;
        }
    }
}
