using System.Runtime.InteropServices;
using System.Text;

namespace Trove.Consensus;

/// <summary>
/// How alike two texts are, without knowing their language: the F-score of shared runs of 1 to 6 characters, averaged over the
/// lengths (chrF, Popović 2015, here with precision and recall weighing the same, so that it is symmetric). Texts are folded as
/// tags are, and spaces do not count.
/// </summary>
public sealed class TextLikeness
{
    /// <summary>Longest run of characters that is compared.</summary>
    public const int Longest = 6;

    /// <summary>Characters of a text that are read; a caption is far shorter, and nobody is to stop the crowd with a novel.</summary>
    public const int MostCharacters = 2000;

    private readonly Dictionary<UInt128, int>[] _runs;
    private readonly int _length;

    /// <param name="text">As typed.</param>
    public TextLikeness(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Folding may lengthen or shorten; the cut before it bounds the work, a wide one so that it does not bite first.
        Folded = TagFold.Fold(text.Length > 4 * MostCharacters ? text[..(4 * MostCharacters)] : text);
        int[] characters = [.. Folded.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.Value).Take(MostCharacters)];
        _length = characters.Length;
        _runs = new Dictionary<UInt128, int>[Longest];
        for (int n = 1; n <= Longest; n++)
        {
            _runs[n - 1] = Runs(characters, n);
        }
    }

    /// <summary>The text in its one spelling.</summary>
    public string Folded { get; }

    /// <summary>Likeness of two texts, 0..1: one for texts that fold to the same, zero for texts without a character in common.</summary>
    public double To(TextLikeness other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (string.Equals(Folded, other.Folded, StringComparison.Ordinal))
        {
            return 1;
        }

        double sum = 0;
        int lengths = Math.Min(Longest, Math.Max(_length, other._length));
        for (int n = 1; n <= lengths; n++)
        {
            int all = Math.Max(0, _length - n + 1) + Math.Max(0, other._length - n + 1);
            sum += all == 0 ? 0 : 2.0 * Shared(_runs[n - 1], other._runs[n - 1]) / all;
        }

        return lengths == 0 ? 0 : sum / lengths;
    }

    private static int Shared(Dictionary<UInt128, int> one, Dictionary<UInt128, int> other)
    {
        (one, other) = one.Count <= other.Count ? (one, other) : (other, one);
        int shared = 0;
        foreach ((UInt128 run, int count) in one)
        {
            shared += Math.Min(count, other.GetValueOrDefault(run));
        }

        return shared;
    }

    /// <summary>Every run of n characters and how often; six characters of 21 bits each make one number, so nothing can collide.</summary>
    private static Dictionary<UInt128, int> Runs(int[] characters, int n)
    {
        var runs = new Dictionary<UInt128, int>();
        UInt128 run = 0, mask = (UInt128.One << (21 * n)) - 1;
        for (int i = 0; i < characters.Length; i++)
        {
            run = ((run << 21) | (UInt128)(uint)characters[i]) & mask;
            if (i >= n - 1)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(runs, run, out _)++;
            }
        }

        return runs;
    }
}
