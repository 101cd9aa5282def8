using System.Collections.Immutable;
using Trove.Cli.Aggregation;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Replay;

/// <summary>A contributor of a replay, and how it answers a task.</summary>
/// <param name="Name">Its name in the project; each replay is a project of its own, so that replays do not take each other's sessions over.</param>
/// <param name="Answers">Its answers, by the task's source id.</param>
internal sealed record ReplayWorker(string Name, IReadOnlyDictionary<string, ImmutableArray<string>> Answers);

/// <summary>A crowd data set as a project: its brief, its tasks with the people allowed, and who answers what.</summary>
internal sealed class ReplayPlan
{
    private const char TagSeparator = ';';

    private readonly CrowdData _data;

    private ReplayPlan(CrowdData data, Brief brief, ImmutableArray<TaskDefinition> tasks, ImmutableArray<ReplayWorker> workers) =>
        (_data, Brief, Tasks, Workers) = (data, brief, tasks, workers);

    public Brief Brief { get; }

    public ImmutableArray<TaskDefinition> Tasks { get; }

    public ImmutableArray<ReplayWorker> Workers { get; }

    /// <summary>Distinct (task, worker).</summary>
    public int AnswersAvailable => _data.Answers.Count;

    /// <summary>Plans a replay.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="policy">How many of the answers to ask for.</param>
    /// <param name="seed">Order in which the workers come.</param>
    public static ReplayPlan Of(CrowdData data, Policy policy, int seed)
    {
        var schema = SchemaOf(data.Labels);
        var names = Enumerable.Range(0, data.Workers.Count).Select(w => $"w{w}").ToArray();
        var allowed = new ImmutableArray<string>.Builder?[data.Tasks.Count];
        var answers = Array.ConvertAll(names, _ => new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal));
        foreach (var answer in data.Answers)
        {
            (allowed[answer.Task] ??= ImmutableArray.CreateBuilder<string>()).Add(names[answer.Worker]);
            answers[answer.Worker].Add(data.Tasks[answer.Task], ValuesOf(schema, data.Labels[answer.Label]));
        }

        var tasks = data.Tasks.Select((name, t) => new TaskDefinition(name, Text: name, Redundancy: policy.For(allowed[t]!.Count), Allowed: allowed[t]!.DrainToImmutable()));
        var workers = names.Select((name, w) => new ReplayWorker(name, answers[w])).ToArray();
        new Random(seed).Shuffle(workers);
        var brief = new Brief(
            $"Replay of {data.Name}",
            "Measures Trove with the answers of a real crowd.",
            "Which label does this item have?",
            schema,
            new Redundancy(),
            TaskOrder.Depth,
            new HandOut(Stint: 0));
        return new ReplayPlan(data, brief, [.. tasks], [.. workers]);
    }

    /// <summary>The classes of a data set, or null when its labels are no classes but tags.</summary>
    public static ImmutableArray<string>? ClassesOf(LabelSchema schema) => schema.Kind == LabelKind.Tags ? null : schema.Classes();

    /// <summary>Share of the tasks with gold whose label in <paramref name="found"/> is the gold one; null without gold.</summary>
    /// <param name="found">Label by the task's source id; a task that is missing is wrong.</param>
    public double? Accuracy(IReadOnlyDictionary<string, ImmutableArray<string>> found)
    {
        return _data.Gold.Count == 0 ? null : (double)_data.Gold.Count(gold => IsGold(found, gold)) / _data.Gold.Count;
    }

    /// <summary>Share of the found tasks with gold whose label is the gold one; null when there are none.</summary>
    public double? Precision(IReadOnlyDictionary<string, ImmutableArray<string>> found)
    {
        var gold = _data.Gold.Where(gold => found.ContainsKey(_data.Tasks[gold.Key])).ToList();
        return gold.Count == 0 ? null : (double)gold.Count(gold => IsGold(found, gold)) / gold.Count;
    }

    private bool IsGold(IReadOnlyDictionary<string, ImmutableArray<string>> found, KeyValuePair<int, int> gold) =>
        found.TryGetValue(_data.Tasks[gold.Key], out var label)
        && label.ToHashSet(StringComparer.Ordinal).SetEquals(ValuesOf(Brief.Schema, _data.Labels[gold.Value]));

    private static LabelSchema SchemaOf(Names labels)
    {
        var classes = labels.Where(l => l != LabelSchema.NotSure).ToImmutableArray();
        return classes switch
        {
            _ when classes.Length is 1 or 2 && classes.All(c => c is "yes" or "no") => new LabelSchema(LabelKind.YesNo, []),
            { Length: > LabelSchema.MaxOptions } => new LabelSchema(LabelKind.Tags, []),
            _ => new LabelSchema(LabelKind.SingleChoice, classes),
        };
    }

    private static ImmutableArray<string> ValuesOf(LabelSchema schema, string label) =>
        schema.Kind == LabelKind.Tags ? [.. label.Split(TagSeparator, StringSplitOptions.RemoveEmptyEntries)] : [label];
}
