using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>A tag to suggest.</summary>
/// <param name="Tag">The spelling given by the project, or that most people typed, without what the eye cannot see.</param>
/// <param name="Uses">How often it was used, in all its spellings.</param>
public readonly record struct TagSuggestion(string Tag, int Uses);

/// <summary>
/// The tags of a <see cref="TagVocabulary"/> as they were at one time, in an order in which the beginning of a word finds them. Immutable.
/// </summary>
/// <remarks>
/// Words that begin alike stand side by side; a tree above them knows the most used of any run. So what a suggestion costs grows with
/// the logarithm of the number of tags, however many of them begin with what was typed.
/// </remarks>
public sealed class TagSuggestions
{
    /// <summary>Nothing to suggest.</summary>
    public static readonly TagSuggestions None = new([]);

    private readonly string[] _keys; // sorted by code
    private readonly TagSuggestion[] _ranked; // most used first, then by spelling
    private readonly int[] _best; // the lowest rank below each node; the children of n are 2n and 2n+1, the leaves stand in the order of the keys
    private readonly int[] _place; // of each rank, among the keys

    /// <param name="entries">Each tag by the folded form that its variants share, and the form that it goes by.</param>
    internal TagSuggestions(IEnumerable<(string Key, string Form, TagSuggestion Tag)> entries)
    {
        (string Key, string Form, TagSuggestion Tag)[] ranked =
            [.. entries.OrderByDescending(entry => entry.Tag.Uses).ThenBy(entry => entry.Form, StringComparer.Ordinal)];
        _keys = Array.ConvertAll(ranked, entry => entry.Key);
        int[] ranks = [.. Enumerable.Range(0, ranked.Length)];
        Array.Sort(_keys, ranks, StringComparer.Ordinal);
        _ranked = Array.ConvertAll(ranked, entry => entry.Tag);
        _place = new int[ranks.Length];
        _best = new int[2 * ranks.Length];
        ranks.CopyTo(_best, ranks.Length);
        for (int place = 0; place < ranks.Length; place++)
        {
            _place[ranks[place]] = place;
        }

        for (int node = ranks.Length - 1; node > 0; node--)
        {
            _best[node] = Math.Min(_best[2 * node], _best[(2 * node) + 1]);
        }
    }

    /// <summary>What somebody may be about to type: most used first, then by spelling.</summary>
    /// <param name="typed">The beginning of a tag, in any case, with accents or without. Empty for the most used of all.</param>
    /// <param name="most">Suggestions wanted.</param>
    public ImmutableArray<TagSuggestion> Suggest(string typed, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        string prefix = TagFold.Bare(TagFold.Fold(typed));
        var runs = new PriorityQueue<(int From, int To), int>(); // by the best rank in them
        Offer(First(prefix, after: 0), First(prefix, after: 1));

        // The key of "dogs" is "dog": with its s typed, it has to be found all the same.
        string key = TagVocabulary.WithoutPlural(prefix);
        if (key.Length < prefix.Length && Array.BinarySearch(_keys, key, StringComparer.Ordinal) is >= 0 and var whole)
        {
            Offer(whole, whole + 1);
        }

        ImmutableArray<TagSuggestion>.Builder found = ImmutableArray.CreateBuilder<TagSuggestion>();
        while (found.Count < most && runs.TryDequeue(out (int From, int To) run, out int rank))
        {
            found.Add(_ranked[rank]);
            Offer(run.From, _place[rank]);
            Offer(_place[rank] + 1, run.To);
        }

        return found.ToImmutable();

        void Offer(int from, int to)
        {
            if (from < to)
            {
                runs.Enqueue((from, to), Best(from, to));
            }
        }
    }

    /// <summary>The first place whose key, cut to the length of the prefix, is not less than it, or with <paramref name="after"/> 1, is greater.</summary>
    private int First(string prefix, int after)
    {
        int low = 0, high = _keys.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(_keys[middle], 0, prefix, 0, prefix.Length) < after)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The lowest rank from one place up to another.</summary>
    private int Best(int from, int to)
    {
        int best = int.MaxValue;
        for (int low = from + _keys.Length, high = to + _keys.Length; low < high; low /= 2, high /= 2)
        {
            if (low % 2 == 1)
            {
                best = Math.Min(best, _best[low++]);
            }

            if (high % 2 == 1)
            {
                best = Math.Min(best, _best[--high]);
            }
        }

        return best;
    }
}
