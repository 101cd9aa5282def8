using Trove.Frontend.Hosting;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts.Outside;

public sealed class OutsideSettingsTests
{
    private static readonly string[] Good =
    [
        "--Trove:SignIn:acme:Authority=https://accounts.example.org/", "--Trove:SignIn:acme:ClientId=trove", "--Trove:SignIn:acme:ClientSecret=secret",
    ];

    [Theory]
    [InlineData("Authority", "", "Trove:SignIn:acme:Authority is missing")]
    [InlineData("Authority", "http://accounts.example.org", "plain http is for a provider on this machine only")]
    [InlineData("Authority", "accounts.example.org", "such as https://accounts.example.org")]
    [InlineData("Authority", "https://me:secret@accounts.example.org", "such as https://accounts.example.org")]
    [InlineData("Authority", "https://accounts.example.org/?tenant=1", "such as https://accounts.example.org")]
    [InlineData("ClientId", "", "Trove:SignIn:acme:ClientId is missing")]
    [InlineData("ClientSecret", "", "Trove:SignIn:acme:ClientSecret (or ClientSecretFile, the path of a file that holds it) is missing")]
    [InlineData("ClientSecretFile", "/nowhere", "is given twice")]
    [InlineData("TimeoutSeconds", "0", "a number from 1 to 60")]
    [InlineData("TimeoutSeconds", "soon", "a number from 1 to 60")]
    [InlineData("DisplayName", "a name that is far too long for a button on a page", "at most 40 characters")]
    public async Task A_setting_that_is_wrong_refuses_the_start_and_says_what_to_set(string name, string value, string says)
    {
        var reason = await Assert.ThrowsAsync<StartupException>(() => TroveServer.Start(null, [.. Good, $"--Trove:SignIn:acme:{name}={value}"]));
        Assert.Contains(says, reason.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", name == "Authority" ? "" : reason.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("../etc")]
    [InlineData("a-name-that-is-longer-than-thirty-two")]
    public async Task A_provider_has_a_name_that_can_stand_in_an_address(string name)
    {
        var reason = await Assert.ThrowsAsync<StartupException>(() => TroveServer.Start(null, Array.ConvertAll(Good, setting => setting.Replace(":acme:", $":{name}:", StringComparison.Ordinal))));
        Assert.Contains("1 to 32 of a-z", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_may_stand_in_a_file_and_the_provider_may_be_away()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "s3cret\n");
        await using var server = await TroveServer.Start(null, [Good[0], Good[1], $"--Trove:SignIn:Acme:ClientSecretFile={file}"]);
        using var http = server.Client(user: null);
        Assert.Equal("""[{"provider":"acme","displayName":"acme"}]""", (await http.GetStringAsync(new Uri("/api/v1/account/outside", UriKind.Relative))).Replace("Acme", "acme", StringComparison.Ordinal));
        File.Delete(file);
    }

    [Fact]
    public async Task Without_settings_there_is_no_provider()
    {
        await using var server = await TroveServer.Start();
        using var http = server.Client(user: null);
        Assert.Equal("[]", await http.GetStringAsync(new Uri("/api/v1/account/outside", UriKind.Relative)));
        using var response = await http.GetAsync(new Uri("/account/outside/acme", UriKind.Relative));
        await Person.AssertProblem("outside-unknown", response);
    }
}
