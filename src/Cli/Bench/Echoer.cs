using Microsoft.AspNetCore.SignalR.Client;
using Trove.Client.Connections;
using Trove.Contracts.Contributors;

namespace Trove.Cli.Bench;

/// <summary>The yardstick: the same client, protocol and message as a label's, on a hub method that returns its argument. One call outstanding.</summary>
internal sealed class Echoer(Uri server, string key) : IAsyncDisposable
{
    private readonly HubConnection _hub = TroveHub.Create(server, "hubs/echo", key);
    private long _echoes;

    public long Echoes => Interlocked.Read(ref _echoes);

    public Task ConnectAsync(CancellationToken cancellation) => _hub.StartAsync(cancellation);

    public async Task RunAsync(SubmitRequest request, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _hub.InvokeAsync<SubmitRequest>("Submit", request, CancellationToken.None);
            Interlocked.Increment(ref _echoes);
        }
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
