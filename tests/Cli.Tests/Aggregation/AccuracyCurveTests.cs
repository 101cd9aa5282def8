using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Trove.Cli.Aggregation;
using Trove.Consensus;

namespace Trove.Cli.Tests.Aggregation;

public sealed class AccuracyCurveTests
{
    private const int Tasks = 60;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Asking_for_more_answers_uses_more_and_never_more_than_asked_for()
    {
        using var folder = Crowd();
        AccuracyCurve curve = AccuracyCurve.Of(CrowdData.Load(folder.Path), seeds: 2);
        foreach (var line in curve.Points.GroupBy(AccuracyCurve.LineOf))
        {
            double[] used = [.. line.Select(point => point.AnswersPerTask)];
            Assert.Equal(used.Order(), used);
            Assert.True(used[0] < used[^1]);
        }

        CurvePoint[] firstOfEach = [.. curve.Points.Where(point => point.Policy.StartsWith("fixed:", StringComparison.Ordinal))];
        Assert.All(firstOfEach, point => Assert.InRange(point.AnswersPerTask, 1, int.Parse(point.Policy["fixed:".Length..], CultureInfo.InvariantCulture)));
        Assert.Equal(["dawid-skene", "majority", "trove"], firstOfEach.Select(point => point.Method).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void With_every_answer_each_method_is_as_accurate_as_aggregate_says()
    {
        using var folder = Crowd();
        CrowdData data = CrowdData.Load(folder.Path);
        AccuracyCurve curve = AccuracyCurve.Of(data, seeds: 2);
        foreach (var line in curve.Points.Where(point => !AccuracyCurve.LineOf(point).IsDynamic).GroupBy(point => point.Method))
        {
            Assert.Equal((double)data.Answers.Count / Tasks, line.Last().AnswersPerTask);
            Assert.Equal(new AggregateRun(TimeProvider.System).Execute(data, Aggregators.ByName(line.Key)).Accuracy!.Value, line.Last().Accuracy, 12);
        }
    }

    [Fact]
    public void The_same_seeds_give_the_same_curve()
    {
        using var folder = Crowd();
        CrowdData data = CrowdData.Load(folder.Path);
        Assert.Equal(AccuracyCurve.Of(data, seeds: 2).Points, AccuracyCurve.Of(data, seeds: 2).Points);
    }

    [Fact]
    public async Task Without_gold_there_is_no_curve()
    {
        using var folder = new DataSetFolder("task,worker,label\nt1,ann,yes\n");
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--curve");
        Assert.Equal(1, said.Code);
        Assert.Contains("needs gold.csv", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boxes_have_no_curve()
    {
        using var folder = new DataSetFolder("task,worker,label\nt1,ann,0 0 1 1\n", "task,label\nt1,0 0 1 1\n");
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, "--curve");
        Assert.Equal(1, said.Code);
        Assert.Contains("boxes", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_data_sets_are_for_curves_alone()
    {
        using var folder = Crowd();
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, folder.Path);
        Assert.Equal(1, said.Code);
        Assert.Contains("--curve", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_prints_rows_and_draws_a_panel_for_each_data_set()
    {
        using var folder = Crowd();
        string file = Path.Combine(folder.Path, "curve.svg");
        var said = await TroveProgram.RunAsync("aggregate", folder.Path, folder.Path, "--curve", "--seeds", "1", "--svg", file, "--json");
        Assert.Equal(0, said.Code);
        JsonElement curve = said.Json.GetProperty("curves")[1];
        Assert.Equal("birds", curve.GetProperty("dataset").GetString());
        Assert.Equal(
            ["method", "policy", "answersPerTask", "accuracy", "decidedRight"],
            curve.GetProperty("points")[0].EnumerateObject().Select(property => property.Name));
        XElement picture = XElement.Load(file);
        Assert.Equal(2, picture.Elements(Svg + "g").Count());
        Assert.Equal(
            ["dawid-skene", "dynamic", "majority", "trove"],
            TextsOf(picture.Elements(Svg + "g").First(), "label").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("<b>&\"birds\"</b>", "<b>&\"birds\"</b>")]
    [InlineData("a\u0001b\nc", "a?b?c")]
    public void A_name_is_text_whatever_it_holds(string name, string shown)
    {
        var curve = new AccuracyCurve(name, 2, 2, 1, [new("majority", "fixed:1", 1, 0.5), new("trove", "fixed:1", 1, 0.5)]);
        XElement picture = XElement.Parse(CurvePlot.Draw([curve]));
        Assert.Equal([shown], TextsOf(picture, "name"));
    }

    [Fact]
    public void Every_place_in_a_picture_is_a_number_inside_it_also_where_all_points_are_one()
    {
        var one = new AccuracyCurve("one", 1, 1, 1, [new("majority", "fixed:1", 1, 1), new("dawid-skene", "fixed:1", 1, 1), new("trove", "fixed:1", 1, 1), new("trove", "dynamic:1-1@0.95", 1, 1, 1)]);
        XElement picture = XElement.Parse(CurvePlot.Draw([one]));
        double[] places = [.. picture.Descendants(Svg + "text").Select(text => double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture))];
        Assert.NotEmpty(places);
        Assert.All(places, x => Assert.InRange(x, 0, CurvePlot.Width));
        double[] labels = [.. picture.Descendants(Svg + "text").Where(text => text.Attribute("class")!.Value.StartsWith("label", StringComparison.Ordinal))
            .Select(text => double.Parse(text.Attribute("y")!.Value, CultureInfo.InvariantCulture)).Order()];
        Assert.All(labels.Zip(labels.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 14, "labels lie on each other"));
        Assert.All(labels, y => Assert.InRange(y, 0, CurvePanel.Height));
        Assert.DoesNotContain("NaN", picture.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> TextsOf(XElement element, string look) => element.Descendants(Svg + "text")
        .Where(text => text.Attribute("class")!.Value.Split(' ')[0] == look).Select(text => text.Value);

    /// <summary>Nine people of whom three guess, and two classes.</summary>
    private static DataSetFolder Crowd()
    {
        var random = new Random(7);
        string[] gold = [.. Enumerable.Range(0, Tasks).Select(_ => random.Next(2) == 0 ? "no" : "yes")];
        IEnumerable<string> answers = Enumerable.Range(0, Tasks).SelectMany(task => Enumerable.Range(0, 9).Where(_ => random.Next(10) > 0).Select(worker =>
        {
            bool right = random.NextDouble() < (worker < 3 ? 0.5 : 0.8);
            return $"t{task},w{worker},{(right == (gold[task] == "yes") ? "yes" : "no")}";
        }));
        return new DataSetFolder(
            "task,worker,label\n" + string.Join('\n', answers) + "\n", "task,label\n" + string.Join('\n', gold.Select((label, task) => $"t{task},{label}")) + "\n");
    }
}
