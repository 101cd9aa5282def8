using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Hubs;

/// <summary>The board hub over real WebSockets, with progress that a test makes up.</summary>
public sealed class BoardHubTests : IAsyncLifetime
{
    private readonly FakeProgress _progress = new();
    private TroveServer _server = null!;

    public async Task InitializeAsync() => _server = await TroveServer.Start(
        builder => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains().With<IProgressGrain>(_ => _progress).With<IProjectGrain>(_ => new FakeProject())),
        "--Trove:RenewSeconds=1");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_watcher_gets_the_snapshot_then_what_changes_and_what_closed()
    {
        await using var board = await Board();
        Assert.Equal(1, (await Watch(board)).GetProperty("version").GetInt64());
        await _progress.Say(Progress(2, "a"));
        Assert.Equal(2, (await Next(board, "Progress", 2)).GetProperty("version").GetInt64());
        await _progress.Say(Progress(3, "b", "a"));
        await Next(board, "Progress", 3);
        var push = await board.Push();
        Assert.Equal("Activity", push.GetProperty("target").GetString());
        Assert.Equal("cats", push.GetProperty("arguments")[0].GetString());
        Assert.Equal(["b"], push.GetProperty("arguments")[1].EnumerateArray().Select(task => task.GetProperty("sourceId").GetString()));
    }

    [Fact]
    public async Task Many_watchers_are_one_subscription_that_ends_with_the_last()
    {
        var first = await Board();
        var second = await Board();
        await Watch(first);
        await Watch(second);
        await first.Invoke("Unwatch", "\"cats\"");
        Assert.Equal(0, _progress.Ended);
        await second.DisposeAsync();
        Assert.Equal("Unwatch", await _progress.NextCall("Unwatch"));
        Assert.Single(_progress.Frontends);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_is_renewed_while_somebody_watches()
    {
        await using var board = await Board();
        await Watch(board);
        for (var renewals = 0; renewals < 3; renewals++)
        {
            Assert.Equal("Watch", await _progress.NextCall("Watch"));
        }
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_delays_no_other_and_skips_to_the_newest()
    {
        await using var slow = await RawHub.Connect(_server, "/hubs/board", "dev", listen: false);
        await slow.Send("""{"type":1,"invocationId":"1","target":"Watch","arguments":["cats",0]}""");
        Assert.Equal("Watch", await _progress.NextCall("Watch"));
        await using var quick = await Board();
        await Watch(quick);
        const int Last = 3_000;
        for (var version = 2; version <= Last; version++)
        {
            await _progress.Say(Progress(version, [.. Enumerable.Range(version, 8).Select(i => $"task-{i}-{new string('x', 500)}")]));
            await Next(quick, "Progress", version);
        }

        _ = slow.Listen();
        var seen = 0;
        for (long version = 0; version < Last; seen++)
        {
            version = (await Next(slow, "Progress", 0)).GetProperty("version").GetInt64();
        }

        Assert.InRange(seen, 1, Last / 2);
    }

    private static async Task<System.Text.Json.JsonElement> Watch(RawHub board) => (await board.Invoke("Watch", "\"cats\"", "0")).GetProperty("result");

    private static async Task<System.Text.Json.JsonElement> Next(RawHub board, string target, long version)
    {
        while (true)
        {
            var push = await board.Push();
            if (push.GetProperty("target").GetString() == target && push.GetProperty("arguments")[0] is var argument && argument.GetProperty("version").GetInt64() >= version)
            {
                return argument;
            }
        }
    }

    private static ProjectProgress Progress(long version, params string[] newest) => new(
        "cats", version, false, 10, version, 0, 0, 0, 0, 0, 0, null,
        [.. newest.Select(name => new Activity(1, name, new Outcome(RetirementReason.Consensus, null, 1, 3), DateTimeOffset.UnixEpoch))],
        DateTimeOffset.UnixEpoch);

    private Task<RawHub> Board() => RawHub.Connect(_server, "/hubs/board", "dev");

    private sealed class FakeProgress : IProgressGrain
    {
        private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
        private ProjectProgress _current = Progress(1);
        private IBoardSink? _sink;

        public HashSet<string> Frontends { get; } = [];

        public int Ended { get; private set; }

        public async Task<string> NextCall(string name)
        {
            while (true)
            {
                var call = await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
                if (call == name)
                {
                    return call;
                }
            }
        }

        public Task Say(ProjectProgress progress)
        {
            _current = progress;
            return _sink!.Progress(progress);
        }

        public Task<Result<ProjectProgress>> Watch(string frontend, IBoardSink sink)
        {
            Frontends.Add(frontend);
            _sink = sink;
            _calls.Writer.TryWrite("Watch");
            return Task.FromResult<Result<ProjectProgress>>(_current);
        }

        public Task Unwatch(string frontend)
        {
            Ended++;
            _calls.Writer.TryWrite("Unwatch");
            return Task.CompletedTask;
        }

        public Task<Result<ProjectProgress>> Current() => Task.FromResult<Result<ProjectProgress>>(_current);

        public Task<bool> Report(PoolSnapshot snapshot) => throw new NotSupportedException();
    }

    /// <summary>A project of <c>dev</c>.</summary>
    private sealed class FakeProject : IProjectGrain
    {
        public Task<Result<ProjectView>> View() => throw new NotSupportedException();

        public Task<Result<ProjectView>> Create(Actor by, Brief brief, bool simulated) => throw new NotSupportedException();

        public Task<Result<ProjectView>> ChangeBrief(Actor by, Brief brief) => throw new NotSupportedException();

        public Task<Result<ProjectView>> Move(Actor by, ProjectMove move) => throw new NotSupportedException();

        public Task<Result<PageAllocation>> AllocatePage(string import, int batch) => throw new NotSupportedException();

        public Task<Result<ProjectView>> SetMember(Actor by, string account, TeamRole? role) => throw new NotSupportedException();

        public Task<ProjectStanding> RoleOf(string account) => Task.FromResult(new ProjectStanding(Exists: true, account == "of-dev" ? TeamRole.Owner : null, ProjectState.Live, Simulated: false));

        public Task<Result<ProjectView>> Imported(string import, int batches, long tasks) => throw new NotSupportedException();

        public Task<ImmutableArray<int>> UnfinishedPages() => throw new NotSupportedException();

        public Task<Result<ProjectWindow>> Window() => throw new NotSupportedException();

        public Task<bool> WaitForWindow(string contributor, long seenVersion) => throw new NotSupportedException();

        public Task PageClosed(int page) => throw new NotSupportedException();

        public Task PageReopened(int page) => throw new NotSupportedException();
    }
}
