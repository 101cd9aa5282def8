using System.Numerics;
using Trove.Consensus;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>How often a contributor is right, apart for each kind of label and number of classes: to be right among forty classes is another skill than between two.</summary>
internal sealed class Reputation
{
    // Above eight classes the numbers are taken together by powers of two: what a stranger is worth hardly differs there, and the record stays small.
    private const int Apart = 8;
    private const int Most = 256;

    private readonly SortedDictionary<(LabelKind Label, int Classes), Reliability> _known = [];

    /// <summary>What is known for a kind of label; a stranger's when nothing is.</summary>
    public Reliability Of(LabelKind label, int classes)
    {
        var skill = Skill(label, classes);
        return _known.TryGetValue(skill, out var reliability) ? reliability : Reliability.Prior(skill.Classes);
    }

    /// <summary>Over all kinds together, 0 to 100; a stranger's for yes/no when nothing is known.</summary>
    public int Score
    {
        get
        {
            double right = 0, wrong = 0;
            foreach (var reliability in _known.Values)
            {
                right += reliability.Right;
                wrong += reliability.Wrong;
            }

            return _known.Count == 0 ? Reliability.Prior(2).Score : new Reliability(right, wrong).Score;
        }
    }

    /// <summary>What is known of each.</summary>
    public IEnumerable<Skill> Skills => _known.Select(known => new Skill(known.Key.Label, known.Key.Classes, known.Value.Right, known.Value.Wrong));

    /// <summary>Learns from a settled verdict about an answer. One that is taken back, or says nothing of right and wrong, teaches nothing.</summary>
    public void Observe(Verdict verdict)
    {
        if (verdict.Kind == VerdictKind.Earned && verdict.Right is >= 0 and <= 1)
        {
            _known[Skill(verdict.Label, verdict.Classes)] = Of(verdict.Label, verdict.Classes).Observe(verdict.Right);
        }
    }

    /// <summary>Writes each skill with its two counts.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Count(_known.Count);
        foreach (var (skill, reliability) in _known)
        {
            w.Enum(skill.Label);
            w.Count(skill.Classes);
            w.Double(reliability.Right);
            w.Double(reliability.Wrong);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Reputation Read(ref RecordReader r)
    {
        var reputation = new Reputation();
        for (var left = r.CountOf(18); left > 0; left--)
        {
            reputation._known[(r.Enum<LabelKind>(), r.Count())] = new Reliability(r.Double(), r.Double());
        }

        return reputation;
    }

    // Any number of options, and each tag, is a yes/no question of its own.
    private static (LabelKind Label, int Classes) Skill(LabelKind label, int classes) => label switch
    {
        LabelKind.SingleChoice when classes > Apart => (label, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(classes, Most))),
        LabelKind.SingleChoice => (label, Math.Max(1, classes)),
        _ => (label, 2),
    };
}
