using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>
/// A crowd whose members have one figure each, how often they know: who does not know guesses (Hovy et al. 2013, with one way of
/// guessing for all), which with even guesses is the one-coin model of Dawid and Skene (1979). A member's figure is drawn towards the
/// crowd's as far as members turn out alike (<see cref="Concentration"/>). Memory and time are those of the answers, whatever the classes.
/// </summary>
/// <remarks>
/// Fitted as <see cref="CrowdFit"/> is: what a contributor is known for never includes the answer that is being weighed. An answer says
/// nothing of the classes that it does not name, so all classes off a task's <see cref="Shortlists"/> keep the odds of their frequency.
/// </remarks>
internal sealed class CoinCrowd : IWitness
{
    private readonly AnswerMatrix _answers;
    private readonly Shortlists _lists;
    private readonly bool _popular;
    private readonly double[] _guesses;
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

    /// <param name="answers">All answers.</param>
    /// <param name="popular">
    /// Whether guesses follow how popular the labels are, with classes as frequent as voted; or fall evenly, and the frequency is
    /// learned along. With many labels of their own words, people do not guess evenly.
    /// </param>
    public CoinCrowd(AnswerMatrix answers, bool popular)
    {
        (_answers, _lists, _popular) = (answers, answers.Shortlists, popular);
        _guesses = popular ? Popularity(answers) : new double[answers.Classes];
        if (!popular)
        {
            Array.Fill(_guesses, 1.0 / answers.Classes);
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

    /// <summary>How frequent each class is.</summary>
    public double[] Prior => _prior;

    public Crowd Describe()
    {
        int classes = _answers.Classes;
        var confusion = new double[classes * classes];
        for (int c = 0; c < classes; c++)
        {
            for (int label = 0; label < classes; label++)
            {
                confusion[(c * classes) + label] = ((1 - _mean) * _guesses[label]) + (label == c ? _mean : 0);
            }
        }

        // Variance: that of the log odds of a Beta distribution of this concentration, to first order.
        double variance = Math.Clamp(1 / (_concentration.Value * Math.Max(SkillMath.Least, _mean * (1 - _mean))), 1e-3, 25);
        return new Crowd([.. _logPrior], [.. confusion], _concentration.Value, variance, _temperature);
    }

    public Standing StandingOf(int worker)
    {
        double knows = (_known[worker] + (_concentration.Value * _mean)) / (_given[worker] + _concentration.Value);
        (int from, int to) = _answers.Columns.RangeOf(worker);
        return new Standing(SkillMath.LogOdds(knows) - SkillMath.LogOdds(_mean), [.. new double[_answers.Classes]], [.. new double[(to - from) * _answers.Classes]]);
    }

    public void LogsOf(int answer, int task, Span<double> row)
    {
        // All but the class named are as likely as each other; what is common to all falls out of every posterior.
        row.Clear();
        row[_answers.LabelOf[answer]] = _weights[answer];
    }

    public void AddTo(double[] rows, bool calibrated)
    {
        double[] listed = Listed(calibrated, out double[] others);
        for (int t = 0, classes = _answers.Classes; t < others.Length; t++)
        {
            (int from, int to) = _lists.RangeOf(t);
            for (int c = 0; c < classes; c++)
            {
                bool isListed = from < to && _lists.ClassOf[from] == c;
                rows[(t * classes) + c] += isListed ? listed[from++] : Rows.Snap(others[t] * _prior[c]);
            }
        }
    }

    /// <summary>Its probabilities of each task's shortlist.</summary>
    /// <param name="calibrated">At its temperature, or as they are.</param>
    /// <param name="others">Receives what each class off a task's list has there, as a multiple of its frequency.</param>
    public double[] Listed(bool calibrated, out double[] others)
    {
        var listed = new double[_lists.Slots];
        others = new double[_answers.Tasks];
        Read(calibrated ? _temperature : 1, listed, others);
        return listed;
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
            if (!_popular)
            {
                LearnPrior(own, others);
            }
        }
    }

    /// <summary>What each answer came of, under the posterior.</summary>
    private void Count(double[] own)
    {
        Array.Clear(_known);
        double all = 0;
        for (int i = 0; i < _knew.Length; i++)
        {
            double guessed = (1 - _knows[i]) * _guesses[_answers.LabelOf[i]];
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
            _weights[i] = Rows.Snap(Math.Log(1 + (_knows[i] / ((1 - _knows[i]) * _guesses[_answers.LabelOf[i]]))));
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

    /// <summary>How frequent the classes are under the posterior; those off a task's list have their part of what it leaves.</summary>
    private void LearnPrior(double[] listed, double[] others)
    {
        double[] sums = new double[_prior.Length], off = new double[_prior.Length];
        double all = 0;
        for (int t = 0; t < others.Length; t++)
        {
            all += Rows.Snap(others[t]);
            (int from, int to) = _lists.RangeOf(t);
            for (int slot = from; slot < to; slot++)
            {
                sums[_lists.ClassOf[slot]] += listed[slot];
                off[_lists.ClassOf[slot]] += Rows.Snap(others[t]);
            }
        }

        for (int c = 0; c < _prior.Length; c++)
        {
            _prior[c] = ((1.0 / _prior.Length) + sums[c] + (_prior[c] * (all - off[c]))) / (others.Length + 1);
            _logPrior[c] = Math.Log(_prior[c]);
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
                foretold += Rows.Snap(Math.Log(((1 - _knows[i]) * _guesses[label]) + (_knows[i] * Math.Min(1, chance))));
            }
        }

        return foretold;
    }

    /// <summary>Share of each label in all answers; one more, spread evenly, keeps those that nobody chose possible.</summary>
    private static double[] Popularity(AnswerMatrix answers)
    {
        var share = new double[answers.Classes];
        Array.Fill(share, 1.0 / share.Length);
        foreach (int label in answers.LabelOf)
        {
            share[label]++;
        }

        return Array.ConvertAll(share, count => count / (answers.Count + 1));
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
