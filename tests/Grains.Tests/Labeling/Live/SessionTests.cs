using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Testing;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>Sessions, presence and waiting, on a clock that stands still until a test moves it.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly Redundancy One = new(RedundancyKind.Fixed, 1, 1);
    private static readonly Redundancy Two = new(RedundancyKind.Fixed, 2, 2);

    private readonly ManualTime _clock = new();
    private LabelingCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await LabelingCluster.StartAsync(seed: 1, clock: _clock);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_lost_connection_gets_the_same_lease_back_within_the_grace()
    {
        await PublishAsync(1, One);
        var client = await WorkingAsync("a");
        var offer = Assert.Single(client.Held.Values);
        await client.Grain.Disconnected(client.Session);
        _clock.Advance(TimeSpan.FromSeconds(14));

        var back = await client.JoinAsync();
        Assert.Equal(offer.Token, Assert.Single(back.Resumed).Token);
        Assert.Empty(back.Lost);
        Assert.Equal(SubmitStatus.Accepted, await Clocked(client.AnswerAsync(offer)));
    }

    [Fact]
    public async Task Only_whom_a_project_is_for_may_join_it()
    {
        await PublishAsync(1, One);
        var project = _cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project);
        await Clocked(_cluster.Again(() => project.ChangeBrief(LabelingCluster.Owner, LabelingCluster.BriefOf(One) with { Audience = new Audience(18) })));
        var client = new Client(_cluster, "a");

        var refused = await JoinAgain();
        Assert.Equal("not-eligible", refused?.Code);
        Assert.Contains("year of birth", refused!.Detail, StringComparison.Ordinal);

        await _cluster.Again(() => client.Grain.SetProfile(new ContributorProfile(BirthYear: 1990)));
        Assert.Null(await JoinAgain());

        async Task<Contracts.Problem?> JoinAgain() => (await _cluster.Again(() => client.Grain.Join(
            new SessionOrigin("frontend", "a", _cluster.Grains.CreateObjectReference<IContributorSink>(client)),
            new JoinRequest([new JoinProject(LabelingCluster.Project)], [])))).Problem;
    }

    [Fact]
    public async Task A_profile_that_fits_no_more_ends_the_offers_and_not_what_was_offered()
    {
        await PublishAsync(10, One, new HandOut(Window: 1, Stint: 0), new Audience(18));
        var client = new Client(_cluster, "a");
        await _cluster.Again(() => client.Grain.SetProfile(new ContributorProfile(BirthYear: 1990)));
        await client.JoinAsync();
        await _cluster.UntilAsync(() => client.Held.Count == 1, "it is offered work", Step);

        await _cluster.Again(() => client.Grain.SetProfile(new ContributorProfile()));
        Assert.Equal(SubmitStatus.Accepted, await Clocked(client.AnswerAsync(client.Held.Values.Single())));
        for (var turn = 0; turn < 40; turn++)
        {
            _clock.Advance(Step);
            await _cluster.Again(() => client.Grain.Statement());
        }

        Assert.Empty(client.Held);

        await _cluster.Again(() => client.Grain.SetProfile(new ContributorProfile(BirthYear: 1990)));
        await _cluster.UntilAsync(() => client.Held.Count == 1, "it is offered work again", Step);
    }

    [Fact]
    public async Task After_the_grace_another_contributor_gets_the_slot()
    {
        await PublishAsync(1, One);
        var gone = await WorkingAsync("a");
        var offer = Assert.Single(gone.Held.Values);
        var other = await WaitingAsync("b");
        await gone.Grain.Disconnected(gone.Session);
        var lostAt = _clock.GetUtcNow();

        await _cluster.UntilAsync(() => other.Held.Count == 1, "the other one is offered the slot", Step);
        Assert.True(_clock.GetUtcNow() - lostAt >= TimeSpan.FromSeconds(15));
        var back = await gone.JoinAsync(offer.Token);
        Assert.Empty(back.Resumed);
        Assert.Equal([offer.Token], back.Lost.ToArray());
        Assert.Equal(SubmitStatus.LeaseLost, await Clocked(gone.AnswerAsync(offer)));
    }

    [Fact]
    public async Task A_frontend_that_falls_silent_loses_its_sessions()
    {
        await PublishAsync(1, One);
        var gone = await WorkingAsync("a");
        var offer = Assert.Single(gone.Held.Values);
        _clock.Advance(TimeSpan.FromSeconds(29));
        var other = await WaitingAsync("b");
        await _cluster.UntilAsync(() => other.Held.Count == 1, "the other one is offered the slot", TimeSpan.FromMilliseconds(500));
        Assert.Equal(PresenceStatus.Unknown, await gone.Grain.Present(gone.Session));
        Assert.Equal(SubmitStatus.LeaseLost, await Clocked(gone.AnswerAsync(offer)));
    }

    [Fact]
    public async Task The_old_connections_end_that_comes_after_the_new_one_changes_nothing()
    {
        await PublishAsync(1, One);
        var client = await WorkingAsync("a");
        var offer = Assert.Single(client.Held.Values);
        var old = client.Session;
        await client.JoinAsync();
        Assert.True(client.Session > old);
        await client.Grain.Disconnected(old);
        _clock.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(PresenceStatus.Superseded, await client.Grain.Present(old));
        Assert.Equal(PresenceStatus.Current, await client.Grain.Present(client.Session));
        await _cluster.UntilAsync(() => client.Pushes.Any(push => push.Notice?.Kind == NoticeKind.Superseded), "the old connection is told");
        Assert.Equal(SubmitStatus.Accepted, await Clocked(client.AnswerAsync(offer)));
    }

    [Fact]
    public async Task One_freed_slot_goes_to_one_of_five_hundred_who_wait_within_a_second()
    {
        await PublishAsync(1, One);
        var holder = await WorkingAsync("holder");
        var waiting = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => WaitingAsync($"w{i}")));
        foreach (var gone in waiting.Take(4))
        {
            await gone.Grain.Leave(gone.Session);
        }

        var before = waiting.Sum(client => client.Pushes.Count);
        var freedAt = _clock.GetUtcNow();
        await holder.Grain.Skip(holder.Session, new SkipRequest(holder.Held.Keys.Single()));
        await _cluster.UntilAsync(() => waiting.Any(client => client.Held.Count > 0), "somebody is offered the slot", TimeSpan.FromMilliseconds(1));

        Assert.True(_clock.GetUtcNow() - freedAt <= TimeSpan.FromSeconds(1));
        Assert.Equal(1, waiting.Count(client => client.Held.Count > 0));
        Assert.Equal(before + 1, waiting.Sum(client => client.Pushes.Count)); // nobody else was disturbed
    }

    [Fact]
    public async Task Memory_that_is_lost_costs_no_lease_that_its_client_still_holds()
    {
        await PublishAsync(3, Two);
        var client = await WorkingAsync("a", offers: 3);
        var offers = client.Held.Values.ToList();
        await _cluster.ForgetAsync();
        Assert.Equal(PresenceStatus.Unknown, await client.Grain.Present(client.Session));

        var back = await client.JoinAsync();
        Assert.Equal(offers.Select(offer => offer.Task).Order(), back.Resumed.Select(offer => offer.Task).Order());
        foreach (var offer in offers) // the tokens from before are as good as the new ones
        {
            Assert.Equal(SubmitStatus.Accepted, await Clocked(client.AnswerAsync(offer)));
        }
    }

    [Fact]
    public async Task A_project_that_closes_recalls_its_leases_and_pays_the_work_that_was_done()
    {
        await PublishAsync(1, Two);
        var a = await WorkingAsync("a");
        var b = await WorkingAsync("b");
        var held = b.Held.Values.Single();
        Assert.Equal(SubmitStatus.Accepted, await Clocked(a.AnswerAsync(a.Held.Values.Single())));
        await Clocked(_cluster.Again(() => _cluster.Grains.GetGrain<IProjectGrain>(LabelingCluster.Project).Move(LabelingCluster.Owner, ProjectMove.Close)));
        await _cluster.UntilAsync(() => b.Pushes.Any(push => !push.Recalls.IsEmpty), "b is told to drop it", Step);

        Assert.Equal(SubmitStatus.Recalled, await Clocked(b.AnswerAsync(held)));
        await _cluster.UntilAsync(() => WhatIsOnDisk.IsSettled(_cluster, [a, b]), "all is settled", Step);
        Assert.Equal(10, (await a.Grain.Statement()).EarnedMinor);
        Assert.Equal(5, (await b.Grain.Statement()).EarnedMinor);
    }

    private Task PublishAsync(int tasks, Redundancy redundancy, HandOut? handOut = null, Audience? audience = null) =>
        Clocked(_cluster.PublishAsync(tasks, redundancy, handOut, audience: audience));

    /// <summary>A client that was offered something.</summary>
    private async Task<Client> WorkingAsync(string key, int offers = 1)
    {
        var client = new Client(_cluster, key);
        await client.JoinAsync();
        await _cluster.UntilAsync(() => client.Held.Count >= offers, $"{key} is offered something", TimeSpan.FromMilliseconds(1));
        return client;
    }

    /// <summary>A client that was told that there is nothing.</summary>
    private async Task<Client> WaitingAsync(string key)
    {
        var client = new Client(_cluster, key);
        await client.JoinAsync();
        await _cluster.UntilAsync(() => client.Pushes.Any(push => push.Waiting is not null), $"{key} waits");
        return client;
    }

    /// <summary>Time goes on while something is under way: commits wait for company by this clock.</summary>
    private async Task<T> Clocked<T>(Task<T> work)
    {
        await _cluster.UntilAsync(() => work.IsCompleted, "it is done", TimeSpan.FromMilliseconds(5));
        return await work;
    }
}
