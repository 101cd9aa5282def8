using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;
using Trove.Grains.Projects;
using Trove.Grains.Tests.Projects;
using Trove.Grains.Tests.Records;

namespace Trove.Grains.Tests.Contributors;

public sealed class EligibilityTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nobody_joins_whose_age_on_any_birthday_of_the_year_would_be_too_low(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var birthday = new DateTime(1920, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(100 * 365));
            var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(random.Next(365));
            var age = random.Next(1, 121);
            var refused = Eligibility.Refusal("cats", new Audience(age), new ContributorProfile(BirthYear: birthday.Year), now) is not null;

            var lastBirthday = new DateTime(birthday.Year, 12, 31, 0, 0, 0, DateTimeKind.Utc);
            var surely = now.UtcDateTime.Date >= lastBirthday.AddYears(age);
            Assert.True(refused || birthday.AddYears(age) <= now.UtcDateTime, $"seed {seed}: born {birthday:d}, at least {age} on {now:d}");
            Assert.True(refused || surely);
            Assert.True(!refused || birthday.Year + age + 1 > now.Year);
        }
    }

    [Fact]
    public void Everybody_fits_where_no_audience_is_named() => Assert.Null(Eligibility.Refusal("cats", null, new ContributorProfile(), Now));

    [Theory]
    [InlineData(null, null, null, "year of birth")]
    [InlineData(null, null, 2008, "surely 18")]
    [InlineData(null, null, 2007, "say your region")]
    [InlineData("FR", null, 2007, "your profile says FR")]
    [InlineData("AT", null, 2007, "languages de, en")]
    [InlineData("AT", "fr", 2007, "languages de, en")]
    [InlineData("AT", "en", 2007, null)]
    public void A_refusal_says_which_rule_and_what_to_do(string? region, string? language, int? born, string? says)
    {
        var profile = new ContributorProfile(region, language is null ? default : ["xx", language], born);

        var refusal = Eligibility.Refusal("cats", new Audience(18, ["AT", "DE"], ["de", "en"]), profile, Now);

        Assert.Equal(says is null, refusal is null);
        if (says is not null)
        {
            Assert.Equal("not-eligible", refusal!.Code);
            Assert.Contains(says, refusal.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_profile_says_only_codes()
    {
        Assert.Null(Eligibility.Check(new ContributorProfile("AT", ["de", "gsw"], 1990), Now));
        Assert.Null(Eligibility.Check(new ContributorProfile(), Now));
        var wrong = Eligibility.Check(new ContributorProfile("at", ["German"], 2030), Now);
        Assert.Equal("profile-invalid", wrong?.Code);
        Assert.Contains("region", wrong!.Detail, StringComparison.Ordinal);
        Assert.Contains("languages", wrong.Detail, StringComparison.Ordinal);
        Assert.Contains("2026", wrong.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_audience_of_everybody_is_none_and_its_order_says_nothing()
    {
        var plain = BriefRules.Normalised(Samples.Brief);
        Assert.True(BriefRules.Same(plain, BriefRules.Normalised(Samples.Brief with { Audience = new Audience(0, [], []) })));
        Assert.True(BriefRules.Same(
            BriefRules.Normalised(Samples.Brief with { Audience = new Audience(18, ["DE", "AT"]) }),
            BriefRules.Normalised(Samples.Brief with { Audience = new Audience(18, ["AT", "DE", "AT"], []) })));
        Assert.False(BriefRules.Same(plain, BriefRules.Normalised(Samples.Brief with { Audience = new Audience(18) })));
    }

    [Fact]
    public void A_brief_with_an_impossible_audience_is_refused()
    {
        Assert.Null(BriefRules.Check(Samples.Brief with { Audience = new Audience(120, ["AT"], ["de"]) }));
        foreach (var audience in new[] { new Audience(-1), new Audience(121), new Audience(0, ["Austria"]), new Audience(0, ["at"]), new Audience(0, [], ["DE"]), new Audience(0, [null!]) })
        {
            Assert.Equal("brief-invalid", BriefRules.Check(Samples.Brief with { Audience = audience })?.Code);
        }
    }

    [Fact]
    public void A_profile_is_written_as_in_the_first_release() =>
        Golden.Matches(new ProfileRecord(new ContributorProfile("AT", ["de", "en"], 1990), ["cats", "dogs"]));
}
