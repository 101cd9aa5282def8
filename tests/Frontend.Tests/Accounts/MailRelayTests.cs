using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Trove.Frontend.Identity.Mail;
using Trove.Frontend.Tests.Host;
using Trove.Testing;

namespace Trove.Frontend.Tests.Accounts;

public sealed class MailRelayTests
{
    [Fact]
    public async Task Letters_of_an_earlier_life_reach_the_mail_server_although_it_first_takes_none()
    {
        using var data = new TempFolder();
        var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        var folder = new MailFolder(Path.Combine(data.Path, "mail"), "trove@example.org", TimeProvider.System, loggers.CreateLogger<MailFolder>());
        folder.Send("nobody", new Letter("ann@example.org", "First", "Grüße\nand a code"));
        folder.Send("nobody", new Letter("bob@example.org", "Second", "b"));

        using var server = new SmallMailServer(refusals: 2);
        using var relay = new MailRelay(folder, new MailOptions { Host = "127.0.0.1", Port = server.Port, Tls = false, RetrySeconds = 0 }, loggers.CreateLogger<MailRelay>());
        await relay.StartAsync(CancellationToken.None);
        var taken = new[] { await server.Taken.ReadAsync(), await server.Taken.ReadAsync() };
        Assert.Equal(["<ann@example.org>", "<bob@example.org>"], taken.Order(StringComparer.Ordinal));

        // One that comes while it waits for more.
        folder.Send("nobody", new Letter("eve@example.org", "Third", "c"));
        Assert.Equal("<eve@example.org>", await server.Taken.ReadAsync());
        await relay.StopAsync(CancellationToken.None);
        Assert.DoesNotContain(log.AtLeast(LogLevel.Trace), line => line.Contains("@example.org", StringComparison.Ordinal));
    }

    /// <summary>As much of a mail server as a client needs. It refuses the first letters and tells who the others are for.</summary>
    private sealed class SmallMailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Channel<string> _taken = Channel.CreateUnbounded<string>();
        private int _refusals;

        public SmallMailServer(int refusals)
        {
            _refusals = refusals;
            _listener.Start();
            _ = Listen();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ChannelReader<string> Taken => _taken.Reader;

        public void Dispose() => _listener.Dispose();

        private async Task Listen()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await Serve(client);
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                _taken.Writer.TryComplete();
            }
        }

        private async Task Serve(TcpClient client)
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 here");
            var to = "";
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
                {
                    to = line["RCPT TO:".Length..];
                    await writer.WriteLineAsync(Interlocked.Decrement(ref _refusals) >= 0 ? "451 later" : "250 ok");
                }
                else if (line.Equals("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await writer.WriteLineAsync("354 go on");
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                    {
                    }

                    await writer.WriteLineAsync("250 taken");
                    await _taken.Writer.WriteAsync(to);
                }
                else
                {
                    await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 ok");
                }
            }
        }
    }
}
