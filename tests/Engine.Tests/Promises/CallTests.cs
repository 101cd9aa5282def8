using System.Collections.Immutable;
using Orleans;
using Trove.Engine.Tests.Grains;
using Trove.Engine.Tests.Setup;

namespace Trove.Engine.Tests.Promises;

public sealed class CallTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private readonly string _key = TestEngine.NewKey();

    private ICallGrain Grain => engine.Grains.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task A_message_arrives_and_comes_back_whole()
    {
        var sent = new Parcel(
            "näme", [3, 1, 2], new(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)),
            ImmutableDictionary<string, TimeSpan>.Empty.Add("a", TimeSpan.FromTicks(7)), Guid.NewGuid(), [1, 2, 255]);
        var received = await Grain.Echo(sent).Within();
        Assert.Equal(sent with { Numbers = [], Spans = sent.Spans, Bytes = sent.Bytes }, received with { Numbers = [], Spans = sent.Spans, Bytes = sent.Bytes });
        Assert.Equal(sent.Numbers.AsEnumerable(), received.Numbers);
        Assert.Equal(sent.Spans.AsEnumerable(), received.Spans);
        Assert.Equal(sent.Bytes, received.Bytes);
    }

    [Fact]
    public async Task Methods_may_return_value_tasks()
    {
        await Grain.Nothing();
        Assert.Equal(7, await Grain.EchoLater(7));
    }

    [Fact]
    public async Task What_a_callee_does_to_its_argument_stays_there()
    {
        var basket = new Basket { Items = ["mine"] };
        await Grain.Add(basket, "theirs").Within();
        Assert.Equal(["mine"], basket.Items);
    }

    [Fact]
    public async Task An_exception_travels_to_the_caller_with_type_and_message()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Grain.Throw("no such thing").Within());
        Assert.Equal("no such thing", error.Message);
    }

    [Fact]
    public async Task A_grain_that_threw_goes_on()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Grain.Throw("once").Within());
        Assert.Equal(1, await Grain.EchoLater(1));
    }

    [Fact]
    public async Task A_reference_sent_in_a_message_reaches_the_same_grain()
    {
        var other = engine.Grains.GetGrain<ICallGrain>(TestEngine.NewKey());
        Assert.Equal(other.GetPrimaryKeyString(), await Grain.KeyOf(other).Within());
    }

    [Fact]
    public async Task A_grain_gives_out_a_reference_to_itself()
    {
        var same = await Grain.Myself().Within();
        Assert.Equal(_key, same.GetPrimaryKeyString());
        Assert.Equal(5, await same.EchoLater(5));
    }

    [Fact]
    public async Task What_is_ambient_at_the_caller_does_not_flow_into_the_grain()
    {
        CallerContext.Value.Value = "the caller's";
        Assert.Equal((null, null), await Grain.ContextSeen().Within());
        Assert.Equal("the caller's", CallerContext.Value.Value);
    }

    [Fact]
    public async Task A_callers_cancellation_reaches_the_callee()
    {
        using var source = new CancellationTokenSource();
        var call = Grain.WaitForCancellation(source.Token);
        await engine.Probe.Seen(_key, "started");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within());
        await engine.Probe.Seen(_key, "cancelled");
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_made()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain.WaitForCancellation(new(canceled: true)).Within());
        Assert.Equal(1, await Grain.EchoLater(1));
        Assert.Empty(engine.Probe.NotesOf(_key));
    }

    [Fact]
    public async Task A_method_may_have_a_time_out_of_its_own()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.StallBriefly("x").Within());
        engine.Probe.Open($"{_key} x");
    }
}
