using System.Collections.Immutable;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Trove.Client.Connections;
using Trove.Contracts;
using Trove.Contracts.Contributors;

namespace Trove.Client.Work;

/// <content>Staying connected: join, lose, back off, join again.</content>
public sealed partial class WorkSession
{
    private ImmutableArray<JoinProject> _projects;
    private volatile Life _life = new();
    private volatile TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool LostWithConnection(Exception e) =>
        e is OperationCanceledException or IOException or WebSocketException or TimeoutException or InvalidOperationException or HttpRequestException
        || e is NotSupportedException // what the stream over a socket says of a write after the socket closed
        || (e is HubException && e.Message.StartsWith("The server closed the connection", StringComparison.Ordinal));

    private Task OnClosed(Exception? cause)
    {
        // The event comes late, on a thread of its own: when the next connection is already on its way it says nothing about that one.
        if (_hub.State == HubConnectionState.Disconnected)
        {
            _closed.TrySetResult(cause);
        }

        return Task.CompletedTask;
    }

    private async Task<JoinResult> ConnectAsync(CancellationToken cancellation)
    {
        _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _hub.StartAsync(cancellation);
        var joined = await RejoinAsync(cancellation);
        _life.Joined.TrySetResult();
        return joined;
    }

    private async Task<JoinResult> RejoinAsync(CancellationToken cancellation)
    {
        var request = new JoinRequest(_projects, _held.Tokens(), _options.Stint);
        var joined = await _hub.CallAsync<JoinResult>("Join", [request], cancellation);
        Briefs = joined.Projects.OrEmpty();
        foreach (var token in joined.Lost.OrEmpty())
        {
            _held.Drop(token);
        }

        foreach (var offer in joined.Resumed.OrEmpty())
        {
            await _held.AddAsync(offer, cancellation);
        }

        return joined;
    }

    private async Task StayConnectedAsync()
    {
        try
        {
            while (true)
            {
                var cause = await _closed.Task.WaitAsync(_end.Token);
                var ended = _life;
                _life = new Life();
                ended.Over.SetResult();
                _options.Disconnected?.Invoke(cause);
                await ReconnectAsync();
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The session was ended by its owner, or taken over.
        }
        catch (Exception e)
        {
            _held.Complete(e);
            _life.Joined.TrySetException(e);
        }
    }

    private async Task ReconnectAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            await Task.Delay(_options.Backoff.Wait(attempt, _options.Random), _options.Time, _end.Token);
            try
            {
                var joined = await ConnectAsync(_end.Token);
                _options.Rejoined?.Invoke(joined);
                return;
            }
            catch (Exception e) when (e is not RefusedException { IsTransient: false } && !_end.IsCancellationRequested)
            {
                // Not there yet, not ready yet, or gone again while joining.
                await _hub.StopAsync(_end.Token);
            }
        }
    }

    /// <summary>Calls the server once joined. A call that went down with its connection is made again on the next one; one that came at a bad moment, a moment later.</summary>
    private async Task<T> InvokeAsync<T>(string method, Func<object[]> arguments, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var life = _life;
            if (!life.Joined.Task.IsCompletedSuccessfully)
            {
                await life.Joined.Task.WaitAsync(_end.Token).WaitAsync(cancellation);
            }

            try
            {
                return await _hub.CallAsync<T>(method, arguments(), cancellation);
            }
            catch (RefusedException e) when (e.IsTransient)
            {
                _options.Delayed?.Invoke(e);
                await Task.Delay(_options.Backoff.Wait(attempt, _options.Random), _options.Time, cancellation);
            }
            catch (Exception e) when (LostWithConnection(e) && !cancellation.IsCancellationRequested && !_end.IsCancellationRequested)
            {
                await life.Over.Task.WaitAsync(_end.Token).WaitAsync(cancellation);
            }
        }
    }

    /// <summary>From one loss of the connection to the next.</summary>
    private sealed class Life
    {
        /// <summary>Joined: calls can be made.</summary>
        public TaskCompletionSource Joined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Lost, and the next life is in place for whoever wants to try again.</summary>
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
