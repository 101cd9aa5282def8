using Trove.Cli.Soak;

namespace Trove.Cli.Tests.Soak;

public sealed class SoakTests
{
    [Fact]
    public async Task A_killed_server_keeps_every_word_it_gave()
    {
        var (kills, seconds, people) = Environment.GetEnvironmentVariable("TROVE_LONG") == "1" ? (20, 120, 500) : (2, 8, 20);

        var said = await TroveProgram.RunAsync("soak", "--kills", $"{kills}", "--seconds", $"{seconds}", "--contributors", $"{people}", "--json");

        Assert.True(said.Code == 0, said.All);
        var json = said.Json;
        Assert.Equal(kills, json.GetProperty("kills").GetInt32());
        Assert.True(json.GetProperty("acknowledged").GetInt32() > people, said.All);
        Assert.Equal(0, json.GetProperty("lost").GetInt32());
        Assert.Equal(0, json.GetProperty("overshoot").GetInt32());
        Assert.Equal(0, json.GetProperty("doubleSettled").GetInt32());
        Assert.True(json.GetProperty("auditClean").GetBoolean());
    }

    [Fact]
    public void Every_kill_falls_into_a_part_of_its_own_and_all_within_the_duration()
    {
        var moments = new SoakPlan(Kills: 20, TimeSpan.FromSeconds(60), Contributors: 5, Tasks: 0, Answers: 3, Seed: 11).Moments();

        Assert.Equal(20, moments.Length);
        Assert.All(moments.Select((moment, k) => (moment, k)), m => Assert.InRange(m.moment.TotalSeconds, 3 * m.k, 3 * (m.k + 1)));
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_refused()
    {
        using var folder = new Testing.TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "mine.txt"), "precious");

        var said = await TroveProgram.RunAsync("soak", "--data", folder.Path);

        Assert.Equal(1, said.Code);
        Assert.Contains("is not empty", said.Error, StringComparison.Ordinal);
    }
}
