using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>
/// A crowd for more classes than confusions have room for: a contributor either knows, or says what people say (Hovy et al. 2013, with
/// one strategy of guessing for all: how popular each label is). How often each knows is one figure, drawn towards the crowd's as
/// far as contributors turn out alike (<see cref="Concentration"/>). Memory and time are those of the answers, whatever the classes.
/// </summary>
/// <remarks>
/// Fitted as <see cref="CrowdFit"/> is: what a contributor is known for never includes the answer that is being weighed. An answer says
/// nothing of the classes that it does not name, so that all classes off a task's <see cref="Shortlists"/> keep the odds of their frequency.
/// </remarks>
internal sealed class CoinCrowd : IWitnesses
{
    private readonly AnswerMatrix _answers;
    private readonly Shortlists _lists;
    private readonly double[] _popularity;
    private readonly double[] _prior;
    private readonly double[] _logPrior;

    /// <summary>
    /// By answer: how often its contributor knows, as all other answers show; the probability that this one came of knowledge; and the
    /// logarithm of what it does to the odds of its class.
    /// </summary>
    private readonly double[] _knows, _knew, _weights;

    /// <summary>By worker: answers that came of knowledge, those that did not, and all.</summary>
    private readonly double[] _known, _guessed, _given;

    private readonly Concentration _concentration = new(10);
    private readonly double _temperature;
    private double _mean;

    public CoinCrowd(AnswerMatrix answers)
    {
        (_answers, _lists) = (answers, answers.Shortlists);
        _popularity = new double[answers.Classes];
        Array.Fill(_popularity, 1.0 / answers.Classes);
        foreach (int label in answers.LabelOf)
        {
            _popularity[label]++;
        }

        foreach (ref double share in _popularity.AsSpan())
        {
            share /= answers.Count + 1;
        }

        var even = new double[answers.Workers];
        Array.Fill(even, 1);
        double[] own = MajorityAggregator.Listed(answers, even);
        _prior = Voted(own);
        _logPrior = Array.ConvertAll(_prior, Math.Log);
        (_knows, _knew, _weights) = (new double[answers.Count], new double[answers.Count], new double[answers.Count]);
        Array.Fill(_knows, 0.5);
        (_known, _guessed, _given) = (new double[answers.Workers], new double[answers.Workers], new double[answers.Workers]);
        foreach (int worker in answers.WorkerOf)
        {
            _given[worker]++;
        }

        Fit(own);
        _temperature = Temperature.Learn(Foretold);
    }

    public int Iterations { get; private set; }

    public ImmutableArray<Crowd> Describe()
    {
        int classes = _answers.Classes;
        var confusion = new double[classes * classes];
        for (int c = 0; c < classes; c++)
        {
            for (int label = 0; label < classes; label++)
            {
                confusion[(c * classes) + label] = ((1 - _mean) * _popularity[label]) + (label == c ? _mean : 0);
            }
        }

        // Variance: that of the log odds of a Beta distribution of this concentration, to first order.
        double variance = Math.Clamp(1 / (_concentration.Value * Math.Max(SkillMath.Least, _mean * (1 - _mean))), 1e-3, 25);
        var crowd = new Crowd([.. _logPrior], [.. confusion], _concentration.Value, variance, _temperature);
        return [crowd, crowd];
    }

    public (ImmutableArray<int> Labels, ImmutableArray<Standing> Standings) Know(int worker)
    {
        double knows = (_known[worker] + (_concentration.Value * _mean)) / (_given[worker] + _concentration.Value);
        var standing = new Standing(SkillMath.LogOdds(knows) - SkillMath.LogOdds(_mean), [.. new double[_answers.Classes]], []);
        return ([], [standing, standing]);
    }

    public void LogsOf(int answer, int task, Span<double> logs)
    {
        // All but the class named are as likely as each other; what is common to all falls out of every posterior.
        logs.Clear();
        int label = _answers.LabelOf[answer];
        logs[label] = logs[label + _answers.Classes] = _weights[answer];
    }

    public Aggregation Pool(ReadOnlySpan<double> weights)
    {
        int classes = _answers.Classes;
        double[] vote = MajorityAggregator.Listed(_answers, weights), decided = new double[vote.Length], others = new double[_answers.Tasks];
        Read(1, decided, others);
        double[] calibrated = new double[vote.Length];
        Read(_temperature, calibrated, others);
        var rest = new Aggregation.Others[_answers.Tasks];
        for (int t = 0; t < rest.Length; t++)
        {
            (int from, int to) = _lists.RangeOf(t);
            bool open = MajorityAggregator.IsOpen(vote.AsSpan(from, to - from));
            for (int slot = from; slot < to; slot++)
            {
                (decided[slot], calibrated[slot]) = (2 * (vote[slot] + decided[slot]), vote[slot] + 2 * calibrated[slot]);
            }

            OpinionPool.Lead(decided.AsSpan(from, to - from), calibrated.AsSpan(from, to - from));
            for (int slot = from; slot < to; slot++)
            {
                calibrated[slot] /= 3;
            }

            rest[t] = new((open ? 1.0 / classes : 0) / 3, others[t] * 2 / 3);
        }

        return Aggregation.Of(_answers, calibrated, rest, _prior, Iterations);
    }

