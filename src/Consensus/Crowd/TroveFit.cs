using System.Globalization;

namespace Trove.Consensus;

/// <summary>The three witnesses of <see cref="TroveAggregator"/>, fitted to all answers. Immutable once made.</summary>
public sealed class TroveFit
{
    private readonly double[] _weights;

    /// <summary>Fits them, in time linear in the answers.</summary>
    public TroveFit(AnswerMatrix answers)
    {
        Answers = answers;
        double[] voted = Voted(answers);
        CrowdFit[] crowds = new CrowdFit[CrowdModel.Crowds];
        // Each is a pure function of the answers, so that it does not matter which ends first.
        Parallel.Invoke(
            () => crowds[0] = new CrowdFit(answers, votedPrior: null),
            () => crowds[1] = new CrowdFit(answers, voted));
        Crowds = crowds;
        _weights = ZeroBasedSkillAggregator.Weights(answers);
        Model = new CrowdModel(
            string.Create(CultureInfo.InvariantCulture, $"{CrowdModel.Method}/{answers.Count}"),
            answers.Classes,
            [.. crowds.Select(crowd => new Crowd([.. crowd.Prior], [.. crowd.Confusion], crowd.CrowdWeight, crowd.SkillVariance, crowd.Temperature))],
            StrangerWeight());
        Outcome = Aggregation.Of(answers.Classes, Posterior(), crowds.Max(crowd => crowd.Iterations));
    }

    /// <summary>What it was fitted to.</summary>
    public AnswerMatrix Answers { get; }

    /// <summary>What was learned of the crowd.</summary>
    public CrowdModel Model { get; }

    /// <summary>The posterior of every task.</summary>
    public Aggregation Outcome { get; }

    internal IReadOnlyList<CrowdFit> Crowds { get; }

    /// <summary>What was learned of a contributor, for the answers to come.</summary>
    public ContributorModel ContributorOf(int worker)
    {
        int classes = Answers.Classes;
        (int from, int to) = Answers.Columns.RangeOf(worker);
        return new ContributorModel(
            _weights[worker],
            [.. Answers.Columns.LabelOf[from..to]],
            [.. Crowds.Select(crowd => new Standing(
                crowd.Skills[worker],
                [.. crowd.Totals.AsSpan(worker * classes, classes)],
                [.. crowd.Counts.AsSpan(from * classes, (to - from) * classes)]))]);
    }

    /// <summary>What each answer to a task of the fit says there: as its contributor is known from all other tasks.</summary>
    public Evidence[] EvidenceOf(int task)
    {
        int classes = Answers.Classes;
        var evidence = new Evidence[Answers.CountOf(task)];
        for (int i = 0; i < evidence.Length; i++)
        {
            var logs = new double[Crowds.Count * classes];
            for (int m = 0; m < Crowds.Count; m++)
            {
                Crowds[m].LikelihoodOf(Answers.FirstOf(task) + i, task, logs.AsSpan(m * classes, classes));
            }

            Rows.Log(logs);
            Rows.Snap(logs);
            evidence[i] = new Evidence(Answers.LabelsOf(task)[i], _weights[Answers.WorkersOf(task)[i]], [.. logs]);
        }

        return evidence;
    }

    private double[] Posterior()
    {
        int classes = Answers.Classes;
        double[] calibrated = MajorityAggregator.Shares(Answers, _weights), decided = [.. calibrated];
        // To decide, counting has as much say as both crowds together; see OpinionPool.
        Rows.Add(decided, calibrated);
        foreach (CrowdFit crowd in Crowds)
        {
            Rows.Add(decided, crowd.Decided);
            Rows.Add(calibrated, crowd.Calibrated);
        }

        for (int at = 0; at < decided.Length; at += classes)
        {
            OpinionPool.Settle(decided.AsSpan(at, classes), calibrated.AsSpan(at, classes));
        }

        return calibrated;
    }

    /// <summary>What a contributor who never answered here counts for in the weighted vote: as much as the mean answer.</summary>
    private double StrangerWeight()
    {
        double sum = 0;
        foreach (int worker in Answers.WorkerOf)
        {
            sum += _weights[worker];
        }

        return Answers.Count > 0 ? sum / Answers.Count : 0.5;
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
