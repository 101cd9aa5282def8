namespace Trove.Cli.Tests.Output;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--seconds must be at least 6.", "bench", "live", "--seconds", "2")]
    [InlineData("either --tasks FILE.jsonl or --images FOLDER", "import", "p")]
    [InlineData("either --tasks FILE.jsonl or --images FOLDER", "import", "p", "--tasks", "a", "--images", "b")]
    [InlineData("--url must be an address", "watch", "p", "--url", "nonsense")]
    [InlineData("is no policy", "replay", ".", "--policy", "some")]
    [InlineData("is no policy", "replay", ".", "--policy", "dynamic:5-3")]
    [InlineData("There is no method 'guess'", "aggregate", ".", "--method", "guess")]
    [InlineData("there is no such file", "replay", "no-such-folder")]
    [InlineData("there is no such folder", "audit", "--data", "no-such-folder")]
    [InlineData("labels.csv: there is no such file", "replay", "no-such-folder", "--photos")]
    [InlineData("the server can't be reached", "project", "list", "--url", "http://127.0.0.1:1", "--key", "none")]
    [InlineData("the server can't be reached", "watch", "p", "--url", "http://127.0.0.1:1", "--key", "none")]
    [InlineData("trove account sign-in", "watch", "p", "--url", "http://127.0.0.1:1")]
    public async Task A_mistake_is_answered_by_a_sentence_on_the_error_stream_and_an_exit_code(string sentence, params string[] args)
    {
        var said = await TroveProgram.RunAsync(args);

        Assert.NotEqual(0, said.Code);
        Assert.Contains(sentence, said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        var said = await TroveProgram.RunAsync("--help");

        Assert.Equal(0, said.Code);
        Assert.All(
            ["run", "project", "import", "watch", "replay", "aggregate", "bench", "soak", "audit", "doctor", "admin", "account", "key", "audit-log"],
            command => Assert.Contains("  " + command, said.Output, StringComparison.Ordinal));
    }
}
