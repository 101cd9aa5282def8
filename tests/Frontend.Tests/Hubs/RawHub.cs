using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Hubs;

/// <summary>A hub connection that can say anything: SignalR's JSON protocol by hand over a real WebSocket.</summary>
internal sealed class RawHub : IAsyncDisposable
{
    private const char End = '\u001e';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonElement> _pushes = Channel.CreateUnbounded<JsonElement>();
    private readonly Channel<JsonElement> _completions = Channel.CreateUnbounded<JsonElement>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _invocation;

    /// <summary>Completes when the server or the network ended the connection.</summary>
    public Task Ended => _ended.Task.WaitAsync(Patience);

    public static async Task<RawHub> Connect(TroveServer server, string path, string? user = "ann", string? origin = null, bool listen = true, string? key = null)
    {
        var hub = new RawHub();
        if (origin is not null)
        {
            hub._socket.Options.SetRequestHeader("Origin", origin);
        }

        hub._socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        if (user is not null)
        {
            hub._socket.Options.SetRequestHeader("Authorization", $"Bearer {key ?? await server.KeyOf(user)}");
        }

        await hub.Open(server, path);
        if (listen)
        {
            _ = hub.Listen();
        }

        return hub;
    }

    /// <summary>Connects with exactly these headers.</summary>
    /// <exception cref="RefusedConnectionException">The server refused.</exception>
    public static async Task<RawHub> Connect(TroveServer server, string path, IReadOnlyDictionary<string, string> headers)
    {
        var hub = new RawHub();
        foreach (var (name, value) in headers)
        {
            hub._socket.Options.SetRequestHeader(name, value);
        }

        hub._socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await hub.Open(server, path);
        }
        catch (WebSocketException) when (hub._socket.HttpStatusCode >= System.Net.HttpStatusCode.BadRequest)
        {
            throw new RefusedConnectionException(hub._socket.HttpStatusCode);
        }

        _ = hub.Listen();
        return hub;
    }

    private async Task Open(TroveServer server, string path)
    {
        await _socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}{path}"), default);
        await Send("""{"protocol":"json","version":1}""");
    }

    /// <summary>Sends one protocol message, well formed or not.</summary>
    public Task Send(string message) => SendBytes([.. Encoding.UTF8.GetBytes(message), (byte)End]);

    public Task SendBytes(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, default);

    /// <summary>Sends bytes; false when the server has ended the connection.</summary>
    public async Task<bool> TrySend(byte[] bytes)
    {
        try
        {
            await SendBytes(bytes);
            return true;
        }
        catch (Exception ended) when (ended is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Invokes a method; arguments are JSON.</summary>
    /// <returns>The completion: <c>result</c> or <c>error</c>.</returns>
    public async Task<JsonElement> Invoke(string method, params string[] arguments)
    {
        await Send($$"""{"type":1,"invocationId":"{{++_invocation}}","target":"{{method}}","arguments":[{{string.Join(',', arguments)}}]}""");
        return await Completion();
    }

    public async Task<JsonElement> Completion() => await _completions.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next thing the server pushed: <c>target</c> and <c>arguments</c>.</summary>
    public async Task<JsonElement> Push() => await _pushes.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<(string Target, JsonElement Argument)> NextPush()
    {
        var push = await Push();
        return (push.GetProperty("target").GetString()!, push.GetProperty("arguments")[0]);
    }

    /// <summary>Begins to read what has come so far; for a client that took nothing until now.</summary>
    public Task Listen() => Task.Run(async () =>
    {
        var buffer = new byte[16 * 1024];
        var text = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer, default);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                text.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    foreach (var message in Encoding.UTF8.GetString(text.ToArray()).Split(End, StringSplitOptions.RemoveEmptyEntries))
                    {
                        Dispatch(JsonDocument.Parse(message).RootElement);
                    }

                    text.SetLength(0);
                }
            }
        }
        catch (Exception end) when (end is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Told by Ended below: for these tests an aborted connection is one that ended.
        }

        _pushes.Writer.TryComplete();
        _completions.Writer.TryComplete();
        _ended.TrySetResult();
    });

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            _socket.Abort();
        }

        _socket.Dispose();
        await Task.CompletedTask;
    }

    private void Dispatch(JsonElement message)
    {
        if (!message.TryGetProperty("type", out var type))
        {
            return;
        }

        switch (type.GetInt32())
        {
            case 1:
                _pushes.Writer.TryWrite(message);
                break;
            case 3:
                _completions.Writer.TryWrite(message);
                break;
        }
    }
}

/// <summary>The server answered a wish for a connection with another status.</summary>
internal sealed class RefusedConnectionException(System.Net.HttpStatusCode status) : Exception($"The server answered {status}.")
{
    public System.Net.HttpStatusCode Status => status;
}
