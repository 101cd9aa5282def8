using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Contributors;

public sealed class WalletTests
{
    private static readonly RecordSerializer Serializer = new();
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ContributorHot _hot = new();

    public WalletTests() => _hot.Numbers.Open(_hot.Numbers.Reserve());

    private Wallet Wallet => _hot.Wallet;

    [Fact]
    public void A_verdict_is_settled_once()
    {
        Assert.Equal(SettleOutcome.Settled, Settle(Earned(3, 15)));
        Assert.Equal(SettleOutcome.Duplicate, Settle(Earned(3, 15)));

        Assert.Equal((1, 15), (Wallet.Earned, Wallet.EarnedMinor));
        Assert.Equal(new LedgerEntry(0, Now, Task(3), 3, 0, VerdictKind.Earned, 15), Assert.Single(Wallet.Tail));
    }

    [Fact]
    public void Later_revisions_are_settled_only_as_exactly_the_next()
    {
        var taken = Reversed(3, 1, -15);
        Assert.Equal(SettleOutcome.OutOfOrder, Settle(taken));

        Settle(Earned(3, 15));
        Assert.Equal(SettleOutcome.OutOfOrder, Settle(Earned(3, 15) with { Revision = 2 }));
        Assert.Equal(SettleOutcome.Settled, Settle(taken));
        Assert.Equal(SettleOutcome.Duplicate, Settle(taken));
        Assert.Equal(SettleOutcome.Duplicate, Settle(Earned(3, 15)));
        Assert.Equal((0, 0), (Wallet.Earned, Wallet.EarnedMinor));

        Assert.Equal(SettleOutcome.Settled, Settle(Earned(3, 15) with { Revision = 2 }));
        Assert.Equal((1, 15), (Wallet.Earned, Wallet.EarnedMinor));
    }

    [Fact]
    public void A_number_known_with_another_task_goes_to_suspense()
    {
        Settle(Earned(3, 15));

        Assert.Equal(SettleOutcome.Suspense, Settle(Earned(3, 15) with { Task = Task(99) }, out var reason));

        Assert.Contains("cats/label/3", reason, StringComparison.Ordinal);
        Assert.Equal(15, Wallet.EarnedMinor);
        Assert.Equal(99, Assert.Single(Wallet.Suspense).Verdict.Task.Number);
    }

    [Fact]
    public void A_verdict_that_says_another_amount_than_before_goes_to_suspense()
    {
        Settle(Earned(3, 15));

        Assert.Equal(SettleOutcome.Suspense, Settle(Earned(3, 20)));
        Assert.Equal(15, Wallet.EarnedMinor);
    }

    [Fact]
    public void A_number_never_given_out_goes_to_suspense_once()
    {
        var stray = Earned(AssignmentNumbers.Block, 15);

        Assert.Equal(SettleOutcome.Suspense, Settle(stray));
        Assert.Equal(SettleOutcome.Suspense, Settle(stray));

        Assert.Single(Wallet.Suspense);
        Assert.Equal(0, Wallet.EarnedMinor);
    }

    [Fact]
    public void Suspense_is_bounded_and_counts_what_found_no_room()
    {
        for (var i = 0; i < Wallet.SuspenseLimit + 5; i++)
        {
            Settle(Earned(AssignmentNumbers.Block + i, 1));
        }

        Assert.Equal(Wallet.SuspenseLimit, Wallet.Suspense.Count);
        Assert.Equal(5, Wallet.SuspenseOverflow);
    }

    [Fact]
    public void A_kill_fee_counts_as_earned_and_zero_moves_nothing()
    {
        Settle(Earned(1, 7) with { Kind = VerdictKind.KillFee });
        Settle(Earned(2, 0));

        Assert.Equal((2, 7), (Wallet.Earned, Wallet.EarnedMinor));
        Assert.Equal(2, Wallet.Tail.Count);
    }

