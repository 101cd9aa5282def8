namespace Trove.Consensus;

/// <summary>
/// A crowd as a hierarchy, fitted to all answers: people are like their crowd until their own answers say otherwise.
/// <list type="bullet">
/// <item>The crowd's confusion, row by row around one skill for all and the popularity of the labels.</item>
/// <item>A contributor's skill: one figure that shifts the log odds of being right, whatever the class, normally distributed in the
/// crowd (Rasch 1960; as a model of annotators, Carpenter 2008).</item>
/// <item>A contributor's own confusion, row by row around the crowd's as shifted by that skill: Dawid and Skene's (1979) matrix with
/// a hierarchical prior (Paun et al. 2018).</item>
/// </list>
/// How close each level keeps to the one above it is learned from the answers (empirical Bayes), so the model is as simple as
/// counting where everybody is alike or gave little, and as rich as Dawid and Skene's where people differ and gave much.
/// </summary>
/// <remarks>
/// Fitted by collapsed variational Bayes of order zero (Asuncion et al. 2009): what a contributor is known for never includes the
/// answer that is being weighed, since an answer must not vouch for its own author. Two guards keep the classes' names: it starts
/// from the vote, and in the crowd's confusion no error is more frequent than the truth.
/// </remarks>
internal sealed partial class CrowdFit : IWitness
{
    /// <summary>Passes after which it ends in any case.</summary>
    public const int MostIterations = 100;

    /// <summary>
    /// It ends when a task's probabilities move by less than this on average, summed over its classes: long before the likelihood
    /// stands still. What comes after decides one task in a thousand, and is mostly the model growing sure of its own certainties
    /// (early stopping as a prior towards the crowd).
    /// </summary>
    public const double Tolerance = 3e-3;

    private readonly AnswerMatrix _answers;
    private readonly ConfusionColumns _columns;

    /// <summary>The posterior that the counts are made of.</summary>
    private readonly double[] _own;

    private readonly double[] _votedPrior;
    private readonly double[] _popularity;
    private readonly double[] _means;
    private readonly double[] _expected;
    private readonly double[] _expectedTotals;
    private readonly double[] _skills;
    private readonly double[] _crowdCounts;
    private readonly double[] _crowdTotals;
    private readonly double[] _crowdMeans;
    private readonly double[] _errors;
    private readonly Concentration _crowdConcentration;
    private readonly Concentration _concentration = new(10);
    private double _skillVariance = 0.5;

    /// <param name="answers">All answers.</param>
    /// <param name="votedPrior">How frequent the classes are, if that is to be taken as given; null to learn it along.</param>
    public CrowdFit(AnswerMatrix answers, double[]? votedPrior)
    {
        (_answers, _columns) = (answers, answers.Columns);
        int classes = answers.Classes, cells = _columns.Count * classes;
        LearnsPrior = votedPrior is null;
        _votedPrior = votedPrior ?? [];
        Prior = new double[classes];
        _own = MajorityAggregator.Shares(answers);
        Rows.Snap(_own);
        Counts = new double[cells];
        _means = new double[cells];
        Totals = new double[answers.Workers * classes];
        _expected = new double[cells];
        _expectedTotals = new double[Totals.Length];
        _skills = new double[answers.Workers];
        Confusion = new double[classes * classes];
        _crowdCounts = new double[classes * classes];
        _crowdMeans = new double[classes * classes];
        _errors = new double[classes * classes];
        _crowdTotals = new double[classes];
        _crowdConcentration = new(2 * classes);
        _popularity = new double[classes];
        Array.Fill(_popularity, 1.0 / classes);
        foreach (int label in answers.LabelOf)
        {
            _popularity[label]++;
        }

        for (int c = 0; c < classes; c++)
        {
            _popularity[c] /= answers.Count + 1;
        }

        Fit();
        Temperature = Consensus.Temperature.Learn(Foretold);
        Decided = new double[_own.Length];
        Read(1, Decided);
        Calibrated = Temperature < 1 ? new double[_own.Length] : Decided;
        if (Temperature < 1)
        {
            Read(Temperature, Calibrated);
        }
    }

    /// <summary>Whether the frequency of the classes was learned along.</summary>
    public bool LearnsPrior { get; }

    /// <summary>Natural logarithm of each class's frequency.</summary>
    public double[] Prior { get; }

