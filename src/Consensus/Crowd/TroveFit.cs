using System.Globalization;

namespace Trove.Consensus;

/// <summary>The witnesses of <see cref="TroveAggregator"/>, fitted to all answers. Immutable once made.</summary>
public sealed class TroveFit
{
    private readonly double[] _weights;
    private readonly IWitness[] _crowds = new IWitness[CrowdModel.Crowds];
    private readonly Lazy<CrowdModel> _model;

    /// <summary>
    /// Fits them, in time linear in the answers. Where confusions of all classes do not fit in memory, people who guess what is popular
    /// take the place of both crowds that have them.
    /// </summary>
    /// <param name="answers">All answers.</param>
    /// <param name="threads">Processors to use at most; all when left out. A server that has people waiting gives it one.</param>
    public TroveFit(AnswerMatrix answers, int threads = -1)
    {
        Answers = answers;
        if (CrowdFit.HasRoom(answers))
        {
            double[] voted = Voted(answers), weights = [];
            // Each is a pure function of the answers, so that it does not matter which ends first.
            Parallel.Invoke(
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => _crowds[0] = new CrowdFit(answers, votedPrior: null),
                () => _crowds[1] = new CrowdFit(answers, voted),
                () => _crowds[2] = new CoinCrowd(answers, popular: false),
                () => weights = ZeroBasedSkillAggregator.Weights(answers));
            _weights = weights;
            Outcome = Pool();
        }
        else
        {
            _weights = ZeroBasedSkillAggregator.Weights(answers);
            CoinCrowd popular = new(answers, popular: true), coins = new(answers, popular: false);
            (_crowds[0], _crowds[1], _crowds[2]) = (popular, popular, coins);
            Outcome = Pool(popular, coins);
        }

        // Only those who go on from here with more answers need it, and with many classes it is large.
        _model = new(() => new CrowdModel(
            string.Create(CultureInfo.InvariantCulture, $"{CrowdModel.Method}/{answers.Count}"),
            answers.Classes,
            [.. _crowds.Select(crowd => crowd.Describe())],
            StrangerWeight()));
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
        (int from, int to) = Answers.Columns.RangeOf(worker);
        return new ContributorModel(_weights[worker], [.. Answers.Columns.LabelOf[from..to]], [.. _crowds.Select(crowd => crowd.StandingOf(worker))]);
    }

    /// <summary>What each answer to a task of the fit says there: as its contributor is known from all other tasks.</summary>
    public Evidence[] EvidenceOf(int task)
    {
        var evidence = new Evidence[Answers.CountOf(task)];
        for (int i = 0; i < evidence.Length; i++)
        {
            var logs = new double[CrowdModel.Crowds * Answers.Classes];
            for (int m = 0; m < _crowds.Length; m++)
            {
                _crowds[m].LogsOf(Answers.FirstOf(task) + i, task, logs.AsSpan(m * Answers.Classes, Answers.Classes));
            }

            evidence[i] = new Evidence(Answers.LabelsOf(task)[i], _weights[Answers.WorkersOf(task)[i]], [.. logs]);
        }

        return evidence;
    }

    private Aggregation Pool()
    {
        int classes = Answers.Classes;
        double[] decided = MajorityAggregator.Shares(Answers, _weights), calibrated = Array.ConvertAll(decided, OpinionPool.OfVote);
        for (int m = 0; m < _crowds.Length; m++)
        {
            _crowds[m].AddTo(decided, calibrated: false);
            if (m < OpinionPool.Sure)
            {
                _crowds[m].AddTo(calibrated, calibrated: true);
            }
        }

        for (int at = 0; at < decided.Length; at += classes)
        {
            OpinionPool.Settle(decided.AsSpan(at, classes), calibrated.AsSpan(at, classes));
        }

        return Aggregation.Of(classes, calibrated, _crowds.Max(crowd => crowd.Iterations));
    }

    /// <summary>The same of the shortlists alone, with the first crowd for two.</summary>
    private Aggregation Pool(CoinCrowd popular, CoinCrowd coins)
    {
        Shortlists lists = Answers.Shortlists;
        double[] vote = MajorityAggregator.Listed(Answers, _weights), decided = popular.Listed(calibrated: false, out _);
        double[] coined = coins.Listed(calibrated: false, out _), posterior = popular.Listed(calibrated: true, out double[] byPrior);
        double sum = OpinionPool.OfVote(1) + OpinionPool.Sure;
        for (int slot = 0; slot < vote.Length; slot++)
        {
            decided[slot] = vote[slot] + (2 * decided[slot]) + coined[slot];
            posterior[slot] = (OpinionPool.OfVote(vote[slot]) + (OpinionPool.Sure * posterior[slot])) / sum;
        }

        var others = new Aggregation.Others[Answers.Tasks];
        for (int t = 0; t < others.Length; t++)
        {
            (int from, int to) = lists.RangeOf(t);
            double open = MajorityAggregator.IsOpen(vote.AsSpan(from, to - from)) ? 1.0 / Answers.Classes : 0;
            others[t] = new(OpinionPool.OfVote(open) / sum, OpinionPool.Sure * byPrior[t] / sum);
            OpinionPool.Lead(decided.AsSpan(from, to - from), posterior.AsSpan(from, to - from));
        }

        return Aggregation.Of(Answers, posterior, others, popular.Prior, Math.Max(popular.Iterations, coins.Iterations));
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
