using System.Globalization;

namespace Trove.Consensus;

/// <summary>One answer of a whole data set: who chose which class for which task, as indices.</summary>
public readonly record struct Answer(int Task, int Worker, int Label);

/// <summary>All answers of a data set, grouped by task: compressed sparse rows of flat arrays.</summary>
/// <remarks>
/// Answers of a task are kept in order of worker, whatever order they came in. So every method sums the same numbers in the
/// same order, and permuting the input cannot change even the last bit of a result.
/// </remarks>
public sealed class AnswerMatrix
{
    /// <summary>
    /// Figures that a method may keep of one thing, a row of classes for each task, worker or column: 256 MB. A million answers
    /// in ten classes need half of it.
    /// </summary>
    private const long MostCells = 1 << 25;

    private readonly int[] _start;
    private readonly int[] _worker;
    private readonly int[] _label;
    private readonly Lazy<ConfusionColumns> _columns;
    private readonly Lazy<Shortlists> _shortlists;

    private AnswerMatrix(int tasks, int workers, int classes, int[] start, int[] worker, int[] label)
    {
        (Tasks, Workers, Classes, _start, _worker, _label) = (tasks, workers, classes, start, worker, label);
        _columns = new(() => new ConfusionColumns(classes, workers, start, worker, label));
        _shortlists = new(() => new Shortlists(this));
        UsedClasses = label.Distinct().Count();
    }

    /// <summary>Number of tasks; some may be without an answer.</summary>
    public int Tasks { get; }

    /// <summary>Number of workers.</summary>
    public int Workers { get; }

    /// <summary>Number of classes, at least one; some may never be chosen.</summary>
    public int Classes { get; }

    /// <summary>Number of answers.</summary>
    public int Count => _worker.Length;

    /// <summary>Worker of each answer; those of task <c>t</c> are at <see cref="RangeOf"/>.</summary>
    public ReadOnlySpan<int> WorkerOf => _worker;

    /// <summary>Class of each answer, parallel to <see cref="WorkerOf"/>.</summary>
    public ReadOnlySpan<int> LabelOf => _label;

    /// <summary>Classes that somebody chose.</summary>
    public int UsedClasses { get; }

    /// <summary>Workers of the answers of a task.</summary>
    public ReadOnlySpan<int> WorkersOf(int task) => _worker.AsSpan(_start[task], CountOf(task));

    /// <summary>Classes of the answers of a task, parallel to <see cref="WorkersOf"/>.</summary>
    public ReadOnlySpan<int> LabelsOf(int task) => _label.AsSpan(_start[task], CountOf(task));

    /// <summary>How many answers a task has.</summary>
    public int CountOf(int task) => _start[task + 1] - _start[task];

    /// <summary>Where a task's answers begin in <see cref="WorkerOf"/>.</summary>
    internal int FirstOf(int task) => _start[task];

    /// <summary>The columns of the workers' confusion matrices.</summary>
    internal ConfusionColumns Columns => _columns.Value;

    /// <summary>The classes that can win each task.</summary>
    internal Shortlists Shortlists => _shortlists.Value;

    /// <summary>Whether so many rows with a figure for each class fit in memory.</summary>
    internal bool HasRoomFor(long rows) => rows * Classes <= MostCells;

    /// <summary>Refuses a matrix with more classes than a method's tables have room for.</summary>
    /// <exception cref="NotSupportedException">They have not.</exception>
    internal void Demand(string method, long rows)
    {
        if (!HasRoomFor(rows))
        {
            throw new NotSupportedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{method} keeps a figure for each class in {rows} rows; with {Classes} classes that is more than {MostCells} figures. Use trove or a vote, which take any number of classes."));
        }
    }

    /// <summary>Where the answers of a task are.</summary>
    public Range RangeOf(int task) => _start[task].._start[task + 1];

    /// <summary>Builds the matrix in time linear in its size.</summary>
    /// <param name="answers">At most one for each task and worker; in any order.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="classes">Number of classes, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in the matrix.</exception>
    public static AnswerMatrix From(ReadOnlySpan<Answer> answers, int tasks, int workers, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tasks);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        foreach (Answer answer in answers)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Task, (uint)tasks, nameof(answers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Worker, (uint)workers, nameof(answers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Label, (uint)classes, nameof(answers));
        }

        // Two stable counting sorts: by worker, then by task.
        (Answer[] byWorker, _) = Group(answers, workers, static answer => answer.Worker);
        (Answer[] byTask, int[] start) = Group(byWorker, tasks, static answer => answer.Task);
        return new AnswerMatrix(
            tasks, workers, classes, start,
            Array.ConvertAll(byTask, static answer => answer.Worker),
            Array.ConvertAll(byTask, static answer => answer.Label));
    }

    /// <summary>All answers, by task and worker.</summary>
    public Answer[] ToArray()
    {
        var answers = new Answer[Count];
        for (int t = 0; t < Tasks; t++)
        {
            for (int i = _start[t]; i < _start[t + 1]; i++)
            {
                answers[i] = new Answer(t, _worker[i], _label[i]);
            }
        }

        return answers;
    }

    private static (Answer[] Sorted, int[] Start) Group(ReadOnlySpan<Answer> answers, int groups, Func<Answer, int> key)
    {
        var start = new int[groups + 1];
        foreach (Answer answer in answers)
        {
            start[key(answer) + 1]++;
        }

        for (int g = 0; g < groups; g++)
        {
            start[g + 1] += start[g];
        }

        int[] next = start[..groups];
        var sorted = new Answer[answers.Length];
        foreach (Answer answer in answers)
        {
            sorted[next[key(answer)]++] = answer;
        }

        return (sorted, start);
    }
}
