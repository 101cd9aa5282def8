using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Grains.Auditing;
using Trove.Grains.Records;
using Trove.Grains.Tests.Setup;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Auditing;

public sealed class AuditLogGrainTests
{
    private const int Seed = 20260701;

    [Fact]
    public async Task A_log_of_many_pages_is_read_slice_by_slice_from_the_newest()
    {
        await using var host = await GrainHost.Start(Seed);
        await AppendAll(host, 0, 500);

        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var slice = await Log(host).Search(new AuditQuery(Cursor: cursor, Limit: 70));
            ids.AddRange(slice.Entries.Select(entry => entry.Id));
            cursor = slice.Next;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 500).Reverse().Select(n => $"cats/{n}"), ids);
    }

    [Fact]
    public async Task A_search_reads_a_bounded_number_of_pages_and_says_where_to_go_on()
    {
        await using var host = await GrainHost.Start(Seed + 1, forgetful: false);
        await AppendAll(host, 0, 20 * AuditLogPage.Size);
        var reads = 0;
        host.Store.BeforeRead = _ =>
        {
            Interlocked.Increment(ref reads);
            return Task.CompletedTask;
        };

        var slice = await Log(host).Search(new AuditQuery(Account: "nobody"));

        Assert.Empty(slice.Entries);
        Assert.NotNull(slice.Next);
        Assert.Equal(16, reads);
        Assert.Null((await Log(host).Search(new AuditQuery(Account: "nobody", Cursor: slice.Next))).Next);
    }

    [Fact]
    public async Task An_entry_that_is_told_again_long_after_is_known()
    {
        await using var host = await GrainHost.Start(Seed + 2);
        await AppendAll(host, 0, 400);
        await using var next = await host.Restart(Seed + 3);

        await Log(next).Append([Sample.Entry(0), Sample.Entry(130), Sample.Entry(399), Sample.Entry(400)]);

        Assert.Equal(Enumerable.Range(0, 401).Select(n => $"cats/{n}"), (await All(next)).AsEnumerable().Reverse());
    }

    /// <summary>A sender that repeats everything not acknowledged, and a process that dies at each write in turn, before or after it is kept.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_write_a_process_dies_at_every_entry_stands_once(bool kept)
    {
        var host = await GrainHost.Start(Seed + 4);
        await AppendAll(host, 0, AuditLog.TailLimit - 8);
        for (var round = 0; round < 12; round++)
        {
            var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var left = round % 4;
            Task Die(StoreCall call)
            {
                if (Interlocked.Decrement(ref left) == -1)
                {
                    host.Store.Kill();
                    died.TrySetResult();
                }

                return Task.CompletedTask;
            }

            if (kept)
            {
                host.Store.AfterCommit = Die;
            }
            else
            {
                host.Store.BeforeCommit = Die;
            }

            var first = AuditLog.TailLimit - 8 + (round * 6);
            _ = OneByOne(host, first); // never answered
            await died.Task;
            host = await host.Restart(Seed + 5 + round);
            await OneByOne(host, first);
        }

        Assert.Equal(Enumerable.Range(0, AuditLog.TailLimit - 8 + 72).Select(n => $"cats/{n}"), (await All(host)).Order(ById));
        await host.DisposeAsync();

        static async Task OneByOne(GrainHost host, int first)
        {
            for (var n = first; n < first + 6; n++)
            {
                await AppendAll(host, n, 1);
            }
        }
    }

    [Fact]
    public async Task A_write_that_fails_is_repaired_by_telling_again()
    {
        await using var host = await GrainHost.Start(Seed + 20);
        host.Store.FailNextAfterCommit();
        await Assert.ThrowsAsync<CommitFailedException>(() => Log(host).Append([Sample.Entry(0)]));

        await Log(host).Append([Sample.Entry(0)]);

        Assert.Equal(["cats/0"], await All(host));
    }

    [Fact]
    public async Task The_log_of_an_account_is_deleted_with_its_pages_and_stays_empty()
    {
        await using var host = await GrainHost.Start(Seed + 21);
        var log = host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("ann"));
        await log.Append([.. Enumerable.Range(0, 300).Select(n => Sample.Entry(n))]);
        await log.Append([Sample.Entry(300)]);
        Assert.Contains(host.Store.Snapshot(), record => record.Key.Store == TroveStores.Bulk);

        Assert.Null((await log.Forget()).Problem);

        Assert.DoesNotContain(host.Store.Snapshot(), record => record.Key.Store == TroveStores.Bulk);
        await log.Append([Sample.Entry(301)]);
        Assert.Empty((await log.Search(new AuditQuery())).Entries);
        Assert.Null((await log.Forget()).Problem);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_deletion_that_a_crash_cut_off_is_finished_by_the_next(int removed)
    {
        var host = await GrainHost.Start(Seed + 22, forgetful: false);
        var log = host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("ann"));
        for (var n = 0; n < 5; n++)
        {
            await log.Append([.. Enumerable.Range(n * 60, 60).Select(i => Sample.Entry(i))]);
        }

        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.AfterCommit = _ =>
        {
            if (removed-- == 0)
            {
                host.Store.Kill();
                died.TrySetResult();
            }

            return Task.CompletedTask;
        };
        _ = log.Forget(); // never answered
        await died.Task;
        await using var next = await host.Restart(Seed + 23);
        log = next.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("ann"));
        Assert.Empty((await log.Search(new AuditQuery())).Entries);

        Assert.Null((await log.Forget()).Problem);

        Assert.DoesNotContain(next.Store.Snapshot(), record => record.Key.Store == TroveStores.Bulk);
    }

    [Fact]
    public async Task A_page_that_was_written_and_not_yet_cut_is_deleted_too()
    {
        var host = await GrainHost.Start(Seed + 25, forgetful: false);
        var log = host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("ann"));
        await log.Append([.. Enumerable.Range(0, AuditLog.TailLimit).Select(n => Sample.Entry(n))]);
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.AfterCommit = call =>
        {
            if (call.Store == TroveStores.Bulk)
            {
                host.Store.Kill();
                died.TrySetResult();
            }

            return Task.CompletedTask;
        };
        _ = log.Append([Sample.Entry(AuditLog.TailLimit)]); // never answered
        await died.Task;
        await using var next = await host.Restart(Seed + 26);

        Assert.Null((await next.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Account("ann")).Forget()).Problem);

        Assert.DoesNotContain(next.Store.Snapshot(), record => record.Key.Store == TroveStores.Bulk);
    }

    [Fact]
    public async Task The_log_of_a_month_is_not_deleted()
    {
        await using var host = await GrainHost.Start(Seed + 24);
        await AppendAll(host, 0, 1);

        Assert.Equal("log-kept", (await Log(host).Forget()).Problem?.Code);

        Assert.Single(await All(host));
    }

    private static readonly Comparer<string> ById = Comparer<string>.Create((a, b) => int.Parse(a[5..]).CompareTo(int.Parse(b[5..])));

    private static IAuditLogGrain Log(GrainHost host) => host.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Month(Sample.Now));

    private static async Task AppendAll(GrainHost host, int first, int count)
    {
        foreach (var some in Enumerable.Range(first, count).Chunk(40))
        {
            await Log(host).Append([.. some.Select(n => Sample.Entry(n))]);
        }
    }

    private static async Task<List<string>> All(GrainHost host)
    {
        var ids = new List<string>();
        var query = new AuditQuery(Limit: AuditSearch.MaxSlice);
        do
        {
            var slice = await Log(host).Search(query);
            ids.AddRange(slice.Entries.Select(entry => entry.Id));
            query = query with { Cursor = slice.Next };
        }
        while (query.Cursor is not null);

        return ids;
    }
}
