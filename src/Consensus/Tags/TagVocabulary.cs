using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>
/// The tags in use, so that people who mean the same type the same. Tags are counted by their folded form (<see cref="TagFold"/>);
/// forms that differ only in accents or in an s at the end, both in use, are one entry, which goes by the one that was given, or by
/// the commonest.
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
    private TagSuggestions? _suggestions;

    /// <summary>Counts one use of a tag, as typed. What folds to nothing is not counted.</summary>
    public void Add(string tag)
    {
        string folded = TagFold.Fold(tag);
        EntryOf(folded)?.Count(folded, tag);
    }

    /// <summary>Takes in a tag that counts as used by nobody, whose spelling its entry goes by, whatever people type. Of variants the first holds.</summary>
    public void Give(string tag)
    {
        string folded = TagFold.Fold(tag);
        EntryOf(folded)?.Give(folded, tag);
    }

    /// <summary>The folded form that a tag's entry goes by; the tag's own folded form when nobody used it.</summary>
    public string Canonical(string tag)
    {
        string folded = TagFold.Fold(tag);
        return _entries.TryGetValue(Loose(folded), out Entry? entry) ? entry.Form : folded;
    }

    /// <summary>What somebody may be about to type: most used first, then by spelling. See <see cref="ToSuggestions"/>.</summary>
    /// <param name="typed">The beginning of a tag, in any case, with accents or without. Empty for the most used of all.</param>
    /// <param name="most">Suggestions wanted.</param>
    public ImmutableArray<TagSuggestion> Suggest(string typed, int most) => ToSuggestions().Suggest(typed, most);

    /// <summary>The tags as they are now, for many questions and many threads. Takes n log n for n tags, unless nothing was added since.</summary>
    public TagSuggestions ToSuggestions() => _suggestions ??=
        new TagSuggestions(_entries.Select(entry => (entry.Key, entry.Value.Form, new TagSuggestion(entry.Value.Spelling, entry.Value.Uses))));

    /// <summary>A word without the s at its end that may be a plural.</summary>
    internal static string WithoutPlural(string bare) =>
        bare.Length >= ShortestPlural && bare.EndsWith('s') && !bare.EndsWith("ss", StringComparison.Ordinal) ? bare[..^1] : bare;

    /// <summary>What variants of one tag have in common.</summary>
    private static string Loose(string folded) => WithoutPlural(TagFold.Bare(folded));

    private Entry? EntryOf(string folded)
    {
        if (folded.Length == 0)
        {
            return null;
        }

        _suggestions = null;
        return CollectionsMarshal.GetValueRefOrAddDefault(_entries, Loose(folded), out _) ??= new Entry();
    }

    private sealed class Entry
    {
        private readonly Dictionary<string, int> _forms = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (string Form, int Uses)> _spellings = new(StringComparer.Ordinal);

        private (string Form, string Spelling)? _given;

        public int Uses { get; private set; }

        /// <summary>The form that was given, or the commonest; of equals the shortest, then by spelling.</summary>
        public string Form => _given?.Form ?? _forms.OrderByDescending(form => form.Value).ThenBy(form => form.Key.Length).ThenBy(form => form.Key, StringComparer.Ordinal).First().Key;

        /// <summary>The spelling that was given, or the commonest of that form, as typed; of equals the first by code.</summary>
        public string Spelling
        {
            get
            {
                if (_given is { } given)
                {
                    return given.Spelling;
                }

                string form = Form;
                return _spellings.Where(spelling => string.Equals(spelling.Value.Form, form, StringComparison.Ordinal))
                    .OrderByDescending(spelling => spelling.Value.Uses)
                    .ThenBy(spelling => spelling.Key, StringComparer.Ordinal)
                    .First().Key;
            }
        }

        public void Give(string form, string typed) => _given ??= (form, TagFold.Visible(typed));

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
