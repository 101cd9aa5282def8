using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Progress;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Progress;

/// <summary>
/// One developer's connection. What waits to be sent are names of projects, each once; what is sent is their newest progress at that moment, so a slow connection skips
/// states instead of queueing them, and delays nobody else.
/// </summary>
internal sealed partial class BoardConnection(HubCallerContext context, IBoardClient client, ILogger logger) : Outbox<string>(MaxProjects)
{
    /// <summary>Projects that one connection may watch.</summary>
    public const int MaxProjects = 16;

    private readonly ConcurrentDictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    public IEnumerable<string> Projects => _watched.Keys;

    /// <summary>False when it watches as many as it may.</summary>
    public bool Watch(string project, Board board)
    {
        _watched[project] = new Watched(board);
        return _watched.Count <= MaxProjects;
    }

    /// <summary>Who watches.</summary>
    public ClaimsPrincipal Caller => context.User!;

    /// <summary>The caller may not watch any more what it watched.</summary>
    public void End() => context.Abort();

    public void Unwatch(string project) => _watched.TryRemove(project, out _);

    protected override bool IsQueued(Queue<string> waiting, string item) => waiting.Contains(item, StringComparer.Ordinal);

    protected override async Task Send(string project)
    {
        if (!_watched.TryGetValue(project, out var watched) || watched.Board.Latest is not { } progress || !watched.IsNews(progress))
        {
            return;
        }

        await client.Progress(progress);
        if (watched.Closed(progress) is { Length: > 0 } closed)
        {
            await client.Activity(project, closed);
        }
    }

    // Cannot happen: as many names as projects. If it did, the next progress would repair it.
    protected override void Lost(string item, bool first) => LogLost(logger, context.ConnectionId);

    protected override void Failed(Exception exception)
    {
        LogFailed(logger, exception, context.ConnectionId);
        context.Abort();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A push to board connection {Connection} was dropped")]
    private static partial void LogLost(ILogger logger, string connection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pushing to board connection {Connection} failed; it is ended")]
    private static partial void LogFailed(ILogger logger, Exception exception, string connection);

    /// <summary>What this connection was told of a project. Used by its pump only.</summary>
    private sealed class Watched(Board board)
    {
        private ProjectProgress? _told;

        public Board Board => board;

        public bool IsNews(ProjectProgress progress) => !ReferenceEquals(progress, _told);

        /// <summary>Closed tasks not told yet; the first time none, as the snapshot had them.</summary>
        public Contracts.Labeling.Activity[] Closed(ProjectProgress progress)
        {
            var before = _told;
            _told = progress;
            var newest = progress.Newest.OrEmpty();
            return before is null ? [] : [.. newest.Except(before.Newest.OrEmpty())];
        }
    }
}
