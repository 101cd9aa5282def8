using System.Text.Json;

namespace Trove.Cli.Tests.Aggregation;

public sealed class BoxAggregationTests
{
    private const string Answers =
        """
        task,worker,label
        t1,ann,0 0 10 20;50 50 60 80
        t1,bob,0 1 10 20
        t1,cat,1 0 10 20;50 50 60 80
        t2,ann,
        t2,bob,
        t2,cat,7 7 9 9
        """;

    [Fact]
    public async Task A_folder_of_boxes_is_scored_by_overlap()
    {
        using var folder = new DataSetFolder(Answers, "task,label\nt1,0 0 10 20;50 50 60 80\nt2,\n");
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--json");
        Assert.Equal(0, said.Code);
        using JsonDocument json = JsonDocument.Parse(said.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(
            ["dataset", "method", "tasks", "answers", "accuracy", "seconds", "precision", "recall", "meanIou", "bestAnnotatorF1", "plainClusteringF1"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(1, json.RootElement.GetProperty("accuracy").GetDouble());
        Assert.Equal(1, json.RootElement.GetProperty("bestAnnotatorF1").GetDouble());
        Assert.Equal(1, json.RootElement.GetProperty("plainClusteringF1").GetDouble());
    }

    [Fact]
    public async Task Without_gold_there_is_no_score()
    {
        using var folder = new DataSetFolder(Answers);
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--json");
        using JsonDocument json = JsonDocument.Parse(said.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("accuracy").ValueKind);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("1 2 3")]
    [InlineData("1 2 3 4 5")]
    [InlineData("1 2 3 x")]
    public void A_label_that_is_no_box_makes_the_folder_something_else(string label)
    {
        using var folder = new DataSetFolder($"task,worker,label\nt1,ann,0 0 1 1\nt1,bob,{label}\n");
        Assert.Null(Trove.Cli.Aggregation.BoxAggregation.Of(Trove.Cli.Aggregation.CrowdData.Load(folder.Path)));
    }
}
