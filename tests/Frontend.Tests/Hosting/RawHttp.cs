using System.Net.Sockets;
using System.Text;

namespace Trove.Frontend.Tests.Hosting;

/// <summary>Sends bytes that no HTTP client would, over a real socket, and hears everything that comes back.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends the text as it stands, HOST replaced by the server's own; returns what the server said until it closed the connection.</summary>
    public static async Task<string> Exchange(Uri server, string request)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, limit.Token);
        var said = Listen(client.GetStream(), limit.Token);
        try
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.Replace("HOST", server.Authority, StringComparison.Ordinal)), limit.Token);
        }
        catch (IOException)
        {
            // The server may close while a long request is still being sent; what it said before counts.
        }

        return await said;
    }

    private static async Task<string> Listen(NetworkStream stream, CancellationToken limit)
    {
        var heard = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, limit) is var read and > 0)
            {
                heard.Write(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // Closed with something unread on its side.
        }

        return Encoding.Latin1.GetString(heard.ToArray());
    }
}
