namespace Trove.Consensus;

/// <summary>Counting: the posterior of a class is its share of the task's answers; a task without answers is open to all.</summary>
public sealed class MajorityAggregator : IAggregator
{
    /// <inheritdoc/>
    public string Name => "majority";

    /// <inheritdoc/>
    public Aggregation Run(AnswerMatrix answers) => new(answers.Classes, Shares(answers), iterations: 1);

    /// <summary>Share of the answers for each class of each task.</summary>
    internal static double[] Shares(AnswerMatrix answers)
    {
        var posterior = new double[checked(answers.Tasks * answers.Classes)];
        for (int t = 0; t < answers.Tasks; t++)
        {
            Span<double> row = posterior.AsSpan(t * answers.Classes, answers.Classes);
            ReadOnlySpan<int> labels = answers.LabelOf[answers.RangeOf(t)];
            if (labels.IsEmpty)
            {
                row.Fill(1.0 / answers.Classes);
            }

            foreach (int label in labels)
            {
                row[label] += 1.0 / labels.Length;
            }
        }

        return posterior;
    }
}
