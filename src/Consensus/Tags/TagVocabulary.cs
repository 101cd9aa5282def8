using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>A tag to suggest.</summary>
/// <param name="Tag">The spelling that most people typed, without what the eye cannot see.</param>
/// <param name="Uses">How often it was used, in all its spellings.</param>
public readonly record struct TagSuggestion(string Tag, int Uses);

/// <summary>
/// The tags in use, so that people who mean the same type the same. Tags are counted by their folded form (<see cref="TagFold"/>);
/// forms that differ only in accents or in an s at the end, both in use, are one entry, which goes by the commonest of them.
/// Not safe for use by several threads.
/// </summary>
/// <remarks>
/// No dictionary of any language is needed: "dogs" becomes "dog" only where people use "dog", and more of them. Where both words
/// exist with different meanings (Spanish "ano" and "año") they are suggested as one but remain two tags to the vote, unless it is
/// asked to count by <see cref="Canonical"/>.
/// </remarks>
public sealed class TagVocabulary
{
    /// <summary>Shortest word whose s at the end may be a plural.</summary>
    private const int ShortestPlural = 4;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private string[]? _sorted;

    /// <summary>Counts one use of a tag, as typed. What folds to nothing is not counted.</summary>
    public void Add(string tag)
    {
        string folded = TagFold.Fold(tag);
        if (folded.Length == 0)
        {
            return;
        }

        ref Entry? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, Loose(folded), out bool known);
        if (!known)
        {
            entry = new Entry();
            _sorted = null;
        }

        entry!.Count(folded, tag);
    }

    /// <summary>The folded form that a tag's entry goes by; the tag's own folded form when nobody used it.</summary>
    public string Canonical(string tag)
    {
        string folded = TagFold.Fold(tag);
        return _entries.TryGetValue(Loose(folded), out Entry? entry) ? entry.Form : folded;
    }

    /// <summary>What somebody may be about to type: most used first, then by spelling.</summary>
    /// <param name="typed">The beginning of a tag, in any case, with accents or without. Empty for the most used of all.</param>
    /// <param name="most">Suggestions wanted.</param>
    public ImmutableArray<TagSuggestion> Suggest(string typed, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        string prefix = TagFold.Bare(TagFold.Fold(typed));
        _sorted ??= [.. _entries.Keys.Order(StringComparer.Ordinal)];
        int at = Array.BinarySearch(_sorted, prefix, StringComparer.Ordinal);

        // The key of "dogs" is "dog": with its s typed, it has to be found all the same.
        string key = Loose(prefix);
        IEnumerable<string> whole = key.Length < prefix.Length && _entries.ContainsKey(key) ? [key] : [];
        return [.. _sorted.Skip(at < 0 ? ~at : at).TakeWhile(k => k.StartsWith(prefix, StringComparison.Ordinal)).Concat(whole)
            .Select(k => _entries[k])
            .OrderByDescending(entry => entry.Uses)
            .ThenBy(entry => entry.Form, StringComparer.Ordinal)
            .Take(most)
            .Select(entry => new TagSuggestion(entry.Spelling, entry.Uses))];
    }

    /// <summary>What variants of one tag have in common.</summary>
    private static string Loose(string folded)
    {
        string bare = TagFold.Bare(folded);
        return bare.Length >= ShortestPlural && bare.EndsWith('s') && !bare.EndsWith("ss", StringComparison.Ordinal) ? bare[..^1] : bare;
    }

    private sealed class Entry
    {
        private readonly Dictionary<string, int> _forms = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (string Form, int Uses)> _spellings = new(StringComparer.Ordinal);

        public int Uses { get; private set; }

        /// <summary>The commonest folded form; of equals the shortest, then by spelling.</summary>
        public string Form => _forms.OrderByDescending(form => form.Value).ThenBy(form => form.Key.Length).ThenBy(form => form.Key, StringComparer.Ordinal).First().Key;

        /// <summary>The commonest spelling of that form, as typed; of equals the first by code.</summary>
        public string Spelling
        {
            get
            {
                string form = Form;
                return _spellings.Where(spelling => string.Equals(spelling.Value.Form, form, StringComparison.Ordinal))
                    .OrderByDescending(spelling => spelling.Value.Uses)
                    .ThenBy(spelling => spelling.Key, StringComparer.Ordinal)
                    .First().Key;
            }
        }

        public void Count(string form, string typed)
        {
            Uses++;
            CollectionsMarshal.GetValueRefOrAddDefault(_forms, form, out _)++;
            // Others will read it: nothing that hides or turns text round gets through.
            string spelling = TagFold.Visible(typed);
            _spellings[spelling] = (form, _spellings.GetValueOrDefault(spelling).Uses + 1);
        }
    }
}
