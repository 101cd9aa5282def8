using System.Net;
using Trove.Frontend.Auditing;

namespace Trove.Frontend.Tests.Auditing;

public sealed class ActorsTests
{
    [Theory]
    [InlineData("198.51.100.77", "198.51.100.0/24")]
    [InlineData("::ffff:198.51.100.77", "198.51.100.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData("fe80::1%3", "fe80::/48")]
    [InlineData("::1", "::/48")]
    public void Of_an_address_only_its_network_is_kept(string address, string network) =>
        Assert.Equal(network, Actors.NetworkOf(IPAddress.Parse(address)));

    [Fact]
    public void No_address_has_no_network() => Assert.Null(Actors.NetworkOf(null));

    [Theory]
    [InlineData("2026-11", true)]
    [InlineData("2026-11.0", true)]
    [InlineData("2026-11.1234", true)]
    [InlineData("2026-13", false)]
    [InlineData("2026-11.", false)]
    [InlineData("2026-11.-1", false)]
    [InlineData("2026-11.1234567890123456789", false)]
    [InlineData("", false)]
    public void A_cursor_is_a_month_and_a_place(string text, bool valid)
    {
        Assert.Equal(valid, AuditCursor.TryParse(text, out var cursor));
        Assert.True(!valid || cursor.ToString() == text);
    }

    [Fact]
    public void Before_january_is_december() =>
        Assert.Equal("2025-12", AuditCursor.At(new DateTimeOffset(2026, 1, 31, 23, 0, 0, TimeSpan.Zero)).Before.ToString());
}
