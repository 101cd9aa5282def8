using System.Globalization;
using System.Text;

namespace Trove.Consensus;

/// <summary>The Unicode data of <see cref="TagFold"/>, read once from the embedded fold.txt.</summary>
internal sealed class FoldTables
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<(int First, int Second), int> _pairs = [];
    private readonly Dictionary<int, (int First, int Second)> _parts = [];

    /// <summary>A code point and what it decomposes and case folds to; absent when it stays.</summary>
    public Dictionary<int, int[]> Folds { get; } = [];

    /// <summary>Canonical combining class; 0 for a starter.</summary>
    public byte ClassOf(int rune) => rune < 0x300 ? (byte)0 : _classes.GetValueOrDefault(rune);

    /// <summary>The character that two compose to. Hangul by the arithmetic of the Unicode Standard, section 3.12.</summary>
    public bool TryCompose(int first, int second, out int joined)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels)
        {
            joined = HangulBase + ((first - LeadBase) * Vowels + (second - VowelBase)) * Tails;
            return true;
        }

        if (first - HangulBase is >= 0 and < Leads * Vowels * Tails && (first - HangulBase) % Tails == 0
            && second - TailBase is > 0 and < Tails)
        {
            joined = first + (second - TailBase);
            return true;
        }

        return _pairs.TryGetValue((first, second), out joined);
    }

    /// <summary>Adds the characters that a composed one is made of; Hangul stays whole, it carries no marks.</summary>
    public void Decompose(int rune, List<int> parts)
    {
        if (_parts.TryGetValue(rune, out (int First, int Second) pair))
        {
            Decompose(pair.First, parts);
            Decompose(pair.Second, parts);
        }
        else
        {
            parts.Add(rune);
        }
    }

    public static FoldTables Load()
    {
        using Stream stream = typeof(FoldTables).Assembly.GetManifestResourceStream("Trove.Consensus.fold.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var tables = new FoldTables();
        foreach ((string from, string to) in Section(reader))
        {
            tables.Folds.Add(Runes(from)[0], Runes(to));
        }

        foreach ((string combining, string marks) in Section(reader))
        {
            foreach (int mark in Runes(marks))
            {
                tables._classes.Add(mark, byte.Parse(combining, CultureInfo.InvariantCulture));
            }
        }

        foreach ((string joined, string pair) in Section(reader))
        {
            int[] parts = Runes(pair);
            tables._pairs.Add((parts[0], parts[1]), Runes(joined)[0]);
            tables._parts.Add(Runes(joined)[0], (parts[0], parts[1]));
        }

        return tables;
    }

    private static IEnumerable<(string Left, string Right)> Section(StreamReader reader)
    {
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            yield return (line[..tab], line[(tab + 1)..]);
        }
    }

    private static int[] Runes(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
}
