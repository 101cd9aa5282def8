using Trove.Contracts.Auditing;
using Trove.Grains.Auditing;
using Trove.Grains.Records;
using Trove.Grains.Tests.Records;

namespace Trove.Grains.Tests.Auditing;

public sealed class AuditLogTests
{
    private static readonly RecordSerializer Serializer = new();

    [Fact]
    public void An_entry_is_kept_once()
    {
        var log = new AuditLog(new AuditLogRecord());

        Assert.True(log.Add(Sample.Entry(1), Sample.Now));
        Assert.False(log.Add(Sample.Entry(1), Sample.Now.AddHours(1)));

        Assert.Equal(Sample.Entry(1), Assert.Single(log.Tail).Entry);
    }

    [Fact]
    public void Entries_arrive_in_order_and_not_before_they_were_done_whatever_clocks_say()
    {
        var log = new AuditLog(new AuditLogRecord());
        log.Add(Sample.Entry(100), Sample.Now); // done in the future of this clock
        log.Add(Sample.Entry(1), Sample.Now.AddDays(-1)); // which then goes back

        Assert.All(log.Tail, act => Assert.True(act.Arrived >= act.Entry.At));
        Assert.True(log.Tail[0].Arrived <= log.Tail[1].Arrived);
    }

    [Fact]
    public void Of_an_entry_that_came_while_ids_were_remembered_no_page_is_asked()
    {
        var log = Filled(AuditLog.TailLimit);
        log.Cut(log.PageDue!);
        Assert.False(log.MayStandOnPage(Sample.Entry(0)));

        var next = new AuditLog(log.ToRecord()); // remembers the tail only
        Assert.True(next.MayStandOnPage(Sample.Entry(0)));
        Assert.False(next.MayStandOnPage(Sample.Entry(AuditLogPage.Size)));
        Assert.False(next.MayStandOnPage(Sample.Entry(10_000)));
    }

    [Fact]
    public void A_log_that_forgets_ids_asks_its_pages_again()
    {
        var log = new AuditLog(new AuditLogRecord());
        for (var n = 0; n <= AuditLog.Remembered; n++)
        {
            log.Add(Sample.Entry(n), Sample.Entry(n).At);
            if (log.PageDue is { } page)
            {
                log.Cut(page);
            }
        }

        Assert.True(log.MayStandOnPage(Sample.Entry(0)));
        Assert.False(log.MayStandOnPage(Sample.Entry(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_random_history_with_crashes_keeps_every_acknowledged_entry_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var pages = new SortedDictionary<int, AuditLogPage>();
        var stored = new AuditLogRecord();
        var log = new AuditLog(stored);
        var expected = new List<string>();
        var unwritten = new List<string>();
        for (var step = 0; step < 2_000; step++)
        {
            switch (random.Next(8))
            {
                case < 5:
                    var entry = Sample.Entry(random.Next(600));
                    var standsOnPage = log.MayStandOnPage(entry) && pages.Values.Take(log.Pages).Any(page => page.Acts.Any(act => act.Entry == entry));
                    if (!standsOnPage && log.Add(entry, Sample.Now.AddSeconds(step)))
                    {
                        unwritten.Add(entry.Id);
                    }

                    break;
                case < 7:
                    if (log.PageDue is { } due && unwritten.Count <= log.Tail.Count - AuditLogPage.Size)
                    {
                        Assert.True(pages.TryAdd(due.Number, due) || pages[due.Number].Acts.SequenceEqual(due.Acts));
                        if (random.Next(2) == 0)
                        {
                            goto default; // a crash between page and record
                        }

                        log.Cut(due);
                    }

                    stored = Serializer.Deserialize<AuditLogRecord>(Serializer.Serialize(log.ToRecord()));
                    expected.AddRange(unwritten);
                    unwritten.Clear();
                    break;
                default:
                    log = new AuditLog(stored);
                    unwritten.Clear();
                    break;
            }
        }

        log = new AuditLog(stored);
        var kept = pages.Values.Take(log.Pages).SelectMany(page => page.Acts).Concat(log.Tail).Select(act => act.Entry.Id).ToList();
        Assert.Equal(expected, kept);
        Assert.Equal(kept.Count, kept.Distinct(StringComparer.Ordinal).Count());
        Assert.True(log.Pages > 3, $"The history was too short: {log.Pages} pages.");
    }

    [Fact]
    public void A_search_finds_what_matches_newest_first()
    {
        var log = Filled(100);
        Assert.Equal(["cats/99", "cats/98"], Ids(log, new AuditQuery(Limit: 2)));
        Assert.Equal(["cats/97", "cats/96"], Ids(log, new AuditQuery(Limit: 2, Cursor: "98")));
        Assert.Equal(["cats/11", "cats/10"], Ids(log, new AuditQuery(Since: Sample.Now.AddSeconds(10), Until: Sample.Now.AddSeconds(12))));
        Assert.Empty(Ids(log, new AuditQuery(Account: "bob")));
        Assert.Empty(Ids(log, new AuditQuery(Act: "project")));
        Assert.Equal(50, Ids(log, new AuditQuery(Act: "project.")).Length);
        Assert.Equal(50, Ids(log, new AuditQuery(Act: "project.created")).Length);
        Assert.Empty(Ids(log, new AuditQuery(Target: "project/dogs")));
        Assert.Empty(Ids(log, new AuditQuery(Cursor: "0")));
    }

    [Fact]
    public void A_forgotten_log_keeps_nothing_any_more()
    {
        var log = Filled(10);
        log.Forget();

        Assert.False(log.Add(Sample.Entry(11), Sample.Now));
        Assert.False(new AuditLog(log.ToRecord()).Add(Sample.Entry(12), Sample.Now));
        Assert.Empty(log.ToRecord().Tail);
    }

    [Fact]
    public void An_act_goes_to_its_month_and_to_the_accounts_that_it_concerns()
    {
        Assert.Equal<string>(["all/2026-06", "account/ann"], AuditLogs.Of(Sample.Entry(0)));
        Assert.Equal<string>(["all/2026-06", "account/ann"], AuditLogs.Of(Sample.Entry(0, target: "account/ann")));
        Assert.Equal<string>(["all/2026-06", "account/ann", "account/bob"], AuditLogs.Of(Sample.Entry(0, target: "account/bob")));
        Assert.Equal<string>(["all/2026-06", "account/bob"], AuditLogs.Of(Sample.Entry(0, account: "system", target: "account/bob")));
    }

    [Fact]
    public void A_log_is_written_as_in_the_first_release() =>
        Golden.Matches(Filled(3).ToRecord() with { Pages = 7, CutAt = Sample.Now.AddMinutes(-1), Forgotten = true });

    [Fact]
    public void A_page_is_written_as_in_the_first_release() => Golden.Matches(Filled(AuditLog.TailLimit).PageDue!);

    private static AuditLog Filled(int count)
    {
        var log = new AuditLog(new AuditLogRecord());
        for (var n = 0; n < count; n++)
        {
            log.Add(Sample.Entry(n), Sample.Entry(n).At.AddMilliseconds(250));
        }

        return log;
    }

    private static string[] Ids(AuditLog log, AuditQuery query)
    {
        var search = new AuditSearch(query, log.Count);
        search.Look(0, log.Tail);
        return [.. search.Slice.Entries.Select(entry => entry.Id)];
    }
}
