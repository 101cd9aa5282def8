using Trove.Cli.Aggregation;
using Trove.Consensus;

namespace Trove.Cli.Tests.Aggregation;

public sealed class CrowdDataTests
{
    [Fact]
    public void A_data_set_is_read_in_order_of_arrival()
    {
        using var folder = new DataSetFolder(
            """
            task,worker,label
            t2,ann,yes
            t1,bob,no
            t2,bob,"maybe, not"
            """,
            """
            task,label
            t1,no
            t9,yes
            t2,never
            """);
        CrowdData data = CrowdData.Load(folder.Path + "/");
        Assert.Equal("birds", data.Name);
        Assert.Equal(["t2", "t1"], data.Tasks);
        Assert.Equal(["ann", "bob"], data.Workers);
        Assert.Equal(["maybe, not", "never", "no", "yes"], data.Labels);
        Assert.Equal([new Answer(0, 0, 3), new Answer(1, 1, 2), new Answer(0, 1, 0)], data.Answers);
        Assert.Equal(new Dictionary<int, int> { [1] = 2, [0] = 1 }, data.Gold);
        Assert.Equal(1, data.GoldWithoutAnswers);
    }

    [Fact]
    public void A_second_answer_by_the_same_worker_is_left_out_and_counted()
    {
        using var folder = new DataSetFolder("task,worker,label\nt1,ann,yes\nt1,ann,no\nt1,bob,no\nt1,ann,yes\n");
        CrowdData data = CrowdData.Load(folder.Path);
        Assert.Equal([new Answer(0, 0, 1), new Answer(0, 1, 0)], data.Answers);
        Assert.Equal(2, data.Repeated);
        Assert.Empty(data.Gold);
    }

    [Fact]
    public void Columns_are_found_by_name_and_an_empty_label_is_a_label()
    {
        using var folder = new DataSetFolder("label,when,task,worker\r\nyes,1,t1,ann\r\n,2,t1,bob\r\n");
        CrowdData data = CrowdData.Load(folder.Path);
        Assert.Equal(["", "yes"], data.Labels);
        Assert.Equal([new Answer(0, 0, 1), new Answer(0, 1, 0)], data.Answers);
    }

    [Theory]
    [InlineData(null, null, "answers.csv: there is no such file")]
    [InlineData("", null, "answers.csv, line 1: there is no column 'task'")]
    [InlineData("task,who,label\n", null, "answers.csv, line 1: there is no column 'worker'")]
    [InlineData("task,worker,label\nt1,ann,yes\nt1,,no\n", null, "answers.csv, line 3, column 2: 'worker' is missing")]
    [InlineData("task,worker,label\n\nt1,ann\n", null, "answers.csv, line 3, column 3: 'label' is missing")]
    [InlineData("task,worker,label\nt1,ann,yes\n", "task,truth\n", "gold.csv, line 1: there is no column 'label'")]
    [InlineData("task,worker,label\nt1,ann,yes\n", "task,label\nt1,yes\nt1,no\n", "gold.csv, line 3: task 't1' has gold twice")]
    public void A_fault_names_file_line_and_column(string? answers, string? gold, string message)
    {
        using var folder = new DataSetFolder(answers, gold);
        var fault = Assert.Throws<CrowdDataException>(() => CrowdData.Load(folder.Path));
        Assert.StartsWith(folder.Path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_never_closes_is_a_fault_with_its_line()
    {
        using var folder = new DataSetFolder("task,worker,label\nt1,ann,yes\nt2,bob,\"no\nt3,bob,no\n");
        var fault = Assert.Throws<CrowdDataException>(() => CrowdData.Load(folder.Path));
        Assert.Contains("line 3", fault.Message, StringComparison.OrdinalIgnoreCase);
    }
}
