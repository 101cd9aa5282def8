using Trove.Grains.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Contributors;

public sealed class AssignmentNumbersTests
{
    [Fact]
    public void No_number_is_given_out_before_its_block_is_durable()
    {
        var numbers = new AssignmentNumbers();
        Assert.False(numbers.TryTake(out _));

        var mark = numbers.Reserve();
        Assert.False(numbers.TryTake(out _));

        numbers.Open(mark);
        Assert.True(numbers.TryTake(out var first));
        Assert.Equal(0, first);
        Assert.Equal(AssignmentNumbers.Block - 1, numbers.Left);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_number_is_ever_given_out_twice_whatever_is_lost(int seed)
    {
        var random = new Random(seed);
        var given = new HashSet<long>();
        var numbers = new AssignmentNumbers();
        var disk = Bytes(numbers);
        for (var step = 0; step < 20_000; step++)
        {
            switch (random.Next(200))
            {
                case 0: // a crash: memory goes back to the last commit
                    numbers = Load(disk);
                    break;
                case 1: // an orderly end
                    numbers.GiveBack();
                    disk = Bytes(numbers);
                    numbers = Load(disk);
                    break;
                default:
                    if (numbers.TryTake(out var number))
                    {
                        Assert.True(given.Add(number), $"seed {seed}: {number} was given out before");
                    }
                    else
                    {
                        var mark = numbers.Reserve();
                        disk = Bytes(numbers);
                        numbers.Open(mark);
                    }

                    break;
            }
        }

        Assert.True(given.Count > 10_000);
    }

    [Fact]
    public void An_orderly_end_leaves_no_gap()
    {
        var numbers = new AssignmentNumbers();
        for (var life = 0; life < 100; life++)
        {
            numbers.Open(numbers.Reserve());
            for (var i = 0; i < 3; i++)
            {
                Assert.True(numbers.TryTake(out var number));
                numbers.Settle(number);
            }

            numbers.GiveBack();
            numbers = Load(Bytes(numbers));
        }

        Assert.Equal(1, numbers.Runs);
        Assert.Equal(300, numbers.Reserved);
    }

    [Fact]
    public void A_mark_that_went_back_opens_nothing()
    {
        var numbers = new AssignmentNumbers();
        var mark = numbers.Reserve();
        numbers.GiveBack();

        numbers.Open(mark);

        Assert.False(numbers.TryTake(out _));
    }

    [Fact]
    public void An_ended_number_does_not_end_again()
    {
        var numbers = Opened(1);

        Assert.True(numbers.Settle(5));
        Assert.False(numbers.Settle(5));
        Assert.False(numbers.Void(5));
        Assert.Equal(NumberState.Ended, numbers.StateOf(5));
    }

    [Fact]
    public void What_a_task_counted_is_owed_even_when_the_number_was_given_up()
    {
        var numbers = Opened(1);
        numbers.Void(4);
        numbers.Void(5);
        numbers.Void(6);
        Assert.Equal(NumberState.Void, numbers.StateOf(5));

        Assert.True(numbers.Settle(5));
        Assert.False(numbers.Settle(5));

        var reloaded = Load(Bytes(numbers));
        Assert.Equal([NumberState.Void, NumberState.Ended, NumberState.Void], new long[] { 4, 5, 6 }.Select(reloaded.StateOf));
    }

    [Fact]
    public void A_number_never_given_out_is_unknown()
    {
        var numbers = Opened(1);

        Assert.Equal(NumberState.Unknown, numbers.StateOf(-1));
        Assert.Equal(NumberState.Unknown, numbers.StateOf(AssignmentNumbers.Block));
        Assert.Equal(NumberState.Open, numbers.StateOf(AssignmentNumbers.Block - 1));
        Assert.False(numbers.Void(AssignmentNumbers.Block));
    }

    [Fact]
    public void A_million_numbers_with_a_fifth_skipped_and_a_hundred_crashes_stay_small()
    {
        const int Million = 1_000_000;
        var random = new Random(7);
        var crashes = Enumerable.Range(0, 100).Select(_ => random.Next(Million)).ToHashSet();
        var numbers = new AssignmentNumbers();
        var open = new List<long>(); // verdicts come late and out of order
        for (var i = 0; i < Million; i++)
        {
            if (crashes.Contains(i))
            {
                open.Clear(); // all that was under way has neither ended nor will it
                numbers = Load(Bytes(numbers));
            }

            if (!numbers.TryTake(out var number))
            {
                numbers.Open(numbers.Reserve());
                numbers.TryTake(out number);
            }

            open.Add(number);
            if (open.Count == 50)
            {
                var ended = random.Next(open.Count);
                _ = random.Next(5) == 0 ? numbers.Void(open[ended]) : numbers.Settle(open[ended]);
                open.RemoveAt(ended);
            }
        }

        var size = Bytes(numbers).Length;
        Assert.InRange(size, 1_000, 64 * 1024);
        Assert.Equal(size, Bytes(Load(Bytes(numbers))).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Runs_behave_like_a_set(int seed)
    {
        var random = new Random(seed);
        var set = new IntervalSet();
        var model = new HashSet<long>();
        for (var i = 0; i < 3_000; i++)
        {
            var number = random.Next(2_000);
            Assert.Equal(model.Add(number), set.Add(number));
        }

        Assert.Equal(model.Count, set.Count);
        Assert.All(Enumerable.Range(0, 2_001), number => Assert.Equal(model.Contains(number), set.Contains(number)));
        Assert.Equal(model.Count(number => !model.Contains(number - 1)), set.Runs);
    }

    private static AssignmentNumbers Opened(int blocks)
    {
        var numbers = new AssignmentNumbers();
        for (var i = 0; i < blocks; i++)
        {
            numbers.Open(numbers.Reserve());
        }

        return numbers;
    }

    private static byte[] Bytes(AssignmentNumbers numbers)
    {
        var w = new RecordWriter();
        numbers.Write(ref w);
        var bytes = w.ToArray();
        w.Dispose();
        return bytes;
    }

    private static AssignmentNumbers Load(byte[] bytes)
    {
        var r = new RecordReader("numbers", bytes);
        var numbers = AssignmentNumbers.Read(ref r);
        r.End();
        return numbers;
    }
}
