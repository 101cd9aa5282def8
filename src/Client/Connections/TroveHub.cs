using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trove.Contracts;

namespace Trove.Client.Connections;

/// <summary>Makes SignalR connections to a Trove server: WebSockets at once (no negotiation), JSON protocol, messages serialized by generated code.</summary>
public static class TroveHub
{
    // Shared by every connection of the process: a thousand clients cost a thousand sockets, not a thousand service containers.
    private static readonly IServiceProvider Services = new NoServices();
    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private static readonly IHubProtocol Protocol = new JsonHubProtocol(Options.Create(new JsonHubProtocolOptions
    {
        PayloadSerializerOptions = WireJson.Default.Options,
    }));

    /// <summary>A connection that is not started yet.</summary>
    /// <param name="server">Address of the server, <c>http</c> or <c>https</c>.</param>
    /// <param name="path">Path of the hub, such as <c>hubs/work</c>.</param>
    /// <param name="key">Says who calls: an API key, or a simulated contributor's.</param>
    public static HubConnection Create(Uri server, string path, string key)
    {
        var scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        var address = new UriBuilder(new Uri(server, path)) { Scheme = scheme }.Uri;
        return new HubConnection(new Factory(key), Protocol, new UriEndPoint(address), Services, NullLoggerFactory.Instance);
    }

    /// <summary>A connection disposes the container that it was given; this one has nothing to dispose, so that all can share it.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class Factory(string key) : IConnectionFactory
    {
        public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");

            // SignalR sends its own pings; a second heartbeat would cost every connection a timer.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, Invoker, cancellationToken);
                return new WebSocketConnection(socket);
            }
            catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                // Trying again would not help: whoever holds the key must get another.
                socket.Dispose();
                throw new RefusedException(new Problem("unauthenticated", "The server does not take the key: it is wrong, ended or expired, or not good for this."));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
