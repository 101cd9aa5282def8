using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Trove.Frontend.Tests.Host;
using Xunit.Abstractions;

namespace Trove.Frontend.Tests.Hubs;

/// <summary>What a hostile client may send, against the real grains. The short form runs always; TROVE_LONG makes it long.</summary>
public sealed class HostileMessageTests(ITestOutputHelper output)
{
    private static readonly string[] Methods = ["Join", "Submit", "Skip", "SaveDraft", "SuggestTags", "Leave", "Offer", "OnConnectedAsync", "Dispose", "", "submit\\u0000"];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e400", "\"\"", "\"yes\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "[null]", "[[[[[[[[[[]]]]]]]]]]", "{}", "{\"token\":\"t\"}", "{\"token\":\"t\",\"values\":[\"yes\"]}",
        "{\"token\":\"AAAA\",\"values\":null}", "{\"projects\":[{\"project\":\"p\"}]}", "{\"projects\":[{\"project\":\"p\",\"briefVersion\":-5}],\"held\":[\"AAAA\"]}", "{\"token\":\"t\",\"draft\":\"d\"}",
        "{\"projects\":null}", "{\"projects\":[null]}", "{\"projects\":[{\"project\":\"../../p\"}]}", "{\"projects\":[{\"project\":\"nowhere\"}],\"held\":null,\"stint\":2147483648}", "99999999999999999999",
    ];

    [Fact]
    public async Task No_message_crashes_the_server_or_shows_up_as_an_error()
    {
        var messages = Environment.GetEnvironmentVariable("TROVE_LONG") is null ? 2_000 : 100_000;
        var seed = Environment.TickCount;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {messages} messages"));
        var random = new Random(seed);
        await using var server = await TroveServer.Start(configure: null, "--Trove:HubMessagesPerSecond=0");
        var atStart = server.Log.AtLeast(LogLevel.Warning).ToList(); // Orleans warns of the test process's garbage collector
        var hub = await RawHub.Connect(server, "/hubs/work", "mallory");
        var connections = 1;
        for (var sent = 0; sent < messages; sent++)
        {
            if (!await hub.TrySend(Message(random)))
            {
                await hub.DisposeAsync();
                hub = await RawHub.Connect(server, "/hubs/work", "mallory");
                connections++;
            }
        }

        await hub.DisposeAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connections"));

        // It still serves, and nothing that was sent was a surprise to it.
        await using var honest = await RawHub.Connect(server, "/hubs/work", "honest");
        Assert.Contains("project-unknown", (await honest.Invoke("Join", """{"projects":[{"project":"nowhere"}]}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(atStart, server.Log.AtLeast(LogLevel.Warning));
    }

    private static byte[] Message(Random random)
    {
        var invocation = $$"""{"type":{{random.Next(-1, 9)}},"invocationId":"{{random.Next()}}","target":"{{Pick(random, Methods)}}","arguments":[{{string.Join(',', Enumerable.Range(0, random.Next(0, 3)).Select(_ => Pick(random, Values)))}}]}""";
        byte[] bytes = [.. Encoding.UTF8.GetBytes(invocation), 0x1e];
        switch (random.Next(10))
        {
            case 0:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            case 1:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            case 2 when random.Next(20) == 0:
                bytes = new byte[random.Next(1, 70_000)];
                random.NextBytes(bytes);
                break;
        }

        return bytes;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
