using System.Globalization;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// The default method, one answer at a time. <see cref="Add"/> moves the task's posterior and what is known of the contributor
/// in microseconds; <see cref="Refit"/> takes all answers together and leaves exactly what <see cref="TroveFit"/> finds in them.
/// </summary>
/// <remarks>
/// Between fits an answer is weighed once, as its contributor was known when it came, and is not weighed anew when the contributor
/// becomes known better. Not safe for use by several threads at once.
/// </remarks>
public sealed class OnlineModel
{
    private readonly int _classes;
    private readonly int _stride;
    private readonly List<Answer> _answers = [];
    private readonly Dictionary<(int Worker, int Label), int> _columns = [];
    private readonly double[] _logs;
    private readonly double[] _row;
    private readonly double[] _chances;

    // Rows that grow with tasks, workers and columns; a row of a stride holds a row of classes for each of the crowds.
    private readonly List<double> _scores = [];
    private readonly List<double> _votes = [];
    private readonly List<double> _posteriors = [];
    private readonly List<double> _totals = [];
    private readonly List<double> _counts = [];
    private readonly List<double> _skills = [];
    private readonly List<(double Weight, int Given)> _weights = [];

    /// <summary>Most classes it takes: the figures of a task, and of the crowd's confusion, are all in memory at once.</summary>
    public const int MostClasses = 1000;

    /// <summary>A model without an answer: cold.</summary>
    /// <exception cref="NotSupportedException">There are more classes than <see cref="MostClasses"/>; a fit over all answers takes any number.</exception>
    public OnlineModel(int classes)
    {
        if (classes > MostClasses)
        {
            throw new NotSupportedException(string.Create(
                CultureInfo.InvariantCulture, $"One answer at a time the default method takes at most {MostClasses} classes, and there are {classes}."));
        }

        (_classes, _stride, Model) = (classes, classes * CrowdModel.Crowds, CrowdModel.Cold(classes));
        (_logs, _row, _chances) = (new double[_stride], new double[classes], new double[classes]);
    }

    /// <summary>What is known of the crowd since the last fit.</summary>
    public CrowdModel Model { get; private set; }

    /// <summary>Answers taken in.</summary>
    public int Count => _answers.Count;

    /// <summary>Probability of each class of a task.</summary>
    public ReadOnlySpan<double> PosteriorOf(int task) => Row(_posteriors, task, _classes);

    /// <summary>Takes one more answer in. A contributor answers a task at most once; to see to that is the caller's part.</summary>
    public void Add(Answer answer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Label, (uint)_classes, nameof(answer));
        _answers.Add(answer);
        Know(answer);
        int column = Column(answer);
        Span<double> counts = Row(_counts, column, _stride), totals = Row(_totals, answer.Worker, _stride);
        Span<double> skills = Row(_skills, answer.Worker, CrowdModel.Crowds);
        for (int m = 0; m < CrowdModel.Crowds; m++)
        {
            CrowdModel.Likelihood(
                Model.Members[m], skills[m], Part(totals, m), Part(counts, m), answer.Label, _chances, Part(_logs, m));
        }