    /// <summary>A row of probabilities for each task, every answer taken for what it says.</summary>
    public double[] Decided { get; }

    /// <summary>The same at the model's temperature: how sure one may be.</summary>
    public double[] Calibrated { get; }

    /// <summary>The crowd's confusion: a row for each true class.</summary>
    public double[] Confusion { get; }

    /// <summary>Answers that the crowd counts for in each row of a contributor's confusion.</summary>
    public double CrowdWeight => _concentration.Value;

    /// <summary>Variance of the skills in the crowd.</summary>
    public double SkillVariance => _skillVariance;

    /// <summary>Expected answers of each column's worker with its label, by true class.</summary>
    public double[] Counts { get; }

    /// <summary>Expected answers of each worker, by true class.</summary>
    public double[] Totals { get; }

    /// <summary>
    /// The power to which answers' likelihoods are raised, at most 1: answers to the same task err together, and are worth fewer
    /// independent ones.
    /// </summary>
    public double Temperature { get; }

    /// <summary>Passes over the answers it took.</summary>
    public int Iterations { get; private set; }

    /// <summary>Whether the tables of two such crowds fit in memory.</summary>
    public static bool HasRoom(AnswerMatrix answers)
    {
        long rows = (long)answers.Tasks + answers.Workers + answers.Classes;
        return answers.HasRoomFor(2 * rows) && answers.HasRoomFor(2 * (rows + answers.Columns.Count));
    }

    public Crowd Describe() => new([.. Prior], [.. Confusion], CrowdWeight, SkillVariance, Temperature);

    public Standing StandingOf(int worker)
    {
        int classes = _answers.Classes;
        (int from, int to) = _columns.RangeOf(worker);
        return new Standing(_skills[worker], [.. Totals.AsSpan(worker * classes, classes)], [.. Counts.AsSpan(from * classes, (to - from) * classes)]);
    }

    public void LogsOf(int answer, int task, Span<double> row)
    {
        LikelihoodOf(answer, task, row);
        Rows.Log(row);
        Rows.Snap(row);
    }

    public void AddTo(double[] rows, bool calibrated) => Rows.Add(rows, calibrated ? Calibrated : Decided);

    /// <summary>How likely an answer was under each class, as its contributor is known from all other tasks.</summary>
    private void LikelihoodOf(int answer, int task, Span<double> row)
    {
        ReadOnlySpan<double> own = _own.AsSpan(task * _answers.Classes, _answers.Classes);
        Span<double> all = row.Length <= 64 ? stackalloc double[row.Length] : new double[row.Length];
        row.Fill(1);
        all.Fill(1);
        Multiply(row, _expected, _columns.ColumnOf[answer], own);
        Multiply(all, _expectedTotals, _answers.WorkerOf[answer], own);
        Rows.Divide(row, all);
    }

    private void Fit()
    {
        double moved = double.PositiveInfinity;
        var next = new double[_own.Length];
        while (moved > Tolerance * _answers.Tasks && Iterations < MostIterations)
        {
            Iterations++;
            Count();
            LearnCrowd();
            LearnSkills();
            _concentration.Learn(Counts, _means, Totals);
            Expect();
            Read(temperature: 1, next);
            moved = 0;
            for (int i = 0; i < next.Length; i++)
            {
                // Both lie on the grid, and so does the difference.
                moved += Math.Abs(next[i] - _own[i]);
            }

            next.CopyTo(_own, 0);
        }

        // Once more, so that counts and posterior belong together.
        Count();
        LearnCrowd();
        LearnSkills();
        Expect();
    }

