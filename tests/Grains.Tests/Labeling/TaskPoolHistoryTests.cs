using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Xunit.Abstractions;
using static Trove.Grains.Tests.Labeling.PageOnTheBench;

namespace Trove.Grains.Tests.Labeling;

/// <summary>Random histories of a page whose tasks are plain lists: what it hands out is always allowed, and whatever went wrong heals.</summary>
public sealed class TaskPoolHistoryTests(ITestOutputHelper output)
{
    private const int Histories = 400;
    private const int Steps = 150;
    private const int Tasks = 90;
    private const int People = 7;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_any_history_every_free_slot_is_found_again(bool byTime)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var found = 0;
        for (var i = 0; i < Histories; i++)
        {
            try
            {
                found += new History(unchecked(seed + i)).Run(byTime);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed + i}: {e.Message}", e);
            }
        }

        Assert.True(found > Histories, $"{found} found");
    }

    /// <summary>What a task is, said naively.</summary>
    private sealed class Model
    {
        public HashSet<string> Answered { get; } = [];

        public Dictionary<string, DateTimeOffset> Leases { get; } = [];

        public int Target { get; set; } = 2;

        public bool Retired { get; set; }

        public TaskClosed? Closed { get; set; }

        /// <summary>What it was closed as, before it opened again.</summary>
        public TaskClosed? Former { get; set; }

        public TaskTruth Truth(DateTimeOffset now)
        {
            var live = Leases.Values.Where(until => until > now).ToList();
            return new TaskTruth(
                Answered.Count, live.Count, Target, Retired ? RetirementReason.Consensus : RetirementReason.None, 0.5f, live.Count == 0 ? null : live.Min());
        }
    }

    private sealed class History(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Model[] _tasks = [.. Enumerable.Range(0, Tasks).Select(_ => new Model())];
        private readonly Dictionary<string, HashSet<int>> _had = [];
        private PageOnTheBench _page = null!;

        private TaskPool Pool => _page.Pool;

        public int Run(bool byTime)
        {
            _page = new PageOnTheBench(
                Tasks,
                Terms(new Redundancy(RedundancyKind.Dynamic, 2, 4), (TaskOrder)_random.Next(3)),
                i => new TaskDefinition($"s{i}", Allowed: i % 5 == 0 ? [$"c{i % People}", $"c{(i + 1) % People}"] : []));
            for (var step = 0; step < Steps; step++)
            {
                Step();
                Check();
            }

            return Heal(byTime);
        }

        private static bool MayHave(int index, string who) => index % 5 != 0 || who == $"c{index % People}" || who == $"c{(index + 1) % People}";

        private void Step()
        {
            var who = $"c{_random.Next(People)}";
            switch (_random.Next(12))
            {
                case < 6:
                    TakeAndLease(who);
                    break;
                case 6 or 7:
                    Answer(who);
                    break;
                case 8:
                    GiveBack(who);
                    break;
                case 9:
                    Close();
                    Reopen();
                    break;
                case 10:
                    _page.Now = _page.Now.AddSeconds(_random.Next(90));
                    break;
                default:
                    if (_random.Next(4) == 0)
                    {
                        _page.Crash();
                    }

                    break;
            }
        }

        private void TakeAndLease(string who)
        {
            var had = Had(who);
            var reply = _page.TakeReply(who, _random.Next(1, 4), Bits([.. had]));
            Assert.Equal(reply.Taken.Length, reply.Taken.Select(t => t.Index).Distinct().Count());
            foreach (var index in reply.Taken.Select(t => t.Index))
            {
                Assert.DoesNotContain(index, had);
                Assert.True(MayHave(index, who), "offered to somebody who may not have it");
                Assert.Null(_tasks[index].Closed);
                if (_random.Next(8) == 0)
                {
                    continue; // the holder vanished on the way
                }

                var task = _tasks[index];
                var truth = task.Truth(_page.Now);
                if (truth.Free > 0)
                {
                    task.Leases[who] = _page.Now.AddSeconds(180);
                    had.Add(index);
                }
                else if (_random.Next(8) > 0)
                {
                    Pool.Mend(index, truth);
                }
            }
        }

        private void Answer(string who)
        {
            foreach (var index in Held(who))
            {
                var task = _tasks[index];
                task.Leases.Remove(who);
                task.Answered.Add(who);
                task.Retired = task.Answered.Count >= 4 || (task.Answered.Count >= 2 && _random.Next(2) == 0);
                task.Target = task.Retired ? task.Answered.Count : Math.Max(task.Target, task.Answered.Count + 1);
                if (task.Retired)
                {
                    task.Leases.Clear();
                }

                if (_random.Next(5) > 0)
                {
                    Pool.Report(index, task.Truth(_page.Now));
                }
            }
        }

        private void GiveBack(string who)
        {
            foreach (var index in Held(who))
            {
                _tasks[index].Leases.Remove(who);
                Had(who).Remove(index);
                if (_random.Next(5) > 0)
                {
                    Pool.Mend(index, _tasks[index].Truth(_page.Now));
                }
            }
        }

        private void Close()
        {
            foreach (var index in Enumerable.Range(0, Tasks).Where(i => _tasks[i].Retired && _random.Next(2) == 0))
            {
                var task = _tasks[index];
                var known = task.Closed ?? task.Former;
                var closed = ClosedAt(index, (known?.Revision ?? 0) + _random.Next(2), task.Answered.Count, spent: _random.Next(50));
                Assert.Equal(closed.Revision > (known?.Revision ?? -1), Pool.Close(closed, known));
                if (closed.Revision > (known?.Revision ?? -1))
                {
                    (task.Closed, task.Former) = (closed, null);
                }
            }
        }

        /// <summary>A page sets a closing aside; the task opens again, or has its reasons not to and says so later.</summary>
        private void Reopen()
        {
            foreach (var index in Enumerable.Range(0, Tasks).Where(i => _tasks[i].Closed is not null && _random.Next(8) == 0))
            {
                var task = _tasks[index];
                Assert.False(Pool.Reopen(task.Closed!, task.Closed!.Revision - 1), "set aside what was judged long ago");
                Assert.True(Pool.Reopen(task.Closed!, task.Closed!.Revision));
                (task.Closed, task.Former) = (null, task.Closed);
                if (task.Answered.Count < 4 && _random.Next(3) > 0)
                {
                    (task.Retired, task.Target) = (false, task.Answered.Count + 1);
                }

                Pool.Mend(index, task.Truth(_page.Now));
            }
        }

        private void Check()
        {
            var closed = _tasks.Where(t => t.Closed is not null).Select(t => t.Closed!).ToList();
            Assert.Equal(closed.Count, Pool.Totals.Closed);
            Assert.Equal(_tasks.Sum(t => (t.Closed ?? t.Former)?.SpentMinor ?? 0), Pool.Totals.SpentMinor);
            Assert.Equal(closed.Sum(c => c.Answers.Length), Pool.Totals.Answers);
            var snapshot = Pool.Snapshot();
            Assert.True(snapshot.Answers >= Pool.Totals.Answers && snapshot.Live >= 0, "counters went below zero");
        }

        /// <returns>Free slots found.</returns>
        private int Heal(bool byTime)
        {
            if (byTime)
            {
                _page.Now = _page.Now.AddHours(1);
            }
            else
            {
                for (var i = 0; i < Tasks; i++)
                {
                    Pool.Mend(i, _tasks[i].Truth(_page.Now));
                }
            }

            var expected = Enumerable.Range(0, Tasks).Where(i => MayHave(i, "c0") && _tasks[i].Closed is null && _tasks[i].Truth(_page.Now).Free > 0).ToList();
            var taken = _page.Take("c0", 2 * Tasks);
            if (byTime)
            {
                Assert.Empty(expected.Except(taken)); // the tasks refuse what is offered too much
            }
            else
            {
                Assert.Equal(expected, taken.Order());
            }

            return expected.Count;
        }

        private List<int> Held(string who) =>
            [.. Enumerable.Range(0, Tasks).Where(i => _tasks[i].Leases.ContainsKey(who) && !_tasks[i].Retired && _random.Next(2) == 0)];

        private HashSet<int> Had(string who) => _had.TryGetValue(who, out var had) ? had : _had[who] = [];
    }
}
