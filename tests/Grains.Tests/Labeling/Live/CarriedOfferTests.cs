using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Silo.Records;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>What was found while an answer is on its way to the disk goes along with the acknowledgement. The disk waits for the test.</summary>
public sealed class CarriedOfferTests : IAsyncLifetime
{
    private const int Window = 3;

    private readonly TaskCompletionSource _disk = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LabelingCluster _cluster = null!;
    private Client _client = null!;
    private Offer _answered = null!;
    private Task<SubmitResult> _answer = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LabelingCluster.StartAsync(seed: 1);
        await _cluster.PublishAsync(20, new Redundancy(RedundancyKind.Fixed, 2, 2), new HandOut(Window: Window, Stint: 0));
        _client = new Client(_cluster, "a");
        await _client.JoinAsync();
        await _cluster.UntilAsync(() => _client.Held.Count == Window, "the window is full");

        // The answer hangs on its way to the disk; meanwhile the next item is leased behind it.
        _answered = _client.Held.Values.First();
        var record = RecordKey.Of("task", new TaskId(LabelingCluster.Project, TaskKinds.Label, _answered.Task).Key, "task");
        _cluster.Store.BeforeCommit = call => call.Key == record ? _disk.Task : Task.CompletedTask;
        _answer = SubmitAsync();
        await UntilLeasedAsync(Window);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task The_next_item_comes_with_the_acknowledgement_and_is_not_pushed()
    {
        Assert.False(_answer.IsCompleted);
        Assert.Equal(Window, Pushed());
        _disk.SetResult();

        var next = Assert.Single((await _answer).Offers);
        Assert.NotEqual(_answered.Task, next.Task);
        Assert.Equal(Window, Pushed());
        Assert.Equal(SubmitStatus.Accepted, await _client.AnswerAsync(next));
    }

    [Fact]
    public async Task An_item_recalled_before_its_client_was_told_of_it_never_reaches_the_client()
    {
        var untold = await UntoldAsync();
        var policy = (await _cluster.Pool.Find(untold))!.Policy;
        await _cluster.Task(untold).Cancel(RetirementReason.Withdrawn, policy);
        await UntilLeasedAsync(Window); // another was found in its place
        _disk.SetResult();

        Assert.NotEqual(untold, Assert.Single((await _answer).Offers).Task);
        Assert.DoesNotContain(_client.Pushes, push => !push.Recalls.IsEmpty);
    }

    [Fact]
    public async Task When_the_answer_fails_the_next_item_is_pushed_instead()
    {
        _disk.SetException(new StoreFaultException("full"));

        await Assert.ThrowsAnyAsync<Exception>(() => _answer);
        await _cluster.UntilAsync(() => Pushed() == Window + 1, "the item is pushed");
    }

    [Fact]
    public async Task An_answer_sent_again_takes_the_next_item_along_or_asks_for_a_new_join()
    {
        var again = SubmitAsync();
        _disk.SetResult();
        SubmitResult[] replies = [await _answer, await again];

        Assert.Equal([SubmitStatus.Accepted, SubmitStatus.AlreadyAccepted], replies.Select(reply => reply.Status));
        Assert.True(replies[1].Rejoin || replies[1].Offers.Length == 1); // by which of the two replies comes first
        Assert.True(replies.Sum(reply => reply.Offers.OrEmpty().Length) + Pushed() <= Window + 1);
        Assert.Equal(Window, (await _client.JoinAsync()).Resumed.Length); // whatever was lost on the way
    }

    [Fact]
    public async Task An_answer_sent_again_after_a_new_join_asks_for_no_other()
    {
        _disk.SetResult();
        await _answer;
        await _client.JoinAsync();
        var again = await SubmitAsync();

        Assert.Equal(SubmitStatus.AlreadyAccepted, again.Status);
        Assert.False(again.Rejoin);
    }

    [Fact]
    public async Task Who_joins_again_meanwhile_has_the_next_item_from_the_join()
    {
        var untold = await UntoldAsync();
        var joined = await _client.JoinAsync();
        _disk.SetResult();

        Assert.Contains(joined.Resumed, offer => offer.Task == untold);
        Assert.Empty((await _answer).Offers.OrEmpty());
    }

    private Task<SubmitResult> SubmitAsync() => _client.Grain.Submit(_client.Session, new SubmitRequest(_answered.Token, ["yes"]));

    private int Pushed() => _client.Pushes.Sum(push => push.Offers.Length);

    private async Task<int> UntoldAsync()
    {
        foreach (var task in await LeasedAsync())
        {
            if (_client.Held.Values.All(offer => offer.Task != task))
            {
                return task;
            }
        }

        throw new InvalidOperationException("Nothing was leased that was not pushed.");
    }

    /// <summary>Tasks with a live lease, but for the one whose answer hangs.</summary>
    private async Task<List<int>> LeasedAsync()
    {
        var leased = new List<int>();
        for (var task = 0; task < _cluster.Tasks; task++)
        {
            if (task != _answered.Task && (await _cluster.Task(task).Inspect()).Truth is { Live: > 0, Retired: RetirementReason.None })
            {
                leased.Add(task);
            }
        }

        return leased;
    }

    private async Task UntilLeasedAsync(int count)
    {
        var leased = 0;
        while (leased != count)
        {
            leased = (await LeasedAsync()).Count;
            await Task.Yield();
        }
    }
}
