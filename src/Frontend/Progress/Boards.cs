using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Progress;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Progress;

/// <summary>A project that somebody here watches.</summary>
internal sealed class Board
{
    private readonly HashSet<BoardConnection> _watchers = [];
    private ProjectProgress? _latest;
    private bool _ended;

    /// <summary>The newest progress heard.</summary>
    public ProjectProgress? Latest => Volatile.Read(ref _latest);

    /// <summary>False when the board has ended meanwhile; then another takes its place.</summary>
    public bool Enter(BoardConnection watcher)
    {
        lock (_watchers)
        {
            return !_ended && (_watchers.Add(watcher) || true);
        }
    }

    /// <summary>True when the last watcher left: the board has ended.</summary>
    public bool Exit(BoardConnection watcher)
    {
        lock (_watchers)
        {
            return _ended = _watchers.Remove(watcher) && _watchers.Count == 0;
        }
    }

    /// <summary>Keeps a push unless it is older than what is known. A snapshot that was asked for always counts: the counters may have started anew.</summary>
    public void Hear(ProjectProgress progress, bool asked)
    {
        lock (_watchers)
        {
            if (!asked && _latest is { } known && progress.Version <= known.Version)
            {
                return;
            }

            _latest = progress;
            foreach (var watcher in _watchers)
            {
                watcher.Add(progress.Project);
            }
        }
    }
}

/// <summary>Who watches what in this process, and the ear through which progress comes in: one subscription per watched project, however many watch it.</summary>
internal sealed partial class Boards(IGrainFactory grains, IHubContext<BoardHub, IBoardClient> hub, FrontendProcess process, GrainCalls calls, IAuthorizationService authorization, ILogger<Boards> logger) : IBoardSink
{
    private readonly ConcurrentDictionary<string, BoardConnection> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Board> _boards = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IBoardSink? _reference;

    /// <summary>Grains hold this object weakly; it lives as long as the process because it is a singleton here.</summary>
    private IBoardSink Reference
    {
        get
        {
            lock (_gate)
            {
                return _reference ??= grains.CreateObjectReference<IBoardSink>(this);
            }
        }
    }

    public void Add(HubCallerContext context) =>
        _connections[context.ConnectionId] = new BoardConnection(context, hub.Clients.Client(context.ConnectionId), logger);

    public async Task Remove(string connection)
    {
        if (_connections.TryRemove(connection, out var removed))
        {
            removed.Close();
            foreach (var project in removed.Projects)
            {
                await Exit(removed, project);
            }
        }
    }

    public async Task<Result<ProjectProgress>> Watch(string connection, string project)
    {
        if (!_connections.TryGetValue(connection, out var watcher))
        {
            return new Problem("gone", "The connection ended.");
        }

        var board = Enter(watcher, project);
        if (!watcher.Watch(project, board))
        {
            await Exit(watcher, project);
            return new Problem("too-many-projects", $"One connection watches at most {BoardConnection.MaxProjects} projects. Unwatch one, or open another connection.");
        }

        var watched = await Subscribe(project);
        if (watched.Problem is not null || !_connections.ContainsKey(connection))
        {
            await Exit(watcher, project);
        }

        return watched;
    }

    public Task Unwatch(string connection, string project) =>
        _connections.TryGetValue(connection, out var watcher) ? Exit(watcher, project) : Task.CompletedTask;

    /// <summary>Queues and returns, as every observer must.</summary>
    public Task Progress(ProjectProgress progress)
    {
        _boards.GetValueOrDefault(progress.Project)?.Hear(progress, asked: false);
        return Task.CompletedTask;
    }

    /// <summary>Subscriptions lapse, and a progress grain that moved has forgotten everybody: each is renewed. So is the right to watch, should the word of its end have been lost.</summary>
    public Task Renew() => Task.WhenAll(_boards.Keys.Select(RenewOne).Concat(_connections.Values.Select(JudgeAgain)));

    private async Task JudgeAgain(BoardConnection watcher)
    {
        foreach (var project in watcher.Projects)
        {
            try
            {
                if (!(await authorization.AuthorizeAsync(watcher.Caller, project, Policies.ViewProject)).Succeeded)
                {
                    watcher.End();
                }
            }
            catch (Exception exception)
            {
                LogNotRenewed(logger, exception, project);
            }
        }
    }

    private async Task RenewOne(string project)
    {
        try
        {
            await Subscribe(project);
        }
        catch (Exception exception)
        {
            LogNotRenewed(logger, exception, project);
        }
    }

    private async Task<Result<ProjectProgress>> Subscribe(string project)
    {
        var watched = await calls.Run(
            (Grain: grains.GetGrain<IProgressGrain>(project), process.Id, Sink: Reference),
            static call => call.Grain.Watch(call.Id, call.Sink));
        if (watched.Value is { } progress)
        {
            _boards.GetValueOrDefault(project)?.Hear(progress, asked: true);
        }

        return watched;
    }

    private Board Enter(BoardConnection watcher, string project)
    {
        while (true)
        {
            var board = _boards.GetOrAdd(project, static _ => new Board());
            if (board.Enter(watcher))
            {
                return board;
            }
        }
    }

    private async Task Exit(BoardConnection watcher, string project)
    {
        watcher.Unwatch(project);
        if (!_boards.TryGetValue(project, out var board) || !board.Exit(watcher))
        {
            return;
        }

        _boards.TryRemove(KeyValuePair.Create(project, board));
        await grains.GetGrain<IProgressGrain>(project).Unwatch(process.Id);

        // Somebody may have begun to watch while this farewell was on its way, and it would have ended his subscription too.
        if (_boards.ContainsKey(project))
        {
            await Subscribe(project);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The subscription to {Project} could not be renewed")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, string project);
}

/// <summary>Renews the boards' subscriptions.</summary>
internal sealed class BoardRenewal(Boards boards, FrontendOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.RenewSeconds), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await boards.Renew();
        }
    }
}
