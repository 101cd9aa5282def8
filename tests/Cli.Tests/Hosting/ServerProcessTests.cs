using System.Net;
using Trove.Cli.Hosting;
using Trove.Cli.Output;
using Trove.Testing;
using TempFolder = Trove.Testing.TempFolder;

namespace Trove.Cli.Tests.Hosting;

public sealed class ServerProcessTests
{
    [Fact]
    public async Task A_server_answers_when_it_says_so_and_ends_when_its_input_closes()
    {
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        using var http = new HttpClient { BaseAddress = server.Url };

        using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(server.ResidentBytes > 1_000_000);

        await server.StopAsync();
        Assert.True(server.HasExited);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "not a folder");

        var refused = await Assert.ThrowsAsync<CommandException>(() => ServerProcess.StartAsync(file));

        Assert.Contains("a-file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_server_comes_back_on_the_same_port_and_folder()
    {
        using var folder = new TempFolder();
        var first = await ServerProcess.StartAsync(folder.Path);
        var port = first.Url.Port;
        await first.KillAsync();
        await first.DisposeAsync();

        await using var second = await ServerProcess.StartAsync(folder.Path, port);

        Assert.Equal(port, second.Url.Port);
    }
}
