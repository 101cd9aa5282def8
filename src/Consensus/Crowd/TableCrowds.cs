using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>Two hierarchical crowds: one learns the frequency of the classes along, one takes it as voted.</summary>
internal sealed class TableCrowds : IWitnesses
{
    private readonly AnswerMatrix _answers;
    private readonly CrowdFit[] _crowds = new CrowdFit[CrowdModel.Crowds];

    public TableCrowds(AnswerMatrix answers)
    {
        _answers = answers;
        double[] voted = Voted(answers);
        // Each is a pure function of the answers, so that it does not matter which ends first.
        Parallel.Invoke(
            () => _crowds[0] = new CrowdFit(answers, votedPrior: null),
            () => _crowds[1] = new CrowdFit(answers, voted));
    }

    public int Iterations => _crowds.Max(crowd => crowd.Iterations);

    /// <summary>Whether their tables fit in memory.</summary>
    public static bool HaveRoom(AnswerMatrix answers) =>
        answers.HasRoomFor((long)answers.Tasks + answers.Workers + answers.Classes) &&
        answers.HasRoomFor((long)answers.Tasks + answers.Workers + answers.Classes + answers.Columns.Count);

    public ImmutableArray<Crowd> Describe() =>
        [.. _crowds.Select(crowd => new Crowd([.. crowd.Prior], [.. crowd.Confusion], crowd.CrowdWeight, crowd.SkillVariance, crowd.Temperature))];

    public (ImmutableArray<int> Labels, ImmutableArray<Standing> Standings) Know(int worker)
    {
        int classes = _answers.Classes;
        (int from, int to) = _answers.Columns.RangeOf(worker);
        return (
            [.. _answers.Columns.LabelOf[from..to]],
            [.. _crowds.Select(crowd => new Standing(
                crowd.Skills[worker],
                [.. crowd.Totals.AsSpan(worker * classes, classes)],
                [.. crowd.Counts.AsSpan(from * classes, (to - from) * classes)]))]);
    }

    public void LogsOf(int answer, int task, Span<double> logs)
    {
        for (int m = 0; m < _crowds.Length; m++)
        {
            _crowds[m].LikelihoodOf(answer, task, logs.Slice(m * _answers.Classes, _answers.Classes));
        }

        Rows.Log(logs);
        Rows.Snap(logs);
    }

    public Aggregation Pool(ReadOnlySpan<double> weights)
    {
        int classes = _answers.Classes;
        double[] calibrated = MajorityAggregator.Shares(_answers, weights), decided = [.. calibrated];
        // To decide, counting has as much say as both crowds together; see OpinionPool.
        Rows.Add(decided, calibrated);
        foreach (CrowdFit crowd in _crowds)
        {
            Rows.Add(decided, crowd.Decided);
            Rows.Add(calibrated, crowd.Calibrated);
        }

        for (int at = 0; at < decided.Length; at += classes)
        {
            OpinionPool.Settle(decided.AsSpan(at, classes), calibrated.AsSpan(at, classes));
        }

        return Aggregation.Of(classes, calibrated, Iterations);
    }

    /// <summary>
    /// How often each class wins the vote, a tie counted by parts. Not its share of the answers, which errors of the others blur: among
    /// people right in five of six answers a class of one task in fifteen has an answer in five.
    /// </summary>
    private static double[] Voted(AnswerMatrix answers)
    {
        double[] vote = MajorityAggregator.Shares(answers);
        var voted = new double[answers.Classes];
        for (int at = 0; at < vote.Length; at += answers.Classes)
        {
            ReadOnlySpan<double> row = vote.AsSpan(at, answers.Classes);
            for (int c = 0; c < row.Length; c++)
            {
                voted[c] += Rows.Snap(Leading.ShareOf(row, c));
            }
        }

        return voted;
    }
}
