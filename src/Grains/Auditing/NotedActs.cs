using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Grains.Records;

namespace Trove.Grains.Auditing;

/// <summary>How a run of entries is written: times by their difference from the one before, and what repeats itself (accounts, acts, targets) once.</summary>
internal static class NotedActs
{
    /// <summary>Writes entries, oldest first.</summary>
    public static void Write(ref RecordWriter w, IReadOnlyList<NotedAct> acts)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        long before = 0;
        w.Count(acts.Count);
        foreach (var (entry, arrived) in acts)
        {
            w.Text(entry.Id);
            w.Signed(entry.At.UtcTicks - before);
            w.Unsigned((ulong)(arrived.UtcTicks - entry.At.UtcTicks));
            Word(ref w, words, entry.By.Account);
            Word(ref w, words, entry.By.Key);
            Word(ref w, words, entry.By.From);
            Word(ref w, words, entry.Act);
            Word(ref w, words, entry.Target);
            Word(ref w, words, entry.Detail);
            before = entry.At.UtcTicks;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static List<NotedAct> Read(ref RecordReader r)
    {
        var words = new List<string>();
        var acts = new List<NotedAct>(r.CountOf(9));
        long ticks = 0;
        for (var left = acts.Capacity; left > 0; left--)
        {
            var id = r.Text();
            ticks += r.Signed();
            var arrived = ticks + (long)r.Unsigned();
            if (ticks < 0 || arrived < ticks || arrived > DateTimeOffset.MaxValue.UtcTicks)
            {
                throw r.Damaged("an act has no possible time");
            }

            var by = new Actor(Needed(ref r, words), Word(ref r, words), Word(ref r, words));
            var entry = new AuditEntry(id, new DateTimeOffset(ticks, TimeSpan.Zero), by, Needed(ref r, words), Needed(ref r, words), Word(ref r, words));
            acts.Add(new NotedAct(entry, new DateTimeOffset(arrived, TimeSpan.Zero)));
        }

        return acts;
    }

    // 0 is none, 1 the first word so far, and so on; one more than there are: a new one follows.
    private static void Word(ref RecordWriter w, Dictionary<string, int> words, string? word)
    {
        if (word is null)
        {
            w.Count(0);
        }
        else if (words.TryGetValue(word, out var known))
        {
            w.Count(known);
        }
        else
        {
            words.Add(word, words.Count + 1);
            w.Count(words.Count);
            w.Text(word);
        }
    }

    private static string? Word(ref RecordReader r, List<string> words)
    {
        var number = r.Count();
        if (number > words.Count + 1)
        {
            throw r.Damaged($"word {number} of {words.Count} is named");
        }

        if (number == words.Count + 1)
        {
            words.Add(r.Text());
        }

        return number == 0 ? null : words[number - 1];
    }

    private static string Needed(ref RecordReader r, List<string> words) => Word(ref r, words) ?? throw r.Damaged("a word is missing");
}
