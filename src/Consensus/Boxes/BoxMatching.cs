using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// Which boxes of an image mean the same thing. Boxes are put into groups with at most one box of each contributor, so that the
/// sum over all pairs in a group of (overlap - <see cref="Least"/>) is as large as can be found: correlation clustering (Bansal,
/// Blum, Chawla 2004) under the constraint of multi-dimensional assignment.
/// </summary>
/// <remarks>
/// The exact optimum is hard to find for three contributors or more, so each contributor in turn is assigned anew to the groups
/// of all others, optimally, and groups are joined, until nothing improves. Order of the answers plays no part: contributors go
/// by how much they agree with the others. Spots that do not touch are solved apart, so the cost grows with the boxes of one
/// crowded spot and linearly in everything else.
/// </remarks>
internal sealed class BoxMatching
{
    /// <summary>
    /// Boxes that overlap less, on average, are of different things. Low, because careless boxes of one small thing overlap by little
    /// (outcomes are the same from 0.05 to 0.2), and neighbours that overlap by more are told apart by those who marked both.
    /// </summary>
    public const double Least = 0.15;

    private const int MostRounds = 20;

    private readonly Box[] _boxes;
    private readonly int[] _authors;
    private readonly List<List<int>> _groups = [];

    private BoxMatching(Box[] boxes, int[] authors) => (_boxes, _authors) = (boxes, authors);

    /// <summary>Groups of indices of boxes; each ascending, the groups in order of their first.</summary>
    /// <param name="boxes">In canonical order: the order decides between what is otherwise equal.</param>
    /// <param name="authors">Who drew each.</param>
    public static List<List<int>> Match(Box[] boxes, int[] authors)
    {
        var all = new List<List<int>>();
        foreach (List<int> spot in Spots(boxes, authors))
        {
            if (spot.Count == 1)
            {
                all.Add(spot);
                continue;
            }

            var matching = new BoxMatching(boxes, authors);
            matching.Solve(spot);
            all.AddRange(matching._groups);
        }

        foreach (List<int> group in all)
        {
            group.Sort();
        }

        all.Sort((a, b) => a[0].CompareTo(b[0]));
        return all;
    }

    /// <summary>Boxes that hang together by overlaps; found by a sweep from left to right.</summary>
    private static IEnumerable<List<int>> Spots(Box[] boxes, int[] authors)
    {
        int[] byLeft = [.. Enumerable.Range(0, boxes.Length).OrderBy(i => boxes[i].X)];
        int[] root = [.. Enumerable.Range(0, boxes.Length)];
        for (int at = 0; at < byLeft.Length; at++)
        {
            int i = byLeft[at];
            double reach = boxes[i].Right;
            for (int next = at + 1; next < byLeft.Length && boxes[byLeft[next]].X < reach; next++)
            {
                int j = byLeft[next];
                if (authors[i] != authors[j] && boxes[i].Overlap(boxes[j]) > Least)
                {
                    root[Root(root, i)] = Root(root, j);
                }
            }
        }

        var spots = new Dictionary<int, List<int>>();
        for (int i = 0; i < boxes.Length; i++)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(spots, Root(root, i), out _) ??= []).Add(i);
        }

        return spots.Values;
    }

    private static int Root(int[] root, int i)
    {
        while (root[i] != i)
        {
            i = root[i] = root[root[i]];
        }

        return i;
    }

    private void Solve(List<int> spot)
    {
        int[][] drawn = [.. spot.GroupBy(i => _authors[i])
            .Select(group => (Marks: group.ToArray(), Agreement: Agreement(group, spot)))
            .OrderByDescending(author => Math.Round(author.Agreement, 9))
            .ThenBy(author => author.Marks[0])
            .Select(author => author.Marks)];
        foreach (int[] marks in drawn)
        {
            Assign(marks);
        }

        double worth = Worth();
        for (int round = 0; round < MostRounds; round++)
        {
            foreach (int[] marks in drawn)
            {
                foreach (List<int> group in _groups)
                {
                    group.RemoveAll(i => _authors[i] == _authors[marks[0]]);
                }

                _groups.RemoveAll(group => group.Count == 0);
                Assign(marks);
            }

            Join();
            double better = Worth();
            if (better <= worth + 1e-12)
            {
                return;
            }

            worth = better;
        }
    }

    private double Agreement(IEnumerable<int> marks, List<int> spot) =>
        marks.Sum(i => spot.Sum(j => _authors[i] == _authors[j] ? 0 : _boxes[i].Overlap(_boxes[j])));

    /// <summary>Puts the boxes of one contributor, none of which is in a group, where they fit best together.</summary>
    private void Assign(int[] marks)
    {
        var gain = new double[marks.Length * _groups.Count];
        for (int m = 0; m < marks.Length; m++)
        {
            for (int g = 0; g < _groups.Count; g++)
            {
                gain[m * _groups.Count + g] = Gain(marks[m], _groups[g]);
            }
        }

        var chosen = new int[marks.Length];
        Assignment.Best(gain, _groups.Count, chosen);
        for (int m = 0; m < marks.Length; m++)
        {
            if (chosen[m] == Assignment.None)
            {
                _groups.Add([marks[m]]);
            }
            else
            {
                _groups[chosen[m]].Add(marks[m]);
            }
        }
    }

    /// <summary>Joins two groups at a time, the best two first, while that gains.</summary>
    private void Join()
    {
        while (true)
        {
            (double Gain, int First, int Second) best = (1e-12, 0, 0);
            for (int a = 0; a < _groups.Count; a++)
            {
                for (int b = a + 1; b < _groups.Count; b++)
                {
                    double gain = _groups[a].Any(i => _groups[b].Any(j => _authors[i] == _authors[j])) ? 0 : _groups[a].Sum(i => Gain(i, _groups[b]));
                    if (gain > best.Gain)
                    {
                        best = (gain, a, b);
                    }
                }
            }

            if (best.Second == 0)
            {
                return;
            }

            _groups[best.First].AddRange(_groups[best.Second]);
            _groups.RemoveAt(best.Second);
        }
    }

    private double Worth()
    {
        double worth = 0;
        foreach (List<int> group in _groups)
        {
            foreach (int i in group)
            {
                worth += Gain(i, group) - (1 - Least);
            }
        }

        return worth / 2;
    }

    private double Gain(int mark, List<int> group)
    {
        double gain = 0;
        Box box = _boxes[mark];
        foreach (int other in group)
        {
            gain += box.Overlap(_boxes[other]) - Least;
        }

        return gain;
    }
}
