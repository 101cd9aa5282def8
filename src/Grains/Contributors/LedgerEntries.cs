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
        var places = new Dictionary<(string Project, string Kind), int>();
        w.Count(entries.Count);
        long assignment = 0;
        long ticks = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            ArgumentOutOfRangeException.ThrowIfNotEqual(entry.Sequence, first + i, nameof(entries));
            var place = (entry.Task.Project, entry.Task.Kind);
            if (places.TryGetValue(place, out var known))
            {
                w.Count(known);
            }
            else
            {
                w.Count(places.Count); // one more than any so far: its names follow
                places.Add(place, places.Count);
                w.Text(place.Project);
                w.Text(place.Kind);
            }

            w.Count(entry.Task.Number);
            w.Signed(entry.Assignment - assignment);
            w.Signed(entry.At.UtcTicks - ticks);
            w.Count(entry.Revision);
            w.Enum(entry.Kind);
            w.Signed(entry.AmountMinor);
            assignment = entry.Assignment;
            ticks = entry.At.UtcTicks;
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
}
