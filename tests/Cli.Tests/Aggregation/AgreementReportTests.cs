using Trove.Cli.Aggregation;

namespace Trove.Cli.Tests.Aggregation;

public sealed class AgreementReportTests
{
    [Fact]
    public void Whoever_agrees_least_stands_first()
    {
        string[] rows = [.. Enumerable.Range(0, 40).SelectMany(task => (string[])[
            $"t{task},ann,{task % 2}", $"t{task},bob,{task % 2}", $"t{task},cat,{task % 2}", $"t{task},dan,{task / 2 % 2}"])];
        using var folder = new DataSetFolder("task,worker,label\n" + string.Join('\n', rows) + "\n");
        AgreementReport report = AgreementReport.Of(CrowdData.Load(folder.Path));
        Assert.Equal("dan", report.Workers[0].Name);
        Assert.Equal(["0", "1"], report.Classes.Select(named => named.Name));
        Assert.InRange(report.Alpha.Value!.Value, 0.3, 0.7);
        Assert.True(report.Workers[0].Figure.High < report.Workers[1].Figure.Low);
    }
}