    private void Fit(double[] own)
    {
        double[] next = new double[own.Length], others = new double[_answers.Tasks], parts = new double[2 * _known.Length], means = new double[parts.Length];
        double moved = double.PositiveInfinity;
        while (moved > CrowdFit.Tolerance * _answers.Tasks && Iterations < CrowdFit.MostIterations)
        {
            Iterations++;
            Count(own);
            _known.CopyTo(parts, 0);
            _guessed.CopyTo(parts, _known.Length);
            means.AsSpan(0, _known.Length).Fill(_mean);
            means.AsSpan(_known.Length).Fill(1 - _mean);
            _concentration.Learn(parts, means, _given);
            Weigh();
            Read(1, next, others);
            moved = 0;
            for (int slot = 0; slot < next.Length; slot++)
            {
                moved += Rows.Snap(Math.Abs(next[slot] - own[slot]));
            }

            next.CopyTo(own, 0);
        }
    }

    /// <summary>What each answer came of, under the posterior.</summary>
    private void Count(double[] own)
    {
        Array.Clear(_known);
        double all = 0;
        for (int i = 0; i < _knew.Length; i++)
        {
            double guessed = (1 - _knows[i]) * _popularity[_answers.LabelOf[i]];
            _knew[i] = Rows.Snap(own[_lists.SlotOf[i]] * _knows[i] / (_knows[i] + guessed));
            _known[_answers.WorkerOf[i]] += _knew[i];
            all += _knew[i];
        }

        for (int w = 0; w < _guessed.Length; w++)
        {
            _guessed[w] = _given[w] - _known[w];
        }

        // One answer of either kind beforehand.
        _mean = (all + 1) / (_knew.Length + 2);
    }

    /// <summary>What each answer does to the odds of its class, as its contributor is known from all others.</summary>
    private void Weigh()
    {
        double weight = _concentration.Value;
        for (int i = 0; i < _weights.Length; i++)
        {
            int worker = _answers.WorkerOf[i];
            _knows[i] = Math.Min((_known[worker] - _knew[i] + (weight * _mean)) / (_given[worker] - 1 + weight), 1 - SkillMath.Least);
            _weights[i] = Rows.Snap(Math.Log(1 + (_knows[i] / ((1 - _knows[i]) * _popularity[_answers.LabelOf[i]]))));
        }
    }

    /// <summary>The posterior of each task's shortlist; and for the classes off it what each has, as a multiple of its frequency.</summary>
    private void Read(double temperature, double[] listed, double[] others)
    {
        Array.Clear(listed);
        for (int i = 0; i < _weights.Length; i++)
        {
            listed[_lists.SlotOf[i]] += _weights[i];
        }

        for (int t = 0; t < others.Length; t++)
        {
            (int from, int to) = _lists.RangeOf(t);
            double highest = 0, off = 1, sum = 0;
            for (int slot = from; slot < to; slot++)
            {
                int label = _lists.ClassOf[slot];
                listed[slot] = _logPrior[label] + (temperature * listed[slot]);
                highest = Math.Max(highest, listed[slot]);
                off -= _prior[label];
            }

            for (int slot = from; slot < to; slot++)
            {
                sum += listed[slot] = Math.Exp(listed[slot] - highest);
            }

            double each = Math.Exp(-highest);
            sum += Math.Max(0, off) * each;
            for (int slot = from; slot < to; slot++)
            {
                listed[slot] = Rows.Snap(listed[slot] / sum);
            }

            others[t] = each / sum;
        }
    }

    /// <summary>The sum over answers of the logarithm of their probability given the others of their task.</summary>
    private double Foretold(double temperature)
    {
        double[] scores = new double[_lists.Slots];
        for (int i = 0; i < _weights.Length; i++)
        {
            scores[_lists.SlotOf[i]] += _weights[i];
        }

        double foretold = 0;
        for (int t = 0; t < _answers.Tasks; t++)
        {
            (int from, int to) = _lists.RangeOf(t);
            double highest = 0, off = 1, sum = 0;
            for (int slot = from; slot < to; slot++)
            {
                int label = _lists.ClassOf[slot];
                highest = Math.Max(highest, _logPrior[label] + (temperature * scores[slot]));
                off -= _prior[label];
            }

            for (int slot = from; slot < to; slot++)
            {
                sum += Math.Exp(_logPrior[_lists.ClassOf[slot]] + (temperature * scores[slot]) - highest);
            }

            double rest = Math.Max(0, off) * Math.Exp(-highest);
            int first = _answers.FirstOf(t), count = _answers.CountOf(t);
            for (int i = first; i < first + count && count > 1; i++)
            {
                int slot = _lists.SlotOf[i], label = _lists.ClassOf[slot];
                double with = Math.Exp(_logPrior[label] + (temperature * scores[slot]) - highest);
                double without = Math.Exp(_logPrior[label] + (temperature * (scores[slot] - _weights[i])) - highest);
                double chance = without / Math.Max(SkillMath.Least, sum - with + rest + without);
                foretold += Rows.Snap(Math.Log(((1 - _knows[i]) * _popularity[label]) + (_knows[i] * Math.Min(1, chance))));
            }
        }

        return foretold;
    }

    /// <summary>How often each class wins the vote, a tie counted by parts; with one pseudo-task, spread evenly (Perks 1947).</summary>
    private double[] Voted(double[] vote)
    {
        var voted = new double[_answers.Classes];
        Array.Fill(voted, 1.0 / voted.Length);
        int decided = 0;
        for (int t = 0; t < _answers.Tasks; t++)
        {
            (int from, int to) = _lists.RangeOf(t);
            ReadOnlySpan<double> row = vote.AsSpan(from, to - from);
            if (_answers.CountOf(t) > 0)
            {
                decided++;
                for (int c = 0; c < row.Length; c++)
                {
                    voted[_lists.ClassOf[from + c]] += Rows.Snap(Leading.ShareOf(row, c));
                }
            }
        }

        return Array.ConvertAll(voted, share => share / (decided + 1));
    }
}
