using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts.Accounts;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>What people do who should not get in. Each gets a clear refusal, and nothing of it is an error of ours.</summary>
public sealed class AccountAttackTests
{
    private const string Wrong = "copper violin marsh twelve";

    [Fact]
    public async Task Whatever_is_wrong_with_a_sign_in_the_answer_and_the_work_are_the_same()
    {
        await using var server = await AccountLifeTests.Start();
        var hashes = server.Services.GetRequiredService<HashQueue>();
        using var known = await Person.SignedIn(server);
        using var locked = await Person.SignedIn(server, "locked@example.org");
        using var unconfirmed = new Person(server, "unconfirmed@example.org");
        await unconfirmed.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = unconfirmed.Email, name = "U", password = Person.Password });
        for (var i = 0; i < 10; i++)
        {
            await locked.Refused("sign-in-refused", "account/sign-in", new { email = locked.Email, password = Wrong });
        }

        var answers = new List<(string Case, HttpStatusCode Status, string Body, long Hashes)>();
        foreach (var (what, email, password) in new[]
        {
            ("unknown", "nobody@example.org", Wrong), ("wrong", known.Email, Wrong), ("locked", locked.Email, Person.Password), ("unconfirmed", unconfirmed.Email, Person.Password),
            ("no address", "nobody", Wrong), ("too long", known.Email, new string('x', 10_000)), ("look-alike", "аnn.quill@example.org", Person.Password),
        })
        {
            using var stranger = new Person(server);
            var before = hashes.Hashes;
            using var response = await stranger.Send("account/sign-in", new { email, password });
            var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            answers.Add((what, response.StatusCode, $"{body.GetProperty("code")} {body.GetProperty("detail")}", hashes.Hashes - before));
        }

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Unauthorized, answers[0].Body, 1L), (answer.Status, answer.Body, answer.Hashes)));
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Signing_up_with_a_known_address_and_forgetting_an_unknown_one_look_like_any_other()
    {
        await using var server = await AccountLifeTests.Start();
        var hashes = server.Services.GetRequiredService<HashQueue>();
        using var ann = await Person.SignedIn(server);
        using var stranger = new Person(server);

        async Task<(HttpStatusCode, string, long)> Ask(string path, object body)
        {
            var before = hashes.Hashes;
            using var response = await stranger.Send(path, body);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(), hashes.Hashes - before);
        }

        Assert.Equal(
            await Ask("account/sign-up", new { email = "new@example.org", name = "N", password = Wrong }),
            await Ask("account/sign-up", new { email = ann.Email.ToUpperInvariant(), name = "N", password = Wrong }));
        Assert.Contains("You have an account already", ann.Inbox()[^1], StringComparison.Ordinal);
        Assert.Equal(await Ask("account/forgotten", new { email = "nobody@example.org" }), await Ask("account/forgotten", new { email = ann.Email }));
        Assert.Empty(ann.Inbox("nobody@example.org"));
        await ann.SignIn(); // the stranger's password is not hers
    }

    [Fact]
    public async Task Of_many_who_sign_up_with_one_address_at_once_exactly_one_gets_it()
    {
        await using var server = await AccountLifeTests.Start();
        using var person = new Person(server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            person.Send("account/sign-up", new { email = person.Email, name = $"N{n}", password = $"{Person.Password} {n}" })));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));

        // Whatever was mailed, one code at most is good, and one password at most opens.
        var confirmed = 0;
        foreach (var letter in person.Inbox())
        {
            using var answer = await person.Send("account/confirm", new { code = Person.CodeOf(letter) });
            confirmed += answer.IsSuccessStatusCode ? 1 : 0;
        }

        Assert.Equal(1, confirmed);
        var opened = 0;
        for (var n = 0; n < 8; n++)
        {
            using var other = new Person(server);
            using var answer = await other.Send("account/sign-in", new { email = person.Email, password = $"{Person.Password} {n}" });
            opened += answer.IsSuccessStatusCode ? 1 : 0;
        }

        Assert.Equal(1, opened);
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Nobody_lies_in_wait_behind_an_address_that_is_not_theirs()
    {
        await using var server = await AccountLifeTests.Start();
        using var thief = new Person(server);
        await thief.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = thief.Email, name = "Thief", password = Wrong });
        using var ann = await Person.SignedIn(server);
        await thief.Refused("sign-in-refused", "account/sign-in", new { email = thief.Email, password = Wrong });
        Assert.Equal(ann.Name, (await ann.Me()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Codes_that_are_reused_cut_swapped_or_made_up_are_refused()
    {
        await using var server = await AccountLifeTests.Start();
        using var ann = new Person(server);
        using var bob = new Person(server, "bob@example.org");
        foreach (var person in new[] { ann, bob })
        {
            await person.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = person.Email, name = person.Name, password = Person.Password });
        }

        var (annCode, bobCode) = (ann.MailedCode(), bob.MailedCode());
        var swapped = $"{annCode.Split('.')[0]}.{bobCode.Split('.')[1]}";
        foreach (var bad in new[] { annCode[..^1], annCode[..40], annCode[1..], annCode + "A", swapped, "", ".", "..", new string('A', 5_000), "x.y", "../../etc/passwd.AAAA", annCode.Replace('.', '/'), null })
        {
            await ann.Refused("code-invalid", "account/confirm", new { code = bad });
            await ann.Refused("code-invalid", "account/reset", new { code = bad, password = Wrong });
        }

        await ann.Refused("code-invalid", "account/reset", new { code = annCode, password = Wrong }); // for something else
        await ann.Expect(HttpStatusCode.NoContent, "account/confirm", new { code = annCode });
        await ann.Refused("code-invalid", "account/confirm", new { code = annCode });

        await ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Email });
        var reset = ann.MailedCode();
        await ann.Refused("password-weak", "account/reset", new { code = reset, password = "ann.quill@example.org" });
        await ann.Expect(HttpStatusCode.NoContent, "account/reset", new { code = reset, password = Wrong });
        await ann.Refused("code-invalid", "account/reset", new { code = reset, password = Person.Password });
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Codes_that_are_too_old_are_refused()
    {
        await using var server = await TroveServer.Start(
            builder => builder.Services
                .PostConfigure<ConfirmCodeOptions>(codes => codes.TokenLifespan = TimeSpan.Zero)
                .PostConfigure<ResetCodeOptions>(codes => codes.TokenLifespan = TimeSpan.Zero),
            "--Trove:SignInsPerMinute=0");
        using var ann = new Person(server);
        await ann.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = ann.Email, name = ann.Name, password = Person.Password });
        await ann.Refused("code-invalid", "account/confirm", new { code = ann.MailedCode() });
        await ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Email });
        await ann.Refused("code-invalid", "account/reset", new { code = ann.MailedCode(), password = Wrong });
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Cookies_that_are_cut_changed_made_up_or_kept_after_the_sign_out_open_nothing()
    {
        await using var server = await AccountLifeTests.Start();
        using var ann = await Person.SignedIn(server);
        using var still = new Person(server);
        await still.SignIn();
        var cookie = ann.Session!.Value;
        var middle = cookie.Length / 2;
        var changed = cookie[..middle] + (cookie[middle] == 'A' ? 'B' : 'A') + cookie[(middle + 1)..];
        foreach (var bad in new[] { cookie[..^5], cookie[..20], changed, "x", new string('A', 3_000), "chunks-2", "%00" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Look(server, bad));
        }

        Assert.Equal(HttpStatusCode.OK, await Look(server, cookie));
        await ann.Expect(HttpStatusCode.NoContent, "account/sign-out", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, await Look(server, cookie));
        Assert.Equal(HttpStatusCode.OK, (await still.Get("me")).StatusCode);
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task A_foreign_page_changes_nothing()
    {
        await using var server = await AccountLifeTests.Start();
        using var ann = await Person.SignedIn(server);
        await ann.Refused("csrf-missing", "me/name", new { name = "X" }, HttpMethod.Put, request => request.Headers.Remove(CrossSite.Header));
        await ann.Refused("csrf-missing", "me/name", new { name = "X" }, HttpMethod.Put, request =>
        {
            request.Headers.Remove(CrossSite.Header);
            request.Headers.Add(CrossSite.Header, "made-up");
        });
        await ann.Refused("origin-foreign", "me/name", new { name = "X" }, HttpMethod.Put, request => request.Headers.Add("Origin", "https://evil.example"));
        await ann.Refused("origin-foreign", "account/sign-in", new { email = ann.Email, password = Person.Password }, change: request => request.Headers.Add("Origin", "null"));
        await ann.Expect(HttpStatusCode.NoContent, "me/name", new { name = "Y" }, HttpMethod.Put);

        // The token of one person is none for another.
        using var bob = await Person.SignedIn(server, "bob@example.org");
        var token = (await (await ann.Get("account/antiforgery")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        await bob.Refused("csrf-missing", "me/name", new { name = "X" }, HttpMethod.Put, request =>
        {
            request.Headers.Remove(CrossSite.Header);
            request.Headers.Add(CrossSite.Header, token);
        });
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Who_guesses_is_locked_out_for_a_while_and_so_is_who_guesses_second_factors()
    {
        var time = new SteppedTime();
        await using var server = await AccountLifeTests.Start(time);
        using var ann = await Person.SignedIn(server);
        using var thief = new Person(server);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => thief.Refused("sign-in-refused", "account/sign-in", new { email = ann.Email, password = Wrong })));
        await thief.Refused("sign-in-refused", "account/sign-in", new { email = ann.Email, password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, (await ann.Get("me")).StatusCode); // who is in stays in

        time.Step(TimeSpan.FromMinutes(5));
        await ann.SignIn();
        var secret = (await ann.Expect(HttpStatusCode.OK, "me/two-factor", new { password = Person.Password })).GetProperty("secret").GetString()!;
        await ann.Expect(HttpStatusCode.OK, "me/two-factor/enable", new { code = Person.AppCode(secret, time.GetUtcNow()) });
        var ticket = (await thief.Expect(HttpStatusCode.OK, "account/sign-in", new { email = ann.Email, password = Person.Password })).GetProperty("secondFactor").GetString();
        for (var i = 0; i < 12; i++)
        {
            await thief.Refused("sign-in-refused", "account/second-factor", new { secondFactor = ticket, code = "000000" });
        }

        time.Step(TimeSpan.FromSeconds(60));
        await thief.Refused("sign-in-refused", "account/second-factor", new { secondFactor = ticket, code = Person.AppCode(secret, time.GetUtcNow()) });
        foreach (var bad in new[] { ticket![..^3], "x", "", new string('A', 3_000), null })
        {
            await thief.Refused("sign-in-refused", "account/second-factor", new { secondFactor = bad, code = "000000" });
        }

        AccountLifeTests.AssertQuiet(server);
    }

    [Theory]
    [InlineData("ann@exámple.org")]
    [InlineData("аnn@example.org")]
    [InlineData("ann@example")]
    [InlineData("ann@@example.org")]
    [InlineData("ann@example.org\r\nBcc: all@example.org")]
    [InlineData("ann @example.org")]
    [InlineData("@example.org")]
    [InlineData("ann..quill@example.org")]
    [InlineData("ann@-example.org")]
    [InlineData("Kelvin\u212A@example.org")]
    [InlineData("")]
    [InlineData(null)]
    public async Task What_is_no_plain_address_is_refused(string? email)
    {
        await using var server = await AccountLifeTests.Start();
        using var person = new Person(server);
        await person.Refused("email-invalid", "account/sign-up", new { email, name = "N", password = Person.Password });
        await person.Refused("email-invalid", "account/forgotten", new { email });
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Names_and_passwords_out_of_bounds_are_refused_in_words()
    {
        await using var server = await AccountLifeTests.Start();
        using var person = new Person(server);
        foreach (var name in new[] { "", " ", "a\nb", "a\u202Eb", "a\u0000b", new string('x', 81), new string('x', 900_000), null })
        {
            await person.Refused("name-invalid", "account/sign-up", new { email = person.Email, name, password = Person.Password });
        }

        foreach (var password in new[] { "", "short", "password123", "annquillexample", "qwertyuiop12", "aaaaaaaaaaaaaaaa", new string('x', 129), new string('x', 900_000), null })
        {
            await person.Refused("password-weak", "account/sign-up", new { email = person.Email, name = "N", password });
        }

        using var http = new HttpClient { BaseAddress = server.Address };
        using var huge = new HttpRequestMessage(HttpMethod.Post, "api/v1/account/sign-up") { Content = new StringContent($"{{\"name\":\"{new string('x', 10_000_000)}\"}}", null, "application/json") };
        huge.Headers.ExpectContinue = true; // or the refusal comes while the body is still being sent
        await Person.AssertProblem("too-large", await http.SendAsync(huge));
        using var half = new StringContent("""{"email":"ann@example.org","name":"\uD800","password":"lantern otter vivid ledge"}""", null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("api/v1/account/sign-up", half)).StatusCode);
        using var broken = new StringContent("{\"email\":", null, "application/json");
        await Person.AssertProblem("bad-request", await http.PostAsync("api/v1/account/sign-in", broken));
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task When_too_many_sign_in_the_rest_is_told_when_to_come_back_and_questions_are_still_answered()
    {
        await using var server = await AccountLifeTests.Start();
        var queue = server.Services.GetRequiredService<HashQueue>();
        using var release = new ManualResetEventSlim();
        var busy = new List<Task<bool>>();
        using var begun = new SemaphoreSlim(0);
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            busy.Add(queue.Run(() =>
            {
                begun.Release();
                release.Wait();
                return true;
            }));
            await begun.WaitAsync();
        }

        try
        {
            while (true)
            {
                busy.Add(queue.Run(() =>
                {
                    release.Wait();
                    return true;
                }));
            }
        }
        catch (BusyException)
        {
            Assert.True(busy.Count > HashQueue.Capacity);
        }

        using var person = new Person(server);
        using var answer = await person.Send("account/sign-in", new { email = person.Email, password = Wrong });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await person.Get("account/antiforgery")).StatusCode);

        release.Set();
        Assert.All(await Task.WhenAll(busy), Assert.True);
        await person.Refused("sign-in-refused", "account/sign-in", new { email = person.Email, password = Wrong });
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task A_password_hashed_by_older_settings_is_hashed_anew_at_the_next_sign_in()
    {
        await using var server = await AccountLifeTests.Start();
        using var ann = await Person.SignedIn(server);
        var grain = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>((await ann.Me()).GetProperty("account").GetString()!);
        var account = (await grain.Read()).Value!;
        var weak = new Microsoft.AspNetCore.Identity.PasswordHasher<AccountUser>(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1_000 }));
        var old = weak.HashPassword(null!, Person.Password);
        await grain.Update(new Contracts.Actor(account.Id), account with { PasswordHash = old });

        await ann.SignIn();
        var hash = (await grain.Read()).Value!.PasswordHash!;
        Assert.NotEqual(old, hash);
        Assert.Equal(Passwords.Iterations, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5)));
        Assert.Equal(HttpStatusCode.OK, (await ann.Get("me")).StatusCode); // the same password: no session ends
    }

    private static async Task<HttpStatusCode> Look(TroveServer server, string cookie)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add("Cookie", $"trove={cookie}");
        using var response = await http.GetAsync("api/v1/me");
        if (!response.IsSuccessStatusCode)
        {
            await Person.AssertProblem("unauthenticated", response);
        }

        return response.StatusCode;
    }
}