    [Fact]
    public void A_page_stays_the_same_until_it_is_cut_however_many_verdicts_come()
    {
        for (var i = 0; i < Wallet.TailLimit; i++)
        {
            Assert.Null(Wallet.PageDue);
            Settle(Earned(i, 1));
        }

        var page = Wallet.PageDue!;
        Settle(Earned(Wallet.TailLimit, 1));
        Assert.Equal(Serializer.Serialize(page), Serializer.Serialize(Wallet.PageDue));
        Assert.Equal(Enumerable.Range(0, LedgerPage.Size).Select(n => (long)n), page.Entries.Select(entry => entry.Sequence));

        Wallet.Cut(page);
        Wallet.Cut(page);
        Assert.Equal(LedgerPage.Size, Wallet.Tail[0].Sequence);
        Assert.Equal(Wallet.TailLimit + 1, Wallet.Settled);
        Assert.Null(Wallet.PageDue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_verdict_is_settled_exactly_once_through_repetition_disorder_and_crashes(int seed)
    {
        var random = new Random(seed);
        var hot = new ContributorHot();
        var disk = Serializer.Serialize(hot);
        var pages = new SortedDictionary<int, byte[]>();
        var toSettle = new List<Verdict>();                             // what tasks still have in their outboxes
        var all = new List<Verdict>();
        var sinceCommit = new List<Verdict>();                          // settled in memory, not acknowledged yet
        for (var step = 0; step < 6_000 || toSettle.Count > 0; step++)
        {
            var choice = random.Next(100);
            if (choice < 30 && step < 6_000)
            {
                if (!hot.Numbers.TryTake(out var number))
                {
                    var mark = hot.Numbers.Reserve();
                    Commit();
                    hot.Numbers.Open(mark);
                }
                else if (random.Next(5) == 0)
                {
                    hot.Numbers.Void(number);
                }
                else
                {
                    AddHistory(number);
                }
            }
            else if (choice < 90 && toSettle.Count > 0)
            {
                var verdict = toSettle[random.Next(toSettle.Count)];
                var outcome = hot.Wallet.Settle(verdict, Now, out _);
                Assert.NotEqual(SettleOutcome.Suspense, outcome);
                if (outcome != SettleOutcome.OutOfOrder)
                {
                    sinceCommit.Add(verdict);
                }
            }
            else if (choice < 97)
            {
                if (hot.Wallet.PageDue is { } page)
                {
                    var bytes = Serializer.Serialize(page);
                    if (pages.TryGetValue(page.Number, out var before))
                    {
                        Assert.Equal(before, bytes);
                    }

                    pages[page.Number] = bytes;
                    if (random.Next(2) == 0)
                    {
                        hot = Serializer.Deserialize<ContributorHot>(disk); // a crash between the page and the cut
                        sinceCommit.Clear();
                        continue;
                    }

                    hot.Wallet.Cut(page);
                }

                Commit();
            }
            else
            {
                hot = Serializer.Deserialize<ContributorHot>(disk);
                sinceCommit.Clear();
            }
        }

        var ledger = pages.Values.SelectMany(bytes => Serializer.Deserialize<LedgerPage>(bytes).Entries).Concat(hot.Wallet.Tail).DistinctBy(entry => entry.Sequence).ToList();
        Assert.True(all.Count > 1_000, $"seed {seed}: only {all.Count} verdicts");
        Assert.Equal(Enumerable.Range(0, all.Count).Select(n => (long)n), ledger.Select(entry => entry.Sequence));
        Assert.Equal(
            all.Select(verdict => (verdict.Assignment, verdict.Revision, verdict.Task)).Order(Comparer<(long, int, TaskId)>.Create((a, b) => (a.Item1, a.Item2).CompareTo((b.Item1, b.Item2)))),
            ledger.Select(entry => (entry.Assignment, entry.Revision, entry.Task)).Order(Comparer<(long, int, TaskId)>.Create((a, b) => (a.Item1, a.Item2).CompareTo((b.Item1, b.Item2)))));
        Assert.Equal(all.Sum(verdict => verdict.AmountMinor), hot.Wallet.EarnedMinor);

        void Commit()
        {
            disk = Serializer.Serialize(hot);
            foreach (var verdict in sinceCommit.Where(_ => random.Next(4) > 0)) // some acknowledgements are lost
            {
                toSettle.Remove(verdict);
            }

            sinceCommit.Clear();
        }

        void AddHistory(long number)
        {
            Add(Earned(number, random.Next(3) * 10));
            if (random.Next(20) == 0)
            {
                Add(Reversed(number, 1, -all[^1].AmountMinor));
                Add(Earned(number, random.Next(100)) with { Revision = 2 });
            }
        }

        void Add(Verdict verdict)
        {
            all.Add(verdict);
            toSettle.Add(verdict);
        }
    }

    [Fact]
    public void The_record_of_a_busy_contributor_is_a_few_kilobytes()
    {
        var hot = new ContributorHot();
        for (var i = 0; i < 100_000; i++)
        {
            if (!hot.Numbers.TryTake(out var number))
            {
                hot.Numbers.Open(hot.Numbers.Reserve());
                hot.Numbers.TryTake(out number);
            }

            var verdict = Earned(number, 15) with { Task = Task(i * 7), Right = 0.9, Label = (LabelKind)(i % 4), Classes = 1 + (i % 200) };
            Assert.Equal(SettleOutcome.Settled, hot.Wallet.Settle(verdict, Now.AddSeconds(i), out _));
            hot.Reputation.Observe(verdict);
            if (hot.Wallet.PageDue is { } page)
            {
                Assert.InRange(Serializer.Serialize(page).Length, 64, 2_048);
                hot.Wallet.Cut(page);
            }
        }

        Assert.InRange(Serializer.Serialize(hot).Length, 100, 4_096);
    }

    [Fact]
    public void Reputation_learns_apart_for_each_skill_and_survives_its_record()
    {
        var stranger = new Reputation();
        var taught = _hot.Reputation;
        for (var i = 0; i < 20; i++)
        {
            taught.Observe(Earned(i, 0) with { Label = LabelKind.SingleChoice, Classes = 10, Right = 0.99 });
        }

        Assert.True(taught.Of(LabelKind.SingleChoice, 10).Mean > stranger.Of(LabelKind.SingleChoice, 10).Mean + 0.2);
        Assert.Equal(stranger.Of(LabelKind.YesNo, 2), taught.Of(LabelKind.YesNo, 2));
        Assert.True(taught.Score > stranger.Score);

        var reloaded = Serializer.Deserialize<ContributorHot>(Serializer.Serialize(_hot)).Reputation;
        Assert.Equal(taught.Of(LabelKind.SingleChoice, 10), reloaded.Of(LabelKind.SingleChoice, 10));
    }

    [Fact]
    public void Nothing_is_learned_from_a_verdict_that_does_not_say_who_was_right()
    {
        var before = _hot.Reputation.Of(LabelKind.YesNo, 2);

        _hot.Reputation.Observe(Earned(1, 0) with { Right = double.NaN });
        _hot.Reputation.Observe(Reversed(1, 1, 0) with { Right = 0 });
        _hot.Reputation.Observe(Earned(2, 0) with { Kind = VerdictKind.KillFee, Right = 1 });

        Assert.Equal(before, _hot.Reputation.Of(LabelKind.YesNo, 2));
    }

    private static TaskId Task(int number) => new("cats", TaskKinds.Label, number);

    private static Verdict Earned(long assignment, long amount) =>
        new("ann", assignment, 0, Task((int)assignment), VerdictKind.Earned, amount, LabelKind.YesNo, 2, 0.9);

    private static Verdict Reversed(long assignment, int revision, long amount) =>
        Earned(assignment, amount) with { Revision = revision, Kind = VerdictKind.Reversed };

    private SettleOutcome Settle(Verdict verdict) => Settle(verdict, out _);

    private SettleOutcome Settle(Verdict verdict, out string? reason) => Wallet.Settle(verdict, Now, out reason);
}
