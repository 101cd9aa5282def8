using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>How far apart two classes are.</summary>
public enum AgreementScale
{
    /// <summary>Equal or not.</summary>
    Nominal,

    /// <summary>In the order of the schema: by how many answers lie between.</summary>
    Ordinal,

    /// <summary>By the square of the difference of their values.</summary>
    Interval,
}

/// <summary>
/// How far contributors agree, over chance. One: always. Zero: as by chance. Below: less than by chance. A figure says nothing of
/// who is right. Answers may be missing anywhere; a task with a single answer tells nothing and is left out.
/// </summary>
/// <param name="answers">All answers.</param>
/// <param name="rounds">Resamplings for the interval of 95 %; zero for none.</param>
/// <param name="seed">Of the resampling.</param>
public sealed class Agreement(AnswerMatrix answers, int rounds = 1000, int seed = 1)
{
    /// <summary>Tasks with two answers or more.</summary>
    private readonly int[] _tasks = [.. Enumerable.Range(0, answers.Tasks).Where(task => Length(answers.RangeOf(task)) > 1)];

    private readonly Lazy<List<int>[]> _tasksOf = new(() => TasksByContributor(answers));

    /// <summary>
    /// Krippendorff's alpha (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability). For any number of contributors and
    /// any pattern of missing answers.
    /// </summary>
    /// <param name="scale">How far apart classes are. The ordinal distances of all answers are kept while resampling.</param>
    /// <param name="values">Of each class for the interval scale; 0, 1, 2... when left out.</param>
    /// <exception cref="ArgumentException">There is not a finite value for each class.</exception>
    public AgreementFigure Krippendorff(AgreementScale scale = AgreementScale.Nominal, ReadOnlySpan<double> values = default)
    {
        int classes = answers.Classes;
        double[] value = values.IsEmpty ? [.. Enumerable.Range(0, classes).Select(c => (double)c)] : values.ToArray();
        if (value.Length != classes || !Array.TrueForAll(value, double.IsFinite))
        {
            throw new ArgumentException("There must be one finite value for each class.", nameof(values));
        }

        double[] distance = Distances(scale, value);
        return Alpha(classes, distance, static label => label);
    }

