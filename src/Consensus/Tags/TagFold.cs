using System.Globalization;
using System.Text;

namespace Trove.Consensus;

/// <summary>
/// Folds what people type into one spelling: Unicode NFKC with full case folding, outer whitespace trimmed, inner collapsed to
/// one space, invisible characters dropped. Two tags are the same tag when their folded forms are equal.
/// </summary>
/// <remarks>
/// The tables are our own (fold.txt, written by make-fold.py) because a process without ICU, as ours runs, returns
/// non-ASCII text from <see cref="string.Normalize()"/> unchanged, silently.
/// </remarks>
public static class TagFold
{
    /// <summary>Canonical combining classes: of vowel points, and of marks attached to or standing around a letter.</summary>
    private const int FirstPoint = 10, LastPoint = 35, FirstAccent = 200;

    private static readonly FoldTables Tables = FoldTables.Load();

    /// <summary>The one spelling of a tag; empty when nothing visible is left. Folding twice changes nothing.</summary>
    public static string Fold(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var runes = new List<int>(tag.Length);
        foreach (Rune rune in tag.EnumerateRunes())
        {
            if (Tables.Folds.TryGetValue(rune.Value, out int[]? folded))
            {
                runes.AddRange(folded);
            }
            else
            {
                runes.Add(rune.Value);
            }
        }

        runes.RemoveAll(IsInvisible);
        Reorder(runes);
        return Collapse(Compose(runes));
    }

    /// <summary>A tag as typed, but for invisible characters and superfluous space.</summary>
    internal static string Visible(string tag) => Collapse([.. tag.EnumerateRunes().Select(rune => rune.Value).Where(rune => !IsInvisible(rune))]);

    /// <summary>
    /// A folded tag without the marks that many people leave out: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and
    /// Arabic. Marks that make another letter (of kana and the scripts of India) stay.
    /// </summary>
    internal static string Bare(string folded)
    {
        var runes = new List<int>(folded.Length);
        foreach (Rune rune in folded.EnumerateRunes())
        {
            Tables.Decompose(rune.Value, runes);
        }

        return Collapse(Compose([.. runes.Where(rune => Tables.ClassOf(rune) is not ((>= FirstPoint and <= LastPoint) or >= FirstAccent))]));
    }

    /// <summary>Format characters say nothing to the eye, but for the two joiners, which some scripts and emoji need.</summary>
    private static bool IsInvisible(int rune) =>
        rune is not (0x200C or 0x200D) && Rune.GetUnicodeCategory(new Rune(rune)) == UnicodeCategory.Format;

    /// <summary>Canonical order: each run of combining marks sorted by class, marks of one class in the order typed.</summary>
    private static void Reorder(List<int> runes)
    {
        for (int start = 0; start < runes.Count; start++)
        {
            int end = start;
            while (end < runes.Count && Tables.ClassOf(runes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int at = start;
                foreach (int rune in runes.GetRange(start, end - start).OrderBy(Tables.ClassOf))
                {
                    runes[at++] = rune;
                }
            }

            start = end;
        }
    }

    /// <summary>Canonical composition: a mark joins the last starter unless one of its own class or higher stands between.</summary>
    private static List<int> Compose(List<int> runes)
    {
        var composed = new List<int>(runes.Count);
        int starter = -1, lastClass = 0;
        foreach (int rune in runes)
        {
            int combining = Tables.ClassOf(rune);
            bool adjacent = starter == composed.Count - 1;
            if (starter >= 0 && (adjacent || (lastClass != 0 && lastClass < combining))
                && Tables.TryCompose(composed[starter], rune, out int joined))
            {
                composed[starter] = joined;
                continue;
            }

            if (combining == 0)
            {
                starter = composed.Count;
            }

            lastClass = combining;
            composed.Add(rune);
        }

        return composed;
    }

    private static string Collapse(List<int> runes)
    {
        var text = new StringBuilder(runes.Count);
        bool gap = false;
        foreach (var rune in runes.Select(r => new Rune(r)))
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                gap = text.Length > 0;
                continue;
            }

            if (gap)
            {
                text.Append(' ');
                gap = false;
            }

            text.Append(rune.ToString());
        }

        return text.ToString();
    }
}
