using System.Collections.Immutable;
using Trove.Cli.Hosting;
using Trove.Client;
using Trove.Client.Board;
using Trove.Client.Work;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using TempFolder = Trove.Testing.TempFolder;

namespace Trove.Cli.Tests.Work;

/// <summary>The client against the real server over real sockets.</summary>
public sealed class WorkSessionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private ServerProcess _server = null!;
    private TroveClient _developer = null!;
    private string _key = "";

    private CancellationToken Soon => _patience.Token;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_folder.Path, cancellation: Soon);
        _key = await _server.BecomeAdminAsync(Soon);
        _developer = new TroveClient(_server.Url, _key);
    }

    public async Task DisposeAsync()
    {
        _developer.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public async Task An_item_in_the_hand_survives_the_death_of_the_server()
    {
        await PublishAsync("p", tasks: 5);
        var rejoined = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await WorkSession.JoinAsync(Options("p") with { Rejoined = rejoined.SetResult }, Soon);
        var offer = await session.Offers(Soon).FirstAsync(Soon);

        var port = _server.Url.Port;
        await _server.KillAsync();
        await _server.DisposeAsync();
        _server = await ServerProcess.StartAsync(_folder.Path, port, Soon);

        Assert.Contains((await rejoined.Task.WaitAsync(Soon)).Resumed, resumed => resumed.Task == offer.Task);
        Assert.Equal(SubmitStatus.Accepted, (await session.SubmitAsync(offer, ["yes"], Soon)).Status);
    }

    [Fact]
    public async Task An_answer_sent_while_the_server_is_dead_arrives_when_it_is_back()
    {
        await PublishAsync("p", tasks: 5);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await WorkSession.JoinAsync(Options("p") with { Disconnected = _ => lost.TrySetResult() }, Soon);
        var offer = await session.Offers(Soon).FirstAsync(Soon);
        var port = _server.Url.Port;
        await _server.KillAsync();
        await lost.Task.WaitAsync(Soon);

        var submitting = session.SubmitAsync(offer, ["yes"], Soon);
        await _server.DisposeAsync();
        _server = await ServerProcess.StartAsync(_folder.Path, port, Soon);

        Assert.Equal(SubmitStatus.Accepted, (await submitting).Status);
    }

    [Fact]
    public async Task A_session_taken_over_elsewhere_ends_and_does_not_come_back()
    {
        await PublishAsync("p", tasks: 5);
        await using var first = await WorkSession.JoinAsync(Options("p"), Soon);
        await using var second = await WorkSession.JoinAsync(Options("p"), Soon);

        await foreach (var offer in first.Offers(Soon))
        {
            Assert.Equal("p", offer.Project);
        }

        var mine = await second.Offers(Soon).FirstAsync(Soon);
        Assert.Equal(SubmitStatus.Accepted, (await second.SubmitAsync(mine, ["no"], Soon)).Status);
    }

    [Fact]
    public async Task A_changed_brief_is_shown_and_joined_under_when_it_is_confirmed()
    {
        var brief = await PublishAsync("p", tasks: 20);
        var shown = new TaskCompletionSource<BriefView>(TaskCreationOptions.RunContinuationsAsynchronously);
        var rejoined = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await WorkSession.JoinAsync(
            Options("p") with
            {
                ConfirmBrief = shown.TrySetResult,
                Rejoined = rejoined.SetResult,
            },
            Soon);
        var offer = await session.Offers(Soon).FirstAsync(Soon);
        Assert.Equal(1, session.Briefs[0].Version);

        await _developer.ChangeBriefAsync("p", brief with { Question = "Is it really?" }, Soon);

        // What was leased before stays valid under its own version; looking for the next item brings the news.
        Assert.Equal(SubmitStatus.Accepted, (await session.SubmitAsync(offer, ["yes"], Soon)).Status);
        Assert.Equal(2, (await rejoined.Task.WaitAsync(Soon)).Projects[0].Version);
        Assert.Equal("Is it really?", (await shown.Task).Question);
        Assert.Equal(2, session.Briefs[0].Version);
    }

    [Fact]
    public async Task A_recall_is_told_and_the_item_in_the_hand_is_dropped()
    {
        await PublishAsync("p", tasks: 1);
        var recalled = new TaskCompletionSource<RecallNotice>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var session = await WorkSession.JoinAsync(Options("p") with { Recalled = recalled.SetResult }, Soon);
        var offer = await session.Offers(Soon).FirstAsync(Soon);

        await _developer.MoveAsync("p", ProjectMove.Close, Soon);

        Assert.Equal(offer.Token, (await recalled.Task.WaitAsync(Soon)).Token);
        Assert.Equal(SubmitStatus.Recalled, (await session.SubmitAsync(offer, ["yes"], Soon)).Status);
    }

    [Fact]
    public async Task A_board_shows_a_project_to_its_end()
    {
        await PublishAsync("p", tasks: 3);
        await using var session = await WorkSession.JoinAsync(Options("p"), Soon);
        var watching = BoardSession.WatchAsync(_server.Url, _key, "p", Soon).FirstAsync(news => news.Progress.Closed == 3, Soon).AsTask();

        var answered = 0;
        await foreach (var offer in session.Offers(Soon))
        {
            await session.SubmitAsync(offer, ["yes"], Soon);
            if (++answered == 3)
            {
                break;
            }
        }

        Assert.Equal(3, (await watching).Progress.Answers);
    }

    [Fact]
    public async Task A_board_says_when_its_server_is_away_and_goes_on_when_it_is_back()
    {
        await PublishAsync("p", tasks: 3);
        await using var news = BoardSession.WatchAsync(_server.Url, _key, "p", Soon).GetAsyncEnumerator(Soon);
        Assert.True(await news.MoveNextAsync());
        Assert.True(news.Current.IsConnected);

        var port = _server.Url.Port;
        await _server.KillAsync();
        await UntilAsync(isConnected: false);
        Assert.Equal(3, news.Current.Progress.Tasks);
        await _server.DisposeAsync();
        _server = await ServerProcess.StartAsync(_folder.Path, port, Soon);
        await UntilAsync(isConnected: true);

        async Task UntilAsync(bool isConnected)
        {
            while (news.Current.IsConnected != isConnected)
            {
                Assert.True(await news.MoveNextAsync());
            }
        }
    }

    [Fact]
    public async Task A_session_is_told_tags_of_its_own_projects()
    {
        await PublishAsync("p", tasks: 1, new LabelSchema(LabelKind.Tags, ["Zebra", "Zebu", "Gnu"]));
        await PublishAsync("q", tasks: 1);
        await using var session = await WorkSession.JoinAsync(Options("p"), Soon);
        Assert.Equal(["Zebra", "Zebu"], (await session.SuggestTagsAsync("p", "ze", Soon)).AsEnumerable());
        Assert.Equal(3, (await session.SuggestTagsAsync("p", "", Soon)).Length);
        Assert.Equal("not-joined", (await Assert.ThrowsAsync<RefusedException>(() => session.SuggestTagsAsync("q", "", Soon))).Problem.Code);
        Assert.Equal("message-invalid", (await Assert.ThrowsAsync<RefusedException>(() => session.SuggestTagsAsync("p", new string('z', 65), Soon))).Problem.Code);
    }

    [Fact]
    public async Task A_refusal_carries_the_servers_code_and_words()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => WorkSession.JoinAsync(Options("no-such-project"), Soon));

        Assert.Equal("project-unknown", refused.Problem.Code);
        Assert.False(refused.IsTransient);
    }

    [Fact]
    public async Task A_key_that_opens_nothing_is_told_at_once_and_not_tried_again()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => WorkSession.JoinAsync(Options("p") with { Key = "trove_none_none" }, Soon));
        Assert.Equal("unauthenticated", refused.Problem.Code);
        refused = await Assert.ThrowsAsync<RefusedException>(() => BoardSession.WatchAsync(_server.Url, "trove_none_none", "p", Soon).FirstAsync(Soon).AsTask());
        Assert.Equal("unauthenticated", refused.Problem.Code);
    }

    [Fact]
    public async Task A_session_whose_key_is_ended_ends_although_it_was_at_work()
    {
        await PublishAsync("p", tasks: 5);
        await using var session = await WorkSession.JoinAsync(Options("p"), Soon);
        await using var offers = session.Offers(Soon).GetAsyncEnumerator(Soon);
        Assert.True(await offers.MoveNextAsync());
        await _developer.RevokeKeyAsync(_key.Split('_')[1], Soon);

        var refused = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            while (await offers.MoveNextAsync())
            {
                // What was handed out before the end may still come.
            }
        });

        Assert.Equal("unauthenticated", refused.Problem.Code);
        Assert.Equal("unauthenticated", (await Assert.ThrowsAsync<RefusedException>(() => _developer.MeAsync(Soon))).Problem.Code);
    }

    private WorkOptions Options(string project) => new()
    {
        Server = _server.Url,
        Key = _key,
        Projects = [new JoinProject(project)],
        Stint = 0,
        Backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)),
    };

    private async Task<Brief> PublishAsync(string project, int tasks, LabelSchema? schema = null)
    {
        var brief = new Brief(
            "Test", "To test.", "Is it?", schema ?? new LabelSchema(LabelKind.YesNo, []), new Redundancy(RedundancyKind.Fixed, 1, 1), TaskOrder.Depth, new HandOut(GraceSeconds: 60));
        await _developer.CreateProjectAsync(project, brief, Soon);
        await _developer.ImportTasksAsync(
            project, "all", Enumerable.Range(0, tasks).Select(i => new TaskDefinition($"t{i}", Text: "Is it?")).ToAsyncEnumerable(), cancellation: Soon);
        await _developer.MoveAsync(project, ProjectMove.Publish, Soon);
        return brief;
    }
}