    /// <summary>Alpha of one class against all others: which classes of the schema are understood alike.</summary>
    public AgreementFigure OfClass(int label)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)label, (uint)answers.Classes, nameof(label));
        return Alpha(2, [0, 1, 1, 0], given => given == label ? 1 : 0);
    }

    /// <summary>
    /// Alpha of one contributor with all others: nominal, the disagreement of this contributor's answers with the others' on the same
    /// tasks over what chance would give.
    /// </summary>
    public AgreementFigure OfContributor(int contributor)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)contributor, (uint)answers.Workers, nameof(contributor));
        int classes = answers.Classes;
        List<int> theirs = _tasksOf.Value[contributor];
        return Bootstrap.Of(theirs.Count, classes + 2, Add, Figure, rounds, seed);

        void Add(int at, Span<double> sums)
        {
            int own = LabelBy(theirs[at], contributor);
            Range range = answers.RangeOf(theirs[at]);
            double differ = 0;
            foreach (int label in answers.LabelOf[range])
            {
                sums[label]++;
                differ += label == own ? 0 : 1;
            }

            sums[classes] += differ / (Length(range) - 1);
            sums[classes + 1]++;
        }

        double Figure(ReadOnlySpan<double> sums) => 1 - sums[classes] / sums[classes + 1] / ExpectedNominal(sums[..classes]);
    }

    /// <summary>
    /// Fleiss' kappa (Fleiss 1971). Made for the same number of answers to every task; where numbers differ, each task counts the
    /// same and chance is taken from all answers.
    /// </summary>
    public AgreementFigure Fleiss()
    {
        int classes = answers.Classes;
        return Bootstrap.Of(_tasks.Length, classes + 2, Add, Figure, rounds, seed);

        void Add(int at, Span<double> sums)
        {
            ReadOnlySpan<int> labels = answers.LabelOf[answers.RangeOf(_tasks[at])];
            double agreeing = 0;
            foreach (int label in labels)
            {
                sums[label]++;
                agreeing += labels.Count(label) - 1;
            }

            sums[classes] += agreeing / (labels.Length * (labels.Length - 1.0));
            sums[classes + 1]++;
        }

        double Figure(ReadOnlySpan<double> sums)
        {
            double total = Sum(sums[..classes]), chance = 0;
            foreach (double count in sums[..classes])
            {
                chance += count / total * (count / total);
            }

            return Kappa(sums[classes] / sums[classes + 1], chance);
        }
    }

    /// <summary>Cohen's kappa (Cohen 1960) of two contributors, over the tasks that both answered.</summary>
    public AgreementFigure Cohen(int first, int second)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)answers.Workers, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)second, (uint)answers.Workers, nameof(second));
        int classes = answers.Classes;
        List<int> shared = _tasksOf.Value[first].FindAll(task => LabelBy(task, second) >= 0);
        return Bootstrap.Of(shared.Count, 2 * classes + 2, Add, Figure, rounds, seed);

        void Add(int at, Span<double> sums)
        {
            (int one, int other) = (LabelBy(shared[at], first), LabelBy(shared[at], second));
            sums[one]++;
            sums[classes + other]++;
            sums[2 * classes] += one == other ? 1 : 0;
            sums[2 * classes + 1]++;
        }

        double Figure(ReadOnlySpan<double> sums)
        {
            double total = sums[^1], chance = 0;
            for (int c = 0; c < classes; c++)
            {
                chance += sums[c] / total * (sums[classes + c] / total);
            }

            return Kappa(sums[2 * classes] / total, chance);
        }
    }

    /// <summary>Of each contributor, the tasks that somebody else answered too.</summary>
    private static List<int>[] TasksByContributor(AnswerMatrix answers)
    {
        List<int>[] tasks = [.. Enumerable.Range(0, answers.Workers).Select(_ => new List<int>())];
        for (int task = 0; task < answers.Tasks; task++)
        {
            Range range = answers.RangeOf(task);
            foreach (int contributor in Length(range) > 1 ? answers.WorkerOf[range] : [])
            {
                tasks[contributor].Add(task);
            }
        }

        return tasks;
    }

    private static double Kappa(double observed, double chance) => chance > 1 - 1e-12 ? double.NaN : (observed - chance) / (1 - chance);

    /// <summary>One minus the observed disagreement, within tasks, over the expected one, between any two answers.</summary>
    private AgreementFigure Alpha(int classes, double[] distance, Func<int, int> classOf)
    {
        double[] within = Array.ConvertAll(_tasks, Within);
        return Bootstrap.Of(_tasks.Length, classes + 1, Add, Figure, rounds, seed);

        double Within(int task)
        {
            ReadOnlySpan<int> labels = answers.LabelOf[answers.RangeOf(task)];
            var counts = new Dictionary<int, int>();
            foreach (int label in labels)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, classOf(label), out _)++;
            }

            double apart = counts.Sum(one => counts.Sum(other => one.Value * (double)other.Value * distance[one.Key * classes + other.Key]));
            return apart / (labels.Length - 1);
        }

        void Add(int at, Span<double> sums)
        {
            foreach (int label in answers.LabelOf[answers.RangeOf(_tasks[at])])
            {
                sums[classOf(label)]++;
            }

            sums[classes] += within[at];
        }

        double Figure(ReadOnlySpan<double> sums)
        {
            double total = Sum(sums[..classes]), apart = 0;
            for (int c = 0; c < classes; c++)
            {
                for (int k = 0; k < classes; k++)
                {
                    apart += sums[c] * sums[k] * distance[c * classes + k];
                }
            }

            return 1 - sums[classes] / total / (apart / (total * (total - 1)));
        }
    }

    private double[] Distances(AgreementScale scale, double[] value)
    {
        int classes = answers.Classes;
        var counts = new double[classes];
        foreach (int task in _tasks)
        {
            foreach (int label in answers.LabelOf[answers.RangeOf(task)])
            {
                counts[label]++;
            }
        }

        var distance = new double[classes * classes];
        for (int c = 0; c < classes; c++)
        {
            for (int k = c + 1; k < classes; k++)
            {
                double apart = scale switch
                {
                    AgreementScale.Nominal => 1,
                    AgreementScale.Ordinal => Sum(counts.AsSpan(c, k - c + 1)) - (counts[c] + counts[k]) / 2,
                    _ => value[k] - value[c],
                };
                distance[c * classes + k] = distance[k * classes + c] = apart * apart;
            }
        }

        return distance;
    }

    private static double ExpectedNominal(ReadOnlySpan<double> counts)
    {
        double total = Sum(counts), same = 0;
        foreach (double count in counts)
        {
            same += count * (count - 1);
        }

        double expected = 1 - same / (total * (total - 1));
        return expected < 1e-12 ? double.NaN : expected;
    }

    private int LabelBy(int task, int contributor)
    {
        Range range = answers.RangeOf(task);
        int at = answers.WorkerOf[range].BinarySearch(contributor);
        return at < 0 ? -1 : answers.LabelOf[range][at];
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static int Length(Range range) => range.End.Value - range.Start.Value;
}
