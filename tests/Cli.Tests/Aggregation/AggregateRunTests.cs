using System.Text.Json;
using Trove.Cli.Aggregation;
using Trove.Consensus;

namespace Trove.Cli.Tests.Aggregation;

public sealed class AggregateRunTests
{
    private const string Answers =
        """
        task,worker,label
        t1,ann,yes
        t1,bob,yes
        t1,cat,no
        t2,ann,no
        t2,bob,no
        t3,ann,no
        t3,cat,yes
        """;

    [Fact]
    public void Accuracy_is_over_the_tasks_with_gold()
    {
        using var folder = new DataSetFolder(Answers, "task,label\nt1,yes\nt2,yes\n");
        AggregateReport report = Run(folder, "majority");
        Assert.Equal(("birds", "majority", 3, 7, 0.5), (report.Dataset, report.Method, report.Tasks, report.Answers, report.Accuracy));
    }

    [Fact]
    public void A_tie_counts_for_the_gold_labels_share_of_it_and_not_by_the_order_of_labels()
    {
        using var no = new DataSetFolder(Answers, "task,label\nt3,no\n");
        using var yes = new DataSetFolder(Answers, "task,label\nt3,yes\n");
        Assert.Equal((0.5, 0.5), (Run(no, "majority").Accuracy, Run(yes, "majority").Accuracy));
    }

    [Fact]
    public void Without_gold_accuracy_is_null_and_still_a_key()
    {
        using var folder = new DataSetFolder(Answers);
        using JsonDocument json = JsonDocument.Parse(Run(folder, "trove").ToJson());
        Assert.Equal(
            ["dataset", "method", "tasks", "answers", "accuracy", "seconds"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("accuracy").ValueKind);
        Assert.True(json.RootElement.GetProperty("seconds").GetDouble() >= 0);
    }

    [Fact]
    public void Every_method_runs_over_a_set_without_an_answer()
    {
        using var folder = new DataSetFolder("task,worker,label\n");
        Assert.All(Aggregators.All, method => Assert.Equal(0, Run(folder, method.Name).Answers));
    }

    [Fact]
    public void What_is_asked_for_besides_is_in_the_report_and_nothing_else()
    {
        using var folder = new DataSetFolder(Answers, "task,label\nt1,yes\nt2,yes\n");
        AggregateReport report = new AggregateRun(TimeProvider.System).Execute(
            CrowdData.Load(folder.Path), Aggregators.ByName("majority"), new AggregateQuestions(BestOf: 2, Folds: 2, Calibration: true));
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(
            ["dataset", "method", "tasks", "answers", "accuracy", "seconds", "heldOutAgreement", "heldOutLogScore", "calibrationError", "calibration"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(10, report.Calibration!.Count);
        Assert.Equal(2, report.Calibration.Sum(bin => bin.Tasks));
    }

    [Fact]
    public void A_policy_is_tried_on_the_answers_as_they_came()
    {
        using var folder = new DataSetFolder(Answers, "task,label\nt1,yes\nt2,no\n");
        AggregateReport report = new AggregateRun(TimeProvider.System).Execute(
            CrowdData.Load(folder.Path), QuorumPolicy.Fixed(2), seed: null, new AggregateQuestions());
        Assert.Equal((6, 1.0, "trove fixed:2"), (report.AnswersUsed, report.Accuracy, report.Method));
    }

    private static AggregateReport Run(DataSetFolder folder, string method) =>
        new AggregateRun(TimeProvider.System).Execute(CrowdData.Load(folder.Path), Aggregators.ByName(method));
}
