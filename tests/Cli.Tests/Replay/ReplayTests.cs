using Trove.Testing;

namespace Trove.Cli.Tests.Replay;

/// <summary>Whole sessions: the real server in a process of its own, real sockets, real records.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("yes", "no")]
    [InlineData("cat", "dog", "owl")]
    public async Task Replaying_all_uses_every_answer_and_leaves_clean_records(params string[] labels)
    {
        using var folder = new TempFolder();
        CrowdFolder.Write(folder.Path, tasks: 30, workers: 12, answersPerTask: 6, labels, seed: 5);

        var said = await TroveProgram.RunAsync("replay", folder.Path, "--policy", "all", "--json");

        Assert.True(said.Code == 0, said.All);
        var json = said.Json;
        Assert.Equal(30 * 6, json.GetProperty("answersAvailable").GetInt32());
        Assert.Equal(30 * 6, json.GetProperty("answersUsed").GetInt32());
        Assert.Equal(0, json.GetProperty("overshoot").GetInt32());
        Assert.True(json.GetProperty("auditClean").GetBoolean());
        Assert.InRange(json.GetProperty("accuracy").GetDouble(), 0.7, 1);
    }

    [Fact]
    public async Task A_dynamic_policy_uses_fewer_answers_and_never_too_many()
    {
        using var folder = new TempFolder();
        CrowdFolder.Write(folder.Path, tasks: 40, workers: 15, answersPerTask: 10, ["yes", "no"], seed: 6);

        var said = await TroveProgram.RunAsync("replay", folder.Path, "--policy", "dynamic:2-7@0.9", "--method", "majority", "--json");

        Assert.True(said.Code == 0, said.All);
        var json = said.Json;
        Assert.InRange(json.GetProperty("answersUsed").GetInt32(), 40 * 2, (40 * 7) - 1);
        Assert.Equal(0, json.GetProperty("overshoot").GetInt32());
        Assert.True(json.GetProperty("auditClean").GetBoolean());
        Assert.Equal("majority", json.GetProperty("method").GetString());
    }
}
