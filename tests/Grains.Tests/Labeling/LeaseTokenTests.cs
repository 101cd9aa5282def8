using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;

namespace Trove.Grains.Tests.Labeling;

public sealed class LeaseTokenTests
{
    private static readonly LeaseTokens Tokens = new("a secret of this test, long enough"u8);

    private static readonly Lease Sample = new(
        "contributor-7",
        new TaskId("cats", TaskKinds.Label, 123_456),
        42,
        638_000_000_000_000_000,
        new DateTimeOffset(2026, 6, 1, 12, 3, 0, TimeSpan.Zero).AddTicks(1),
        new TaskPolicy(LabelKind.SingleChoice, 10, new Redundancy(RedundancyKind.Dynamic, 3, 7, 0.95), 0, 2, 15, 50));

    [Fact]
    public void A_token_says_what_was_signed()
    {
        Assert.True(Tokens.TryRead(Tokens.Sign(Sample), out var lease, out _));

        Assert.Equal(Sample, lease);
    }

    [Fact]
    public void The_longest_keys_and_numbers_fit()
    {
        var longest = new string('x', Keys.MaxLength);
        var lease = new Lease(
            longest,
            new TaskId(longest, TaskKinds.Review, int.MaxValue),
            long.MaxValue,
            long.MinValue,
            DateTimeOffset.MaxValue,
            new TaskPolicy(LabelKind.Tags, int.MaxValue, new Redundancy(RedundancyKind.All, int.MaxValue, int.MaxValue), int.MaxValue, int.MaxValue, long.MaxValue, int.MaxValue));

        var token = Tokens.Sign(lease);

        Assert.InRange(token.Length, 1, LeaseTokens.MaxLength);
        Assert.True(Tokens.TryRead(token, out var read, out _));
        Assert.Equal(lease, read);
    }

    [Fact]
    public void A_token_changed_anywhere_is_refused()
    {
        var token = Tokens.Sign(Sample);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            AssertRefused(new string(changed));
        }
    }

    [Fact]
    public void A_token_of_another_key_is_refused() =>
        AssertRefused(new LeaseTokens("another secret, as long as the first"u8).Sign(Sample));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("not base64url: äöü !")]
    [InlineData("AAAA")]
    public void Garbage_is_refused_with_a_sentence(string? garbage) => AssertRefused(garbage);

    [Fact]
    public void Random_garbage_of_any_length_is_refused()
    {
        const int Seed = 20260601;
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            AssertRefused(System.Buffers.Text.Base64Url.EncodeToString(bytes));
        }
    }

    [Fact]
    public void A_token_longer_than_any_of_ours_is_not_even_decoded() =>
        AssertRefused(new string('A', LeaseTokens.MaxLength + 1));

    [Fact]
    public void A_pseudonym_is_stable_in_a_project_and_tells_nothing_across_two()
    {
        var key = "secret"u8;

        var name = Pseudonym.Of(key, "cats", "ann");

        Assert.Matches("^[0-9a-f]{16}$", name);
        Assert.Equal(name, Pseudonym.Of(key, "cats", "ann"));
        Assert.NotEqual(name, Pseudonym.Of(key, "dogs", "ann"));
        Assert.NotEqual(name, Pseudonym.Of(key, "cats", "bob"));
        Assert.NotEqual(name, Pseudonym.Of("another"u8, "cats", "ann"));
        Assert.NotEqual(Pseudonym.Of(key, "ab", "c"), Pseudonym.Of(key, "a", "bc"));
    }

    private static void AssertRefused(string? token)
    {
        Assert.False(Tokens.TryRead(token, out _, out var error));
        Assert.NotEqual("", error);
    }
}
