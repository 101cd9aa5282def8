using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>How a run of ledger entries is written: each by its difference from the one before, with projects named once; about a dozen bytes an entry.</summary>
internal static class LedgerEntries
{
    /// <summary>Writes entries whose sequence numbers go up by one from <paramref name="first"/>.</summary>
    public static void Write(ref RecordWriter w, long first, IReadOnlyList<LedgerEntry> entries)
    {
        var encoder = new Encoder();
        w.Count(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(entries[i].Sequence, first + i, nameof(entries));
            encoder.Write(ref w, entries[i]);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static List<LedgerEntry> Read(ref RecordReader r, long first)
    {
        var places = new List<(string Project, string Kind)>();
        var count = r.CountOf(6);
        var entries = new List<LedgerEntry>(count);
        long assignment = 0;
        long ticks = 0;
        for (var i = 0; i < count; i++)
        {
            var place = r.Count();
            if (place > places.Count)
            {
                throw r.Damaged($"entry {i} names place {place} of {places.Count}");
            }

            if (place == places.Count)
            {
                places.Add((r.Text(), r.Text()));
            }

            var task = new TaskId(places[place].Project, places[place].Kind, r.Count());
            assignment += r.Signed();
            ticks += r.Signed();
            if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            {
                throw r.Damaged($"entry {i} has no possible time");
            }

            entries.Add(new LedgerEntry(
                first + i, new DateTimeOffset(ticks, TimeSpan.Zero), task, assignment, r.Count(), r.Enum<VerdictKind>(), r.Signed()));
        }

        return entries;
    }

    /// <summary>Writes one entry after the other; each is written knowing those before it.</summary>
    public sealed class Encoder
    {
        private readonly Dictionary<(string Project, string Kind), int> _places = [];
        private long _assignment;
        private long _ticks;

        public void Write(ref RecordWriter w, LedgerEntry entry)
        {
            var place = (entry.Task.Project, entry.Task.Kind);
            if (_places.TryGetValue(place, out var known))
            {
                w.Count(known);
            }
            else
            {
                w.Count(_places.Count); // one more than any so far: its names follow
                _places.Add(place, _places.Count);
                w.Text(place.Project);
                w.Text(place.Kind);
            }

            w.Count(entry.Task.Number);
            w.Signed(entry.Assignment - _assignment);
            w.Signed(entry.At.UtcTicks - _ticks);
            w.Count(entry.Revision);
            w.Enum(entry.Kind);
            w.Signed(entry.AmountMinor);
            _assignment = entry.Assignment;
            _ticks = entry.At.UtcTicks;
        }
    }
}
