using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Trove.Client.Connections;
using Trove.Contracts.Progress;

namespace Trove.Client.Board;

/// <summary>A developer's live view of one project: pushes are hints with a version, a new connection starts from a fresh snapshot.</summary>
public sealed class BoardSession
{
    private readonly HubConnection _hub;
    private readonly string _project;

    // Progress is absolute: one that was not read in time is of no use any more.
    private readonly Channel<ProjectProgress> _news = Channel.CreateBounded<ProjectProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private long _seen;

    private BoardSession(Uri server, string user, string project)
    {
        _project = project;
        _hub = TroveHub.Create(server, "hubs/board", user);
        _hub.On<ProjectProgress>("Progress", progress =>
        {
            if (progress.Version > _seen)
            {
                Show(progress);
            }
        });
    }

    /// <summary>Progress of a project as it changes (the newest only, when the reader is slow) until cancelled. Lost connections are mended behind the scenes.</summary>
    /// <exception cref="RefusedException">The server refused, or there is no such project.</exception>
    public static async IAsyncEnumerable<ProjectProgress> WatchAsync(
        Uri server, string user, string project, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var board = new BoardSession(server, user, project);
        var staying = board.StayConnectedAsync(end.Token);
        try
        {
            await foreach (var progress in board._news.Reader.ReadAllAsync(cancellation))
            {
                yield return progress;
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
        _seen = progress.Version;
        _news.Writer.TryWrite(progress);
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
                var snapshot = await _hub.CallAsync<ProjectProgress>("Watch", [_project, _seen], cancellation);

                // A server that started again counts versions anew: its snapshot is taken as it is.
                Show(snapshot);
                (joinedOnce, attempt) = (true, 0);
                await closed.Task.WaitAsync(cancellation);
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
