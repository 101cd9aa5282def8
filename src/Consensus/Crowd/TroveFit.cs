using System.Globalization;

namespace Trove.Consensus;

/// <summary>The three witnesses of <see cref="TroveAggregator"/>, fitted to all answers. Immutable once made.</summary>
public sealed class TroveFit
{
    private readonly double[] _weights;
    private readonly IWitnesses _crowds;
    private readonly Lazy<CrowdModel> _model;

    /// <summary>
    /// Fits them, in time linear in the answers. Where confusions of all classes do not fit in memory, each contributor has one figure
    /// instead, and the two crowds become one that counts twice.
    /// </summary>
    public TroveFit(AnswerMatrix answers)
    {
        Answers = answers;
        _crowds = TableCrowds.HaveRoom(answers) ? new TableCrowds(answers) : new CoinCrowd(answers);
        _weights = ZeroBasedSkillAggregator.Weights(answers);
        Outcome = _crowds.Pool(_weights);
        // Only those who go on from here with more answers need it, and with many classes it is large.
        _model = new(() => new CrowdModel(
            string.Create(CultureInfo.InvariantCulture, $"{CrowdModel.Method}/{answers.Count}"), answers.Classes, _crowds.Describe(), StrangerWeight()));
    }

    /// <summary>What it was fitted to.</summary>
    public AnswerMatrix Answers { get; }

    /// <summary>What was learned of the crowd.</summary>
    public CrowdModel Model => _model.Value;

    /// <summary>The posterior of every task.</summary>
    public Aggregation Outcome { get; }

    /// <summary>What was learned of a contributor, for the answers to come.</summary>
    public ContributorModel ContributorOf(int worker)
    {
        var (labels, standings) = _crowds.Know(worker);
        return new ContributorModel(_weights[worker], labels, standings);
    }

    /// <summary>What each answer to a task of the fit says there: as its contributor is known from all other tasks.</summary>
    public Evidence[] EvidenceOf(int task)
    {
        var evidence = new Evidence[Answers.CountOf(task)];
        for (int i = 0; i < evidence.Length; i++)
        {
            var logs = new double[CrowdModel.Crowds * Answers.Classes];
            _crowds.LogsOf(Answers.FirstOf(task) + i, task, logs);
            evidence[i] = new Evidence(Answers.LabelsOf(task)[i], _weights[Answers.WorkersOf(task)[i]], [.. logs]);
        }

        return evidence;
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
}
