using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Trove.Client.Connections;
using Trove.Contracts.Progress;

namespace Trove.Client.Board;

/// <summary>What a board shows.</summary>
/// <param name="Progress">Where the project stood when last heard of.</param>
/// <param name="IsConnected">Whether that is now; if not, the connection is being mended.</param>
public sealed record BoardNews(ProjectProgress Progress, bool IsConnected);

/// <summary>A developer's live view of one project: pushes are hints with a version, a new connection starts from a fresh snapshot.</summary>
public sealed class BoardSession
{
    private readonly HubConnection _hub;
    private readonly string _project;

    // Progress is absolute: one that was not read in time is of no use any more.
    private readonly Channel<BoardNews> _news = Channel.CreateBounded<BoardNews>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private ProjectProgress? _last;

    private BoardSession(Uri server, string key, string project)
    {
        _project = project;
        _hub = TroveHub.Create(server, "hubs/board", key);
        _hub.On<ProjectProgress>("Progress", progress =>
        {
            if (progress.Version > (_last?.Version ?? 0))
            {
                Show(progress);
            }
        });
    }

    /// <summary>Progress of a project as it changes (the newest only, when the reader is slow) until cancelled. Lost connections are mended; meanwhile the news says so.</summary>
    /// <exception cref="RefusedException">The server refused, or there is no such project.</exception>
    public static async IAsyncEnumerable<BoardNews> WatchAsync(
        Uri server, string key, string project, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var board = new BoardSession(server, key, project);
        var staying = board.StayConnectedAsync(end.Token);
        try
        {
            await foreach (var news in board._news.Reader.ReadAllAsync(cancellation))
            {
                yield return news;
            }
        }
        finally
        {
            await end.CancelAsync();
            await staying;
            await board._hub.DisposeAsync();
        }
    }

    private void Show(ProjectProgress progress)
    {
        _last = progress;
        _news.Writer.TryWrite(new BoardNews(progress, IsConnected: true));
    }

    private async Task StayConnectedAsync(CancellationToken cancellation)
    {
        var joinedOnce = false;
        for (var attempt = 0; !cancellation.IsCancellationRequested; attempt++)
        {
            try
            {
                var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _hub.Closed += _ =>
                {
                    closed.TrySetResult();
                    return Task.CompletedTask;
                };
                await _hub.StartAsync(cancellation);
                var snapshot = await _hub.CallAsync<ProjectProgress>("Watch", [_project, _last?.Version ?? 0], cancellation);

                // A server that started again counts versions anew: its snapshot is taken as it is.
                Show(snapshot);
                (joinedOnce, attempt) = (true, 0);
                await closed.Task.WaitAsync(cancellation);
                _news.Writer.TryWrite(new BoardNews(_last!, IsConnected: false));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is RefusedException { IsTransient: false } || !joinedOnce)
            {
                _news.Writer.TryComplete(e);
                return;
            }
            catch (Exception)
            {
                await _hub.StopAsync(CancellationToken.None);
            }

            await Task.Delay(Backoff.Default.Wait(attempt, Random.Shared), CancellationToken.None);
        }
    }
}
