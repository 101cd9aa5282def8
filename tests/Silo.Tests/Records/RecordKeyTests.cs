using Trove.Silo.Records;

namespace Trove.Silo.Tests.Records;

public sealed class RecordKeyTests
{
    [Theory]
    [InlineData("task", "p1/label/7", "state", "task/p1/label/1:7#state")]
    [InlineData("task", "p1/label/12", "state", "task/p1/label/2:12#state")]
    [InlineData("task", "p1/label/012", "state", "task/p1/label/012#state")]
    [InlineData("task", "p1/label/0", "state", "task/p1/label/1:0#state")]
    [InlineData("task", "1234567890", "state", "task/1234567890#state")]
    [InlineData("contributor", "a-b_c.d", "hot", "contributor/a-b_c.d#hot")]
    public void A_key_is_written_and_read_back(string type, string key, string state, string expected)
    {
        Assert.Equal(expected, RecordKey.Of(type, key, state));
        Assert.Equal((type, key, state), RecordKey.Parse(expected));
    }

    [Fact]
    public void Numbers_sort_as_numbers_and_a_page_lies_together()
    {
        string[] keys = ["p/label/2/9", "p/label/2/10", "p/label/2/100", "p/label/10/0", "p/review/0/1"];
        var stored = keys.Select(key => RecordKey.Of("segment", key, "s")).ToArray();
        Assert.Equal(stored, stored.Order(StringComparer.Ordinal));
        Assert.StartsWith(RecordKey.Prefix("segment", "p/label/2/"), stored[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ta#sk", "a", "s")]
    [InlineData("task", "1:7", "s")]
    [InlineData("task", "a", "s#t")]
    public void What_would_make_keys_ambiguous_is_refused(string type, string key, string state) =>
        Assert.Throws<ArgumentException>(() => RecordKey.Of(type, key, state));

    [Theory]
    [InlineData("")]
    [InlineData("task/a")]
    [InlineData("task#a/b")]
    public void What_is_no_key_is_not_read(string key) => Assert.Throws<FormatException>(() => RecordKey.Parse(key));
}
