using Microsoft.Extensions.Configuration;
using Trove.Frontend.Hosting;
using Trove.Testing;

namespace Trove.Frontend.Tests.Host;

public sealed class SecretsTests : IDisposable
{
    private const string Setting = "Trove:Mail:Password";
    private readonly TempFolder _folder = new();

    private string Path => _folder["password"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_secret_is_the_setting_itself() => Assert.Equal("s3cret", Settings((Setting, "s3cret")).Secret(Setting));

    [Theory]
    [InlineData("s3cret\n")]
    [InlineData("s3cret\r\n")]
    [InlineData("s3cret")]
    public void Or_what_stands_in_a_file_without_the_line_break_at_its_end(string content)
    {
        File.WriteAllText(Path, content);
        Assert.Equal("s3cret", Settings((Setting + "File", Path)).Secret(Setting));
    }

    [Fact]
    public void A_secret_that_is_not_given_is_null()
    {
        Assert.Null(Settings().Secret(Setting));
        Assert.Null(Settings((Setting, "")).Secret(Setting));
    }

    [Fact]
    public void A_secret_given_twice_is_refused_and_not_told()
    {
        File.WriteAllText(Path, "other");
        var refused = Assert.Throws<StartupException>(() => Settings((Setting, "s3cret"), (Setting + "File", Path)).Secret(Setting));
        Assert.Contains(Setting, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_empty_or_no_secret_is_refused_by_name()
    {
        Refused();
        File.WriteAllText(Path, "\n");
        Refused();
        File.WriteAllText(Path, new string('x', 100_000));
        Refused();

        void Refused() => Assert.Contains(Path, Assert.Throws<StartupException>(() => Settings((Setting + "File", Path)).Secret(Setting)).Message, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        .Build();
}
