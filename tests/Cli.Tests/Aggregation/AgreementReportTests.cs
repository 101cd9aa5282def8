using Trove.Cli.Aggregation;

namespace Trove.Cli.Tests.Aggregation;

public sealed class AgreementReportTests
{
    [Fact]
    public void Whoever_agrees_least_stands_first()
    {
        using var folder = Crowd();
        AgreementReport report = AgreementReport.Of(CrowdData.Load(folder.Path));
        Assert.Equal("dan", report.Workers[0].Name);
        Assert.Equal(["0", "1"], report.Classes.Select(named => named.Name));
        Assert.InRange(report.Alpha.Value!.Value, 0.3, 0.7);
        Assert.True(report.Workers[0].Figure.High < report.Workers[1].Figure.Low);
    }

    [Fact]
    public async Task Aggregate_tells_it_when_asked_in_the_table_and_in_the_json()
    {
        using var folder = Crowd();
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--method", "majority", "--agreement", "--json");
        Assert.True(said.Code == 0, said.All);
        Assert.Contains("Krippendorff's alpha", said.Output, StringComparison.Ordinal);
        Assert.Contains("worker dan", said.Output, StringComparison.Ordinal);
        var agreement = said.Json.GetProperty("agreement");
        Assert.InRange(agreement.GetProperty("alpha").GetProperty("value").GetDouble(), 0.3, 0.7);
        Assert.Equal("dan", agreement.GetProperty("workers")[0].GetProperty("name").GetString());

        var all = await TroveProgram.RunAsync("aggregate", folder.Path, "--method", "all", "--agreement", "--json");
        Assert.Equal(agreement.GetRawText(), all.Json.GetProperty("agreement").GetRawText());
    }

    [Fact]
    public async Task Aggregate_leaves_it_out_when_not_asked()
    {
        using var folder = Crowd();
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--json");
        Assert.False(said.Json.TryGetProperty("agreement", out _), said.All);
        Assert.DoesNotContain("Krippendorff", said.Output, StringComparison.Ordinal);
    }

    /// <summary>Three who agree, and one who says something of their own.</summary>
    private static DataSetFolder Crowd()
    {
        string[] rows = [.. Enumerable.Range(0, 40).SelectMany(task => (string[])[
            $"t{task},ann,{task % 2}", $"t{task},bob,{task % 2}", $"t{task},cat,{task % 2}", $"t{task},dan,{task / 2 % 2}"])];
        return new DataSetFolder("task,worker,label\n" + string.Join('\n', rows) + "\n");
    }
}
