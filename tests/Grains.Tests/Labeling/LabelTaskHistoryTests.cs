using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Xunit.Abstractions;
using static Trove.Grains.Tests.Labeling.TaskOnTheBench;

namespace Trove.Grains.Tests.Labeling;

/// <summary>Random histories of a task with crashes, beside a naive account of what must hold.</summary>
public sealed class LabelTaskHistoryTests(ITestOutputHelper output)
{
    private const int Histories = 3000;
    private const int Steps = 60;

    [Fact]
    public void No_history_takes_an_answer_too_many_or_loses_one_that_was_acknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var retired = 0;
        var adopted = 0;
        var reopened = 0;
        for (var i = 0; i < Histories; i++)
        {
            var history = new History(unchecked(seed + i));
            history.Run(Steps);
            retired += history.IsRetired ? 1 : 0;
            adopted += history.Adopted;
            reopened += history.Reopened;
        }

        // A generator that never gets to what is tested tests nothing.
        Assert.True(retired > Histories / 4, $"{retired} retired");
        Assert.True(adopted > 100, $"{adopted} adopted");
        Assert.True(reopened > 30, $"{reopened} reopened");
    }

    private sealed class History(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<(string, long)> _acknowledged = [];
        private readonly List<(string Who, long Number)> _uncommitted = [];
        private readonly HashSet<(string, long)> _liveAtRetirement = [];
        private readonly HashSet<(string, long, VerdictKind, long)> _settled = [];
        private TaskOnTheBench _bench = null!;
        private long _number;
        private int _crashes;

        public bool IsRetired => _bench.Task.Outcome is not null;

        public int Adopted { get; private set; }

        public int Reopened { get; private set; }

        public void Run(int steps)
        {
            Redundancy[] rules = [Fixed(1), Fixed(3), Dynamic(2, 4), Dynamic(1, 3), new Redundancy(RedundancyKind.All, 1, 3)];
            _bench = new TaskOnTheBench(rules[_random.Next(rules.Length)], allowed: _random.Next(3) == 0 ? _random.Next(1, 6) : 0);
            for (var step = 0; step < steps; step++)
            {
                var before = _bench.Task.ToRecord();
                var live = LiveBefore();
                var what = Step(step);
                try
                {
                    Check(before, live);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Seed {seed}, step {step} ({what}): {e.Message}", e);
                }
            }
        }

        private string Step(int step)
        {
            var who = $"c{_random.Next(8)}";
            switch (_random.Next(20))
            {
                case < 6:
                    return $"lease {who} {_bench.Lease(who, ++_number, seconds: _random.Next(1, 200))}";
                case < 12 when _bench.Tokens.Count > 0:
                    var token = _bench.Tokens.ElementAt(_random.Next(_bench.Tokens.Count));
                    var status = _bench.Answer(token, _random.Next(2));
                    if (status == SubmitStatus.Accepted)
                    {
                        _uncommitted.Add((token.Contributor, token.Assignment));
                        Adopted += token.Incarnation <= _crashes ? 1 : 0;
                    }

                    if (_random.Next(4) > 0)
                    {
                        Commit();
                    }

                    return $"submit {token.Contributor}/{token.Assignment} {status}";
                case < 14 when _bench.Tokens.Count > 0:
                    var given = _bench.Tokens.ElementAt(_random.Next(_bench.Tokens.Count));
                    if (_bench.Release(given.Contributor, given.Assignment, (ReleaseCause)_random.Next(3)))
                    {
                        Commit();
                    }

                    return "release";
                case 14 when _bench.Tokens.Count > 0:
                    var renewed = _bench.Tokens.ElementAt(_random.Next(_bench.Tokens.Count));
                    _bench.Task.Renew(renewed.Contributor, renewed.Assignment, _bench.Now.AddSeconds(100));
                    return "renew";
                case 15:
                    _bench.Policy = _bench.Policy with { BriefVersion = _bench.Policy.BriefVersion + 1, PriceMinor = _random.Next(1, 50) };
                    return "brief";
                case 16 when _random.Next(6) == 0:
                    _bench.Task.Cancel(RetirementReason.Cancelled, _bench.Policy, _bench.Now);
                    return "cancel";
                case 17 or 19 when IsRetired && _bench.Task.Unspoken.Count == 0:
                    return Reconsider();
                case 17:
                    _bench.Task.EndRecalls(_bench.Now);
                    return "end recalls";
                case 18:
                    _bench.Crash();
                    _crashes++;
                    _uncommitted.Clear();
                    return "crash";
                default:
                    _bench.Wait(_random.Next(1, 60));
                    return "wait";
            }
        }

        /// <summary>A re-fit speaks of what the page was told, and so of what is durable and settled.</summary>
        private string Reconsider()
        {
            Commit();
            if (_random.Next(4) == 0)
            {
                return $"stays closed {_bench.Task.StaysClosed(_bench.Task.Revision)}";
            }

            var settled = _bench.Task.Verdicts().Select(Key).ToList();
            var answers = _bench.Task.ToRecord().Answers.Length;
            var isLate = _random.Next(4) == 0;
            var view = new Reconsideration(
                7, _bench.Task.Revision - (isLate ? 1 : 0), Choice(_random.Next(2)), 0.5 + (_random.NextDouble() / 2), [0.5, 0.5],
                [.. Enumerable.Repeat(0.9, answers)], "fit/1", Reopen: _random.Next(4) > 0);
            var changed = _bench.Task.Reconsider(view);
            Assert.False(changed && isLate);
            if (changed)
            {
                _settled.UnionWith(settled);
                Reopened += IsRetired ? 0 : 1;
            }

            if (_random.Next(4) > 0)
            {
                Commit();
            }

            return $"reconsider {changed}";
        }

        private static (string, long, VerdictKind, long) Key(Verdict verdict) => (verdict.Contributor, verdict.Assignment, verdict.Kind, verdict.AmountMinor);

        private void Commit()
        {
            _bench.Commit();
            _acknowledged.UnionWith(_uncommitted);
            _uncommitted.Clear();
        }

        private HashSet<(string, long)> LiveBefore() =>
            [.. _bench.Tokens.Where(t => _bench.Task.Renew(t.Contributor, t.Assignment, DateTimeOffset.MinValue)).Select(t => (t.Contributor, t.Assignment))];

        private void Check(LabelTaskRecord before, HashSet<(string, long)> live)
        {
            var record = _bench.Task.ToRecord();
            var truth = _bench.Truth;
            var maximum = _bench.Policy.Redundancy.Maximum;
            Assert.True(record.Answers.Length <= maximum, "more answers than the maximum");
            Assert.Equal(record.Answers.Length, record.Answers.Select(a => a.Contributor).Distinct().Count());
            Assert.True(truth.Answers + truth.Live <= maximum, "more answers and leases than the maximum");
            Assert.True(record.Policy is null || record.Outcome is not null || record.Answers.Length < truth.Target, "open without a slot to wait for");
            Assert.True(_bench.Committed.Answers.Select(a => (a.Contributor, a.Assignment)).ToHashSet().IsSupersetOf(_acknowledged), "an acknowledged answer is lost");
            Assert.True(_bench.Task.Verdicts().Select(Key).ToHashSet().IsSupersetOf(_settled), "a settled verdict was taken back");
            Assert.Equal(_bench.Task.Verdicts().Count(), _bench.Task.Verdicts().Select(v => (v.Contributor, v.Assignment)).Distinct().Count());
            if (record.Outcome is null)
            {
                Assert.Equal(record.Settled, _bench.Task.Verdicts().Count(v => v.Kind == VerdictKind.Earned));
                return;
            }

            if (before.Outcome is null)
            {
                _liveAtRetirement.UnionWith(live);
            }
            else
            {
                Assert.Equal(before.Answers.Length, record.Answers.Length);
                Assert.True(record.Revision >= before.Revision || _bench.Committed.Revision == record.Revision, "the revision went back");
            }

            Assert.Equal(record.Outcome.Answers, record.Answers.Length);
            Assert.Equal(0, truth.Free);
            var verdicts = _bench.Task.Verdicts().ToList();
            Assert.Equal(verdicts.Count, verdicts.Select(v => (v.Contributor, v.Assignment)).Distinct().Count());
            Assert.Equal(
                record.Answers.Select(a => (a.Contributor, a.Assignment)),
                verdicts.Where(v => v.Kind == VerdictKind.Earned).Select(v => (v.Contributor, v.Assignment)));
            foreach (var verdict in verdicts)
            {
                // What the token says, whatever the brief says by now.
                var price = _bench.Token(verdict.Contributor, verdict.Assignment).Policy.PriceMinor;
                Assert.Equal(verdict.Kind == VerdictKind.Earned ? price : price / 2, verdict.AmountMinor);
            }

            foreach (var fee in verdicts.Where(v => v.Kind == VerdictKind.KillFee))
            {
                Assert.Contains((fee.Contributor, fee.Assignment), _liveAtRetirement);
            }

            Assert.Equal(verdicts.Sum(v => v.AmountMinor), _bench.Task.Closed().SpentMinor);
        }
    }
}