    /// <summary>The expected counts under the posterior, and the frequency of the classes.</summary>
    private void Count()
    {
        int classes = _answers.Classes;
        _columns.Sum(_own, Counts);
        Array.Clear(Totals);
        Array.Clear(_crowdCounts);
        Array.Clear(_crowdTotals);
        for (int w = 0; w < _answers.Workers; w++)
        {
            Span<double> total = Totals.AsSpan(w * classes, classes);
            (int from, int to) = _columns.RangeOf(w);
            for (int column = from; column < to; column++)
            {
                ReadOnlySpan<double> counts = Counts.AsSpan(column * classes, classes);
                Rows.Add(total, counts);
                // The crowd's counts lie by label here, as the columns do.
                Rows.Add(_crowdCounts.AsSpan(_columns.LabelOf[column] * classes, classes), counts);
            }

            Rows.Add(_crowdTotals, total);
        }

        // One pseudo-task, spread evenly (Perks 1947), keeps a class that nobody chose possible.
        Array.Fill(Prior, 1);
        if (!LearnsPrior)
        {
            Rows.Add(Prior, _votedPrior);
        }
        else
        {
            for (int at = 0; at < _own.Length; at += classes)
            {
                Rows.Add(Prior, _own.AsSpan(at, classes));
            }
        }

        double all = _answers.Tasks + classes;
        foreach (ref double prior in Prior.AsSpan())
        {
            prior = Math.Log(prior / all);
        }
    }

    private void LearnCrowd()
    {
        int classes = _answers.Classes;
        double right = 0, all = 0;
        for (int c = 0; c < classes; c++)
        {
            right += _crowdCounts[c * classes + c];
            all += _crowdTotals[c];
        }

        // One answer right and one wrong beforehand; no less than chance, since who errs on purpose is not a crowd.
        double skill = Math.Min(Math.Max((right + 1) / (all + 2), 1.0 / classes), 1 - SkillMath.Least);
        double weight = _crowdConcentration.Value;
        for (int c = 0; c < classes; c++)
        {
            double highest = 0;
            for (int label = 0; label < classes; label++)
            {
                double mean = label == c ? skill : (1 - skill) * _popularity[label] / (1 - _popularity[c] + SkillMath.Least);
                _crowdMeans[label * classes + c] = mean;
                double share = (_crowdCounts[label * classes + c] + weight * mean) / (_crowdTotals[c] + weight);
                Confusion[c * classes + label] = share;
                highest = label == c ? highest : Math.Max(highest, share);
            }

            KeepName(Confusion.AsSpan(c * classes, classes), c, highest);
        }

        _crowdConcentration.Learn(_crowdCounts, _crowdMeans, _crowdTotals);
    }

    /// <summary>
    /// Where an error is more frequent than the truth, the row describes another class under this one's name (label switching,
    /// Stephens 2000). The truth is then raised to a tie with it.
    /// </summary>
    private static void KeepName(Span<double> row, int truth, double highest)
    {
        double right = row[truth];
        if (right >= highest)
        {
            return;
        }

        double raised = highest / (1 + highest - right), scale = (1 - raised) / (1 - right);
        foreach (ref double share in row)
        {
            share *= scale;
        }

        row[truth] = raised;
    }

    /// <summary>Each contributor's most probable skill, by Newton's method, and the means of their confusions that follow from it.</summary>
    private void LearnSkills()
    {
        int classes = _answers.Classes, active = 0;
        double squares = 0;
        Span<double> against = new double[classes], chances = new double[classes];
        for (int c = 0; c < classes; c++)
        {
            against[c] = Math.Exp(-SkillMath.LogOdds(Confusion[c * classes + c]));
            SkillMath.Errors(Confusion, label: c, _errors.AsSpan(c * classes, classes));
        }

        for (int w = 0; w < _answers.Workers; w++)
        {
            (int from, int to) = _columns.RangeOf(w);
            if (from == to)
            {
                continue;
            }

            double right = 0;
            for (int column = from; column < to; column++)
            {
                right += Counts[column * classes + _columns.LabelOf[column]];
            }

            _skills[w] = SkillMath.Newton(_skills[w], right, Totals.AsSpan(w * classes, classes), against, _skillVariance, out double precision);
            squares += Rows.Snap(_skills[w] * _skills[w] + 1 / precision);
            active++;
            double shift = Math.Exp(-_skills[w]);
            for (int c = 0; c < classes; c++)
            {
                chances[c] = 1 / (1 + against[c] * shift);
            }

            for (int column = from; column < to; column++)
            {
                int label = _columns.LabelOf[column];
                SkillMath.Means(chances, _errors.AsSpan(label * classes, classes), label, _means.AsSpan(column * classes, classes));
            }
        }

        // One contributor of variance one half beforehand (odds of about two to one between neighbours), so that a crowd of few has one.
        _skillVariance = Math.Clamp((squares + 0.5) / (active + 1), 1e-3, 25);
    }
}
