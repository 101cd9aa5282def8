using Trove.Client.Work;
using Trove.Contracts.Contributors;

namespace Trove.Cli.Tests.Work;

public sealed class HeldOffersTests
{
    private readonly HeldOffers _held = new();

    [Fact]
    public async Task An_item_recalled_while_it_waits_is_never_read()
    {
        await _held.AddAsync(Offer(1), default);
        await _held.AddAsync(Offer(2), default);

        Assert.True(_held.Drop("token-1"));

        var read = await ReadToEndAsync();
        Assert.Equal([2], read);
    }

    [Fact]
    public async Task An_item_recalled_in_the_hand_cannot_be_answered_any_more()
    {
        var offer = await ReadOneAsync(Offer(1));

        Assert.True(_held.Drop("token-1"));

        Assert.False(_held.Answer(offer));
        Assert.Empty(_held.Tokens());
    }

    [Fact]
    public async Task A_recall_does_not_touch_an_item_whose_answer_is_on_the_way()
    {
        var offer = await ReadOneAsync(Offer(1));
        Assert.True(_held.Answer(offer));

        Assert.False(_held.Drop("token-1"));

        Assert.Equal("token-1", Assert.Single(_held.Tokens()));
    }

    [Fact]
    public async Task A_resumed_item_keeps_its_place_and_takes_the_newer_token()
    {
        var offer = await ReadOneAsync(Offer(1));

        await _held.AddAsync(Offer(1, "newer"), default);

        Assert.Equal("newer", _held.TokenOf(offer));
        Assert.Empty(await ReadToEndAsync());
    }

    [Fact]
    public async Task An_item_whose_answer_was_counted_is_never_read_again_whatever_was_overtaken_on_the_way()
    {
        var offer = await ReadOneAsync(Offer(1));
        Assert.True(_held.Answer(offer));
        _held.End(offer, isCounted: true);

        await _held.AddAsync(Offer(1, "newer"), default);

        Assert.Empty(_held.Tokens());
        Assert.Empty(await ReadToEndAsync());
    }

    [Fact]
    public async Task An_item_offered_again_after_it_was_lost_is_read_again()
    {
        await ReadOneAsync(Offer(1));
        _held.Drop("token-1");

        await _held.AddAsync(Offer(1, "again"), default);

        var read = await ReadToEndAsync();
        Assert.Equal([1], read);
    }

    private static Offer Offer(int task, string? token = null) =>
        new(token ?? $"token-{task}", "p", task, $"t{task}", "text", Image: null, BriefVersion: 1, DateTimeOffset.UnixEpoch);

    private async Task<Offer> ReadOneAsync(Offer offer)
    {
        await _held.AddAsync(offer, default);
        await using var reading = _held.ReadAsync(default).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());
        return reading.Current;
    }

    private async Task<int[]> ReadToEndAsync()
    {
        _held.Complete(cause: null);
        return await _held.ReadAsync(default).Select(o => o.Task).ToArrayAsync();
    }
}
