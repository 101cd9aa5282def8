namespace Trove.Consensus;

/// <summary>
/// The columns of all workers' confusion matrices: one for each worker and label that this worker used, with a figure for each
/// true class. Labels never used have none, so memory and time stay linear in the answers however many classes there are; and
/// what an answer does to its task, or a task to its answers, is the addition of one row of memory to another.
/// </summary>
internal sealed class ConfusionColumns
{
    private readonly int _classes;
    private readonly int[] _taskStart;
    private readonly int[] _columnOf;
    private readonly int[] _label;
    private readonly int[] _workerStart;

    public ConfusionColumns(int classes, int workers, int[] taskStart, int[] worker, int[] label)
    {
        (_classes, _taskStart, _columnOf) = (classes, taskStart, new int[worker.Length]);
        // Answers by worker, then label: two stable counting sorts. Then equal neighbours share a column.
        int[] order = Sorted(Sorted([.. Enumerable.Range(0, worker.Length)], label, classes), worker, workers);
        var labels = new List<int>(Math.Min(worker.Length, 1024));
        _workerStart = new int[workers + 1];
        for (int i = 0; i < order.Length; i++)
        {
            int answer = order[i];
            if (i == 0 || worker[order[i - 1]] != worker[answer] || label[order[i - 1]] != label[answer])
            {
                labels.Add(label[answer]);
                _workerStart[worker[answer] + 1]++;
            }

            _columnOf[answer] = labels.Count - 1;
        }

        for (int w = 0; w < workers; w++)
        {
            _workerStart[w + 1] += _workerStart[w];
        }

        _label = [.. labels];
    }

    /// <summary>How many there are.</summary>
    public int Count => _label.Length;

    /// <summary>The label of each column.</summary>
    public ReadOnlySpan<int> LabelOf => _label;

    /// <summary>Column of each answer, in the matrix's order.</summary>
    public ReadOnlySpan<int> ColumnOf => _columnOf;

    /// <summary>The columns of one worker, in order of label.</summary>
    public (int From, int To) RangeOf(int worker) => (_workerStart[worker], _workerStart[worker + 1]);

    /// <summary>Sets each column to the sum of its answers' tasks' rows.</summary>
    public void Sum(ReadOnlySpan<double> rows, Span<double> columns)
    {
        columns.Clear();
        for (int t = 0; t < _taskStart.Length - 1; t++)
        {
            ReadOnlySpan<double> row = rows.Slice(t * _classes, _classes);
            for (int i = _taskStart[t]; i < _taskStart[t + 1]; i++)
            {
                Rows.Add(columns.Slice(_columnOf[i] * _classes, _classes), row);
            }
        }
    }

    /// <summary>Adds the columns of a task's answers to its row.</summary>
    public void Add(int task, ReadOnlySpan<double> columns, Span<double> row)
    {
        for (int i = _taskStart[task]; i < _taskStart[task + 1]; i++)
        {
            Rows.Add(row, columns.Slice(_columnOf[i] * _classes, _classes));
        }
    }

    private static int[] Sorted(int[] order, int[] key, int keys)
    {
        var next = new int[keys + 1];
        foreach (int i in order)
        {
            next[key[i] + 1]++;
        }

        for (int k = 0; k < keys; k++)
        {
            next[k + 1] += next[k];
        }

        var sorted = new int[order.Length];
        foreach (int i in order)
        {
            sorted[next[key[i]]++] = i;
        }

        return sorted;
    }
}
