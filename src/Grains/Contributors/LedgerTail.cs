using Trove.Contracts.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>
/// The latest ledger entries, with the bytes they are written as. Every settlement writes all of them, so each is put into bytes once, when it
/// comes, and not each time.
/// </summary>
internal sealed class LedgerTail
{
    private readonly List<LedgerEntry> _entries = [];
    private LedgerEntries.Encoder _encoder = new();
    private byte[] _bytes = [];
    private int _length;

    public LedgerTail(IEnumerable<LedgerEntry> entries)
    {
        foreach (var entry in entries)
        {
            Add(entry);
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LedgerEntry> Entries => _entries;

    public void Add(LedgerEntry entry)
    {
        _entries.Add(entry);
        var w = new RecordWriter(128);
        try
        {
            _encoder.Write(ref w, entry);
            if (_bytes.Length - _length < w.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_length + w.Length, 2 * _bytes.Length));
            }

            w.Written.CopyTo(_bytes.AsSpan(_length));
            _length += w.Length;
        }
        finally
        {
            w.Dispose();
        }
    }

    /// <summary>Drops the oldest. What is left is put into bytes again, since its first entry has none before it now.</summary>
    public void Cut(int count)
    {
        var left = _entries.GetRange(count, _entries.Count - count);
        _entries.Clear();
        (_encoder, _length) = (new LedgerEntries.Encoder(), 0);
        left.ForEach(Add);
    }

    /// <summary>Writes the same bytes as <see cref="LedgerEntries.Write"/>.</summary>
    public void Write(ref RecordWriter w)
    {
        w.Count(_entries.Count);
        w.Raw(_bytes.AsSpan(0, _length));
    }
}
