using System.Net;
using Trove.Frontend.Accounts;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>Attacks that need many requests: at once, or at somebody who never asked for them.</summary>
public sealed class RaceAndFloodTests
{
    private const int AtOnce = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_factor_that_is_sent_many_times_at_once_lets_in_once(bool recovery)
    {
        var time = new SteppedTime();
        await using var server = await AccountLifeTests.Start(time);
        using var ann = await Person.SignedIn(server);
        var secret = (await ann.Expect(HttpStatusCode.OK, "me/two-factor", new { password = Person.Password })).GetProperty("secret").GetString()!;
        var codes = (await ann.Expect(HttpStatusCode.OK, "me/two-factor/enable", new { code = Person.AppCode(secret, time.GetUtcNow()) })).GetProperty("recoveryCodes");
        time.Step(TimeSpan.FromSeconds(60));
        using var thieves = new Person(server);
        var ticket = (await thieves.Expect(HttpStatusCode.OK, "account/sign-in", new { email = ann.Email, password = Person.Password })).GetProperty("secondFactor").GetString()!;
        object body = recovery
            ? new { secondFactor = ticket, recoveryCode = codes[0].GetString() }
            : new { secondFactor = ticket, code = Person.AppCode(secret, time.GetUtcNow()) };

        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            using var thief = new Person(server);
            using var answer = await thief.Send("account/second-factor", body);
            return answer.StatusCode;
        }));

        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.NoContent));
        Assert.Equal(AtOnce - 1, answers.Count(status => status == HttpStatusCode.Unauthorized));
    }

    [Theory]
    [InlineData("account/sign-up")]
    [InlineData("account/forgotten")]
    public async Task Nobodys_inbox_is_flooded_by_strangers_and_the_code_that_came_stays_good(string path)
    {
        var time = new SteppedTime();
        await using var server = await AccountLifeTests.Start(time);
        using var ann = new Person(server);
        using var stranger = new Person(server);
        await ann.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = ann.Email, name = ann.Name, password = Person.Password });

        var before = ann.Inbox().Count;
        for (var i = 0; i < 2 * LetterLimit.PerHour; i++)
        {
            await stranger.Expect(HttpStatusCode.Accepted, path, new { email = ann.Email, name = "N", password = Person.Password });
        }

        Assert.Equal(LetterLimit.PerHour, ann.Inbox().Count - before);
        await (path == "account/sign-up"
            ? ann.Expect(HttpStatusCode.NoContent, "account/confirm", new { code = ann.MailedCode() })
            : ann.Expect(HttpStatusCode.NoContent, "account/reset", new { code = ann.MailedCode(), password = Person.Password }));
        time.Step(TimeSpan.FromHours(1));
        await ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Email });
        Assert.Contains("Choose a new password", ann.Inbox()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_kept_from_an_address_of_theirs_by_a_sign_up_that_was_never_confirmed()
    {
        const string There = "ann@elsewhere.example";
        await using var server = await AccountLifeTests.Start();
        using var ann = await Person.SignedIn(server);
        using var squatter = new Person(server, There);
        await squatter.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = There, name = "N", password = "cobalt violin harbor nine" });
        var worthless = squatter.MailedCode();

        await ann.Expect(HttpStatusCode.Accepted, "me/email", new { email = There, password = Person.Password }, HttpMethod.Put);
        await ann.Expect(HttpStatusCode.NoContent, "me/email/confirm", new { email = There, code = ann.MailedCode(There) });

        Assert.Equal(There, (await ann.Me()).GetProperty("email").GetString());
        await squatter.Refused("code-invalid", "account/confirm", new { code = worthless });
        await squatter.Refused("sign-in-refused", "account/sign-in", new { email = There, password = "cobalt violin harbor nine" });
        using var fresh = new Person(server, There);
        await fresh.SignIn();
    }
}
