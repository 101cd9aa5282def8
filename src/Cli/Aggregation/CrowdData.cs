using CsvHelper;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>A crowd data set can't be read; the message names the file and, where there is one, line and column.</summary>
internal sealed class CrowdDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A crowd data set: a folder with <c>answers.csv</c> (task,worker,label in order of arrival) and, optionally,
/// <c>gold.csv</c> (task,label). Names are kept once; everything else speaks of them by index.
/// </summary>
internal sealed class CrowdData
{
    private static readonly CsvReaderOptions Dialect = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
        PoolStrings = true,
    };

    private readonly Dictionary<int, int> _gold = [];

    private CrowdData(string name) => Name = name;

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>Tasks that have an answer, in order of their first.</summary>
    public Names Tasks { get; private set; } = new();

    /// <summary>Workers, in order of their first answer.</summary>
    public Names Workers { get; private set; } = new();

    /// <summary>The schema: every label of answers and gold, in ordinal order. An empty label is a label.</summary>
    public Names Labels { get; private set; } = new();

    /// <summary>Distinct (task, worker), in order of arrival.</summary>
    public List<Answer> Answers { get; private set; } = [];

    /// <summary>Answers left out because their worker had answered the task before.</summary>
    public int Repeated { get; private set; }

    /// <summary>Gold lines left out because nobody answered their task.</summary>
    public int GoldWithoutAnswers { get; private set; }

    /// <summary>True label by task; not every task has one.</summary>
    public IReadOnlyDictionary<int, int> Gold => _gold;

    /// <summary>Reads the folder.</summary>
    /// <exception cref="CrowdDataException">It is missing, unreadable, or not as described above.</exception>
    public static CrowdData Load(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var data = new CrowdData(Path.GetFileName(full));
        string answers = Path.Combine(full, "answers.csv"), gold = Path.Combine(full, "gold.csv");
        if (!File.Exists(answers))
        {
            throw new CrowdDataException($"{answers}: there is no such file; a crowd data set is a folder with answers.csv and gold.csv.");
        }

        data.ReadAnswers(answers);
        if (File.Exists(gold))
        {
            data.ReadGold(gold);
        }

        data.SortLabels();
        return data;
    }

    /// <summary>All answers as the methods of consensus take them.</summary>
    public AnswerMatrix ToMatrix() =>
        AnswerMatrix.From([.. Answers], Tasks.Count, Workers.Count, Math.Max(1, Labels.Count));

    private void ReadAnswers(string file)
    {
        var seen = new HashSet<(int Task, int Worker)>();
        foreach ((_, string[] row) in Rows(file, ["task", "worker", "label"]))
        {
            (int task, int worker) = (Tasks.Add(row[0]), Workers.Add(row[1]));
            int label = Labels.Add(row[2]);
            if (seen.Add((task, worker)))
            {
                Answers.Add(new Answer(task, worker, label));
            }
            else
            {
                Repeated++;
            }
        }
    }

    private void ReadGold(string file)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach ((long line, string[] row) in Rows(file, ["task", "label"]))
        {
            if (!given.Add(row[0]))
            {
                throw new CrowdDataException($"{file}, line {line}: task '{row[0]}' has gold twice.");
            }

            if (Tasks.TryIndexOf(row[0], out int task))
            {
                _gold.Add(task, Labels.Add(row[1]));
            }
            else
            {
                GoldWithoutAnswers++;
            }
        }
    }

    /// <summary>Ties go to the first label of the schema, so its order must not depend on who answered first.</summary>
    private void SortLabels()
    {
        var sorted = new Names();
        foreach (string label in Labels.Order(StringComparer.Ordinal))
        {
            sorted.Add(label);
        }

        int[] moved = [.. Labels.Select(sorted.Add)];
        Labels = sorted;
        Answers = Answers.ConvertAll(answer => answer with { Label = moved[answer.Label] });
        foreach (int task in _gold.Keys)
        {
            _gold[task] = moved[_gold[task]];
        }
    }

    /// <summary>The named columns of each row. All but the last must hold something.</summary>
    private static IEnumerable<(long Line, string[] Fields)> Rows(string file, string[] columns)
    {
        using FileStream stream = Open(file);
        using var csv = CsvReader.Create(stream, Dialect);
        int[] index = Array.ConvertAll(columns, column => Guarded(file, () => csv.TryGetFieldIndex(column, out int at) ? at : -1));
        int missing = Array.IndexOf(index, -1);
        if (missing >= 0)
        {
            throw new CrowdDataException($"{file}, line 1: there is no column '{columns[missing]}'; the header must be {string.Join(',', columns)}.");
        }

        while (Guarded(file, csv.Read))
        {
            var row = new string[columns.Length];
            for (int c = 0; c < row.Length; c++)
            {
                row[c] = index[c] < csv.FieldCount ? csv.GetString(index[c]) : "";
                if (index[c] >= csv.FieldCount || (row[c].Length == 0 && c < row.Length - 1))
                {
                    throw new CrowdDataException($"{file}, line {csv.LineNumber}, column {index[c] + 1}: '{columns[c]}' is missing.");
                }
            }

            yield return (csv.LineNumber, row);
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CrowdDataException($"{file}: can't be read: {fault.Message}", fault);
        }
    }

    private static T Guarded<T>(string file, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception fault) when (fault is CsvFormatException or IOException)
        {
            throw new CrowdDataException($"{file}: {fault.Message}", fault);
        }
    }
}
