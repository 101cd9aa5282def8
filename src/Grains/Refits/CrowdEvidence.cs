using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Refits;

/// <summary>
/// Every answer to a project's closed tasks, as small numbers: what a re-fit works on. Questions of a task: one (which class?), or where any
/// number of options may be chosen, one for each option (does it apply?). Pure.
/// </summary>
internal sealed class CrowdEvidence
{
    private readonly Dictionary<string, int> _contributors = new(StringComparer.Ordinal);
    private readonly List<Answer> _answers = [];
    private readonly List<ClosedTask> _tasks = [];
    private readonly List<int> _voters = []; // contributors of each task's answers, task after task
    private readonly int _options;

    /// <param name="kind">Kind of label.</param>
    /// <param name="classes">Classes or options.</param>
    public CrowdEvidence(LabelKind kind, int classes)
    {
        Kind = kind;
        _options = classes;
    }

    /// <summary>Whether tasks of this kind can be judged together.</summary>
    public static bool Supports(LabelKind kind) => kind != LabelKind.Tags;

    /// <summary>Kind of label.</summary>
    public LabelKind Kind { get; }

    /// <summary>Closed tasks with an answer.</summary>
    public IReadOnlyList<ClosedTask> Tasks => _tasks;

    /// <summary>Keys of contributors, in the order of their numbers.</summary>
    public IReadOnlyCollection<string> Contributors => _contributors.Keys;

    /// <summary>Questions of a task.</summary>
    public int Questions => Kind == LabelKind.MultiChoice ? _options : 1;

    /// <summary>Classes of a question.</summary>
    public int Classes => Kind == LabelKind.MultiChoice ? 2 : _options;

    /// <summary>Numbers of the contributors who answered a task, in the order of its answers.</summary>
    public ReadOnlySpan<int> VotersOf(int task) =>
        CollectionsMarshal.AsSpan(_voters).Slice(_tasks[task].Voters, _tasks[task].Outcome.Answers);

    /// <summary>Takes a closed task in.</summary>
    public void Add(int page, ClosedEvidence evidence)
    {
        var closed = evidence.Closed;
        if (closed.Answers.IsEmpty || closed.Outcome.Reason is RetirementReason.Cancelled or RetirementReason.Withdrawn)
        {
            return;
        }

        var task = _tasks.Count;
        _tasks.Add(new ClosedTask(page, closed.Index, closed.Revision, closed.Outcome, evidence.Redundancy, evidence.Allowed, _voters.Count));
        foreach (var answer in closed.Answers)
        {
            if (!_contributors.TryGetValue(answer.Contributor, out var contributor))
            {
                _contributors.Add(answer.Contributor, contributor = _contributors.Count);
            }

            _voters.Add(contributor);
            if (!answer.Content.NotSure)
            {
                Add(task, contributor, answer.Content.Choices.OrEmpty());
            }
        }
    }

    /// <summary>The answers as a method takes them.</summary>
    public AnswerMatrix ToMatrix() => AnswerMatrix.From(
        CollectionsMarshal.AsSpan(_answers), _tasks.Count * Questions, _contributors.Count, Classes);

    private void Add(int task, int contributor, ImmutableArray<int> choices)
    {
        if (Kind != LabelKind.MultiChoice)
        {
            _answers.Add(new Answer(task, contributor, choices[0]));
            return;
        }

        for (var option = 0; option < _options; option++)
        {
            _answers.Add(new Answer((task * _options) + option, contributor, choices.Contains(option) ? 1 : 0));
        }
    }

    /// <summary>A closed task without its answers.</summary>
    /// <param name="Page">Its page.</param>
    /// <param name="Index">Its index there.</param>
    /// <param name="Revision">The revision that the page knows.</param>
    /// <param name="Outcome">What it decided.</param>
    /// <param name="Redundancy">Its redundancy under the brief in force.</param>
    /// <param name="Allowed">How many contributors may answer it; 0 = everybody.</param>
    /// <param name="Voters">Where its contributors begin in the list of all.</param>
    internal readonly record struct ClosedTask(
        int Page, int Index, int Revision, Outcome Outcome, Redundancy Redundancy, int Allowed, int Voters);
}
