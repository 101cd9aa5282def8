using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts.Accounts;
using Trove.Frontend.Hosting;
using Trove.Frontend.Tests.Host;
using Trove.Testing;

namespace Trove.Frontend.Tests.Identity;

/// <summary>What protects cookies and links outlives the host that made it, and is of no use to who has only the records.</summary>
public sealed class KeyRingTests : IDisposable
{
    private readonly TempFolder _data = new();
    private readonly TempFolder _elsewhere = new();

    private string KeyFile => _data["keys/protection"];

    public void Dispose()
    {
        _data.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task A_first_start_makes_a_key_and_logs_no_trouble()
    {
        await using var server = await Start();
        Assert.Equal("hello", Open(server, Protect(server, "hello")));
        Assert.Empty(server.Log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task What_was_protected_before_a_restart_is_readable_after_it()
    {
        string payload;
        await using (var before = await Start()) payload = Protect(before, "hello");
        await using var after = await Start();
        Assert.Equal("hello", Open(after, payload));
        Assert.Single(Keys(after));
    }

    [Fact]
    public async Task Hosts_over_the_same_grains_read_what_each_other_protects()
    {
        var ring = new FakeKeyRing();
        await using var one = await Start(over: ring);
        await using var other = await Start(over: ring);
        Assert.Equal("hello", Open(other, Protect(one, "hello")));
        Assert.Equal("hello", Open(one, Protect(other, "hello")));
    }

    [Fact]
    public async Task No_key_stands_in_clear_among_the_records()
    {
        string secret;
        string id;
        await using (var server = await Start())
        {
            var key = Assert.Single(Keys(server));
            id = key.KeyId.ToString();
            secret = key.Descriptor.ExportToXml().SerializedDescriptorElement.Descendants("masterKey").Single().Value.Trim();
            Assert.True(Convert.FromBase64String(secret).Length >= 32);
        }

        var bytes = await File.ReadAllBytesAsync(_data["records.db"]);
        Assert.True(Holds(bytes, Encoding.ASCII.GetBytes(id)), "the ring itself is there");
        Assert.False(Holds(bytes, Encoding.ASCII.GetBytes(secret[..16])));
        Assert.False(Holds(bytes, Convert.FromBase64String(secret)[..16]));
        Assert.False(Holds(bytes, (await File.ReadAllBytesAsync(KeyFile))[..16]));
    }

    [Fact]
    public async Task The_key_file_can_lie_elsewhere()
    {
        var file = _elsewhere["deep/protection.key"];
        string payload;
        await using (var before = await Start($"--Trove:ProtectionKeyFile={file}")) payload = Protect(before, "hello");
        Assert.False(File.Exists(KeyFile));
        Assert.Equal(32, new FileInfo(file).Length);
        await using var after = await Start($"--Trove:ProtectionKeyFile={file}");
        Assert.Equal("hello", Open(after, payload));
    }

    [Fact]
    public async Task A_damaged_key_file_refuses_the_start_in_clear_words()
    {
        Directory.CreateDirectory(_data["keys"]);
        await File.WriteAllTextAsync(KeyFile, "no key");
        var refused = await Assert.ThrowsAsync<StartupException>(() => Start());
        Assert.Contains(KeyFile, refused.Message, StringComparison.Ordinal);
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)] // another key
    [InlineData(false)] // no key: a new one is made, and does not fit
    public async Task A_foreign_key_file_refuses_the_start_in_clear_words_and_leaves_the_ring_as_it_is(bool other)
    {
        string payload;
        await using (var before = await Start()) payload = Protect(before, "hello");
        var key = await File.ReadAllBytesAsync(KeyFile);
        if (other) await File.WriteAllBytesAsync(KeyFile, new byte[32]);
        else File.Delete(KeyFile);

        var refused = await Assert.ThrowsAsync<StartupException>(() => Start());
        Assert.Contains(KeyFile, refused.Message, StringComparison.Ordinal);
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(KeyFile, key);
        await using var after = await Start();
        Assert.Equal("hello", Open(after, payload));
        Assert.Single(Keys(after));
    }

    [Fact]
    public async Task What_an_expired_key_protected_is_still_readable_when_another_has_taken_over()
    {
        var ring = new FakeKeyRing();
        string payload;
        await using (var before = await Start(over: ring)) payload = Protect(before, "hello");

        // A hundred days go by, in the dates of the key.
        var aged = new FakeKeyRing();
        foreach (var element in await ring.All())
        {
            var key = XElement.Parse(element.Xml);
            foreach (var date in key.Elements().Where(child => child.Name.LocalName.EndsWith("Date", StringComparison.Ordinal)))
            {
                date.SetValue((DateTimeOffset)date - TimeSpan.FromDays(100));
            }

            await aged.Add(element.Name, key.ToString());
        }

        await using var after = await Start(over: aged);
        Assert.Equal("hello", Open(after, payload));
        Assert.Equal(2, Keys(after).Count);
        Assert.NotEqual(KeyOf(payload), KeyOf(Protect(after, "hello")));
    }

    private static string Protect(TroveServer server, string text) => server.Services.GetDataProtector("test").Protect(text);

    private static string Open(TroveServer server, string payload) => server.Services.GetDataProtector("test").Unprotect(payload);

    private static IReadOnlyCollection<IKey> Keys(TroveServer server) => server.Services.GetRequiredService<IKeyManager>().GetAllKeys();

    /// <summary>The start of a payload: four bytes of version, then the id of its key.</summary>
    private static Guid KeyOf(string payload) => new(System.Buffers.Text.Base64Url.DecodeFromChars(payload).AsSpan(4, 16));

    private static bool Holds(byte[] bytes, byte[] part) => bytes.AsSpan().IndexOf(part) >= 0;

    private Task<TroveServer> Start(params string[] args) => Start(over: null, args);

    private Task<TroveServer> Start(IKeyRingGrain? over, params string[] args) => TroveServer.Start(
        builder =>
        {
            if (over is not null)
            {
                builder.Services.AddSingleton<IGrainFactory>(new FakeGrains().With(_ => over));
            }
        },
        [$"--Trove:DataFolder={_data.Path}", .. args]);
}
