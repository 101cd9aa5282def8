using System.Runtime.Versioning;
using Trove.Testing;

namespace Trove.Cli.Tests.Doctor;

[UnsupportedOSPlatform("windows")]
public sealed class DoctorTests
{
    [Fact]
    public async Task A_default_start_is_safe_and_its_owner_learns_what_the_internet_takes()
    {
        using var folder = new TempFolder();

        var said = await TroveProgram.RunAsync("doctor", "--data", Path.Combine(folder.Path, "new"), "--json");

        Assert.True(said.Code == 0, said.All);
        Assert.Equal(0, said.Json.GetProperty("high").GetInt32());
        Assert.Contains("Before this Trove faces the internet:", said.Output, StringComparison.Ordinal);
        Assert.Contains("AllowedHosts", said.Output, StringComparison.Ordinal);
        var loopback = said.Json.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("code").GetString() == "loopback-only");
        Assert.Equal("info", loopback.GetProperty("severity").GetString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task What_is_unsafe_is_counted_and_ends_with_code_one()
    {
        using var folder = new TempFolder();
        var keys = Directory.CreateDirectory(Path.Combine(folder.Path, "keys")).FullName;
        var key = Path.Combine(keys, "leases");
        await File.WriteAllTextAsync(key, "key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var said = await TroveProgram.RunAsync("doctor", "--data", folder.Path, "--urls", "http://0.0.0.0:80", "--json");

        Assert.True(said.Code == 1, said.All);
        Assert.Equal(2, said.Json.GetProperty("high").GetInt32());
        Assert.Contains("refuses to listen", said.Output, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {key}", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_refuses_what_doctor_says_it_will_refuse()
    {
        using var folder = new TempFolder();

        var said = await TroveProgram.RunAsync("run", "--data", folder.Path, "--urls", "http://0.0.0.0:0");

        Assert.Equal(1, said.Code);
        Assert.Contains("refuses to listen", said.Error, StringComparison.Ordinal);
    }
}
