namespace Trove.Consensus;

/// <summary>Counting: the posterior of a class is its share of the task's answers; a task without answers is open to all.</summary>
public sealed class MajorityAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "majority";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) => Aggregation.Of(answers.Classes, Shares(answers), iterations: 1);

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
        var posterior = new double[checked(answers.Tasks * answers.Classes)];
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

            foreach (ref double share in row)
            {
                share = total > 0 ? share / total : 1.0 / row.Length;
            }
        }

        return posterior;
    }
}