        Weigh(answer.Task, answer.Label, _weights[answer.Worker].Weight, _logs);
        Learn(answer, counts, totals, skills);
    }

    /// <summary>Fits the model to all answers so far.</summary>
    public TroveFit Refit()
    {
        int tasks = _votes.Count / _classes, workers = _weights.Count;
        AnswerMatrix answers = AnswerMatrix.From(CollectionsMarshal.AsSpan(_answers), tasks, workers, _classes);
        var fit = new TroveFit(answers);
        Model = fit.Model;
        for (int worker = 0; worker < workers; worker++)
        {
            Recall(worker, fit.ContributorOf(worker));
        }

        CollectionsMarshal.AsSpan(_scores).Clear();
        CollectionsMarshal.AsSpan(_votes).Clear();
        for (int task = 0; task < tasks; task++)
        {
            foreach (Evidence evidence in fit.EvidenceOf(task))
            {
                Rows.Add(Row(_scores, task, _stride), evidence.Logs.AsSpan());
                Row(_votes, task, _classes)[evidence.Choice] += evidence.Weight;
            }

            Settle(task);
        }

        return fit;
    }

    private void Weigh(int task, int label, double weight, ReadOnlySpan<double> logs)
    {
        Rows.Add(Row(_scores, task, _stride), logs);
        Row(_votes, task, _classes)[label] += weight;
        Settle(task);
    }

    private void Settle(int task) =>
        Model.Settle(Row(_scores, task, _stride), Row(_votes, task, _classes), Row(_posteriors, task, _classes));

    /// <summary>Learns of the contributor from what the task's answers make of this one.</summary>
    private void Learn(Answer answer, Span<double> counts, Span<double> totals, Span<double> skills)
    {
        for (int m = 0; m < CrowdModel.Crowds; m++)
        {
            Crowd crowd = Model.Members[m];
            CrowdModel.Witness(crowd, Part(Row(_scores, answer.Task, _stride), m), 1, _row);
            Rows.Snap(_row);
            Rows.Add(Part(counts, m), _row);
            Rows.Add(Part(totals, m), _row);
            // One step of Newton's for the skill, of which this answer moved the slope by the surprise it was.
            double surprise = _row[answer.Label], precision = 1 / crowd.SkillVariance;
            for (int c = 0; c < _classes; c++)
            {
                double chance = SkillMath.Chance(SkillMath.LogOdds(crowd.Confusion[c * _classes + c]) + skills[m]);
                surprise -= _row[c] * chance;
                precision += Part(totals, m)[c] * chance * (1 - chance);
            }

            skills[m] += Math.Clamp(surprise / precision, -1, 1);
        }

        ref (double Weight, int Given) weight = ref CollectionsMarshal.AsSpan(_weights)[answer.Worker];
        double agreed = PosteriorOf(answer.Task)[answer.Label];
        weight = (weight.Weight + (agreed - weight.Weight) / (weight.Given + 1 + Reliability.PriorWeight), weight.Given + 1);
    }

    private void Recall(int worker, ContributorModel known)
    {
        for (int m = 0; m < CrowdModel.Crowds; m++)
        {
            Standing standing = known.Standings[m];
            Row(_skills, worker, CrowdModel.Crowds)[m] = standing.Skill;
            standing.Totals.CopyTo(Part(Row(_totals, worker, _stride), m));
            for (int i = 0; i < known.Labels.Length; i++)
            {
                int column = Column(new Answer(0, worker, known.Labels[i]));
                standing.Counts.AsSpan(i * _classes, _classes).CopyTo(Part(Row(_counts, column, _stride), m));
            }
        }

        CollectionsMarshal.AsSpan(_weights)[worker].Weight = known.Weight ?? Model.StrangerWeight;
    }

    private void Know(Answer answer)
    {
        Grow(_scores, (answer.Task + 1) * _stride);
        Grow(_votes, (answer.Task + 1) * _classes);
        int known = _posteriors.Count / _classes;
        Grow(_posteriors, (answer.Task + 1) * _classes);
        for (int task = known; task <= answer.Task; task++)
        {
            Settle(task);
        }

        Grow(_totals, (answer.Worker + 1) * _stride);
        Grow(_skills, (answer.Worker + 1) * CrowdModel.Crowds);
        while (_weights.Count <= answer.Worker)
        {
            _weights.Add((Model.StrangerWeight, 0));
        }
    }

    private int Column(Answer answer)
    {
        ref int column = ref CollectionsMarshal.GetValueRefOrAddDefault(_columns, (answer.Worker, answer.Label), out bool known);
        if (!known)
        {
            column = _columns.Count - 1;
            Grow(_counts, (column + 1) * _stride);
        }

        return column;
    }

    private Span<double> Part(Span<double> row, int crowd) => row.Slice(crowd * _classes, _classes);

    private static Span<double> Row(List<double> rows, int index, int length) => CollectionsMarshal.AsSpan(rows).Slice(index * length, length);

    private static void Grow(List<double> rows, int length)
    {
        int from = rows.Count;
        if (from < length)
        {
            CollectionsMarshal.SetCount(rows, length);
            CollectionsMarshal.AsSpan(rows)[from..].Clear();
        }
    }
}
