using System.Collections.Immutable;
using Trove.Contracts.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>
/// A full page of a contributor's ledger: entries <c>Number × Size</c> to <c>(Number + 1) × Size - 1</c>. Which entries it
/// has is fixed, so writing it again after a crash writes the same bytes.
/// </summary>
/// <param name="Number">From 0.</param>
/// <param name="Entries">Exactly <see cref="Size"/> entries, oldest first.</param>
internal sealed record LedgerPage(int Number, ImmutableArray<LedgerEntry> Entries) : IBinaryRecord<LedgerPage>
{
    public LedgerPage()
        : this(0, [])
    {
    }

    /// <summary>Entries of a page.</summary>
    public const int Size = 64;

    /// <inheritdoc/>
    public static string RecordKind => "ledger-page";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Name of the <paramref name="number"/>-th page's record.</summary>
    public static string Name(int number) => $"ledger-{number:D6}";

    /// <inheritdoc/>
    public void Write(ref RecordWriter w)
    {
        w.Count(Number);
        LedgerEntries.Write(ref w, (long)Number * Size, Entries);
    }

    /// <inheritdoc/>
    public static LedgerPage Read(ref RecordReader r, byte version)
    {
        var number = r.Count();
        return new LedgerPage(number, [.. LedgerEntries.Read(ref r, (long)number * Size)]);
    }
}
