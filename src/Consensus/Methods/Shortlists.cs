using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// The classes that can win each task: those somebody chose there, and the commonest label of all. So a task with three answers has a
/// row of four figures and not of five thousand, and what needs no table of contributors stays as small as its answers.
/// </summary>
internal sealed class Shortlists
{
    private readonly int[] _start;
    private readonly int[] _class;
    private readonly int[] _slotOf;

    public Shortlists(AnswerMatrix answers)
    {
        int commonest = Commonest(answers);
        _start = new int[answers.Tasks + 1];
        _slotOf = new int[answers.Count];
        var classes = new List<int>(answers.Count + answers.Tasks);
        var task = new List<int>();
        for (int t = 0; t < answers.Tasks; t++)
        {
            ReadOnlySpan<int> labels = answers.LabelsOf(t);
            task.Clear();
            task.AddRange(labels);
            task.Add(commonest);
            task.Sort();
            foreach (int label in task)
            {
                if (classes.Count == _start[t] || classes[^1] != label)
                {
                    classes.Add(label);
                }
            }

            _start[t + 1] = classes.Count;
            ReadOnlySpan<int> list = CollectionsMarshal.AsSpan(classes)[_start[t]..];
            for (int i = 0; i < labels.Length; i++)
            {
                _slotOf[answers.FirstOf(t) + i] = _start[t] + list.BinarySearch(labels[i]);
            }
        }

        _class = [.. classes];
    }

    /// <summary>Places on all lists together.</summary>
    public int Slots => _class.Length;

    /// <summary>The slot that each answer is for, in the matrix's order.</summary>
    public ReadOnlySpan<int> SlotOf => _slotOf;

    /// <summary>The class of each slot; ascending within a task.</summary>
    public ReadOnlySpan<int> ClassOf => _class;

    /// <summary>Slots of one task.</summary>
    public (int From, int To) RangeOf(int task) => (_start[task], _start[task + 1]);

    private static int Commonest(AnswerMatrix answers)
    {
        var chosen = new int[answers.Classes];
        foreach (int label in answers.LabelOf)
        {
            chosen[label]++;
        }

        return chosen.AsSpan().IndexOf(chosen.Max());
    }
}
