using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Frontend.Accounts;
using Trove.Frontend.Tests.Host;
using Trove.Testing;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>What people do with their accounts, from the first mail to the last session.</summary>
public sealed class AccountLifeTests
{
    private const string Other = "copper violin marsh twelve";

    [Fact]
    public async Task Somebody_signs_up_confirms_signs_in_changes_everything_and_is_signed_out_everywhere()
    {
        await using var server = await Start();
        using var ann = new Person(server);
        await ann.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = "  Ann.Quill@Example.ORG ", name = ann.Name, password = Person.Password });
        Assert.Equal(HttpStatusCode.Unauthorized, await ann.Refused("sign-in-refused", "account/sign-in", new { email = ann.Email, password = Person.Password }));

        await ann.Expect(HttpStatusCode.NoContent, "account/confirm", new { code = ann.MailedCode() });
        await ann.SignIn();
        var me = await ann.Me();
        Assert.Equal((ann.Email, ann.Name), (me.GetProperty("email").GetString(), me.GetProperty("name").GetString()));
        Assert.Equal(["contributor"], me.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        var cookie = ann.Session!;
        Assert.True(cookie.HttpOnly);

        await ann.Expect(HttpStatusCode.NoContent, "me/name", new { name = "Ann" }, HttpMethod.Put);
        Assert.Equal("Ann", (await ann.Me()).GetProperty("name").GetString());

        using var elsewhere = new Person(server);
        await elsewhere.SignIn();
        await ann.Refused("password-refused", "me/password", new { password = Other, newPassword = Other }, HttpMethod.Put);
        await ann.Expect(HttpStatusCode.NoContent, "me/password", new { password = Person.Password, newPassword = Other }, HttpMethod.Put);
        Assert.Equal(HttpStatusCode.OK, (await ann.Get("me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.Get("me")).StatusCode);
        await elsewhere.SignIn(Other);

        await ann.Expect(HttpStatusCode.NoContent, "me/sign-out-everywhere", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.Get("me")).StatusCode);
        AssertQuiet(server);
    }

    [Fact]
    public async Task Who_forgot_a_password_chooses_another_by_mail_and_every_session_ends()
    {
        await using var server = await Start();
        using var ann = await Person.SignedIn(server);
        await ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Email });
        await ann.Expect(HttpStatusCode.NoContent, "account/reset", new { code = ann.MailedCode(), password = Other });

        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
        await ann.Refused("sign-in-refused", "account/sign-in", new { email = ann.Email, password = Person.Password });
        await ann.SignIn(Other);
    }

    [Fact]
    public async Task An_address_moves_when_its_new_owner_confirms_and_the_old_one_is_free_again()
    {
        await using var server = await Start();
        using var ann = await Person.SignedIn(server);
        const string To = "quill@example.net";
        await ann.Refused("password-refused", "me/email", new { email = To, password = Other }, HttpMethod.Put);
        await ann.Expect(HttpStatusCode.Accepted, "me/email", new { email = To, password = Person.Password }, HttpMethod.Put);
        var code = ann.MailedCode(To);
        await ann.Refused("code-invalid", "me/email/confirm", new { email = "other@example.net", code });
        await ann.Expect(HttpStatusCode.NoContent, "me/email/confirm", new { email = To, code });
        Assert.Equal(To, (await ann.Me()).GetProperty("email").GetString());
        await ann.Refused("code-invalid", "me/email/confirm", new { email = To, code });

        using var next = await Person.SignedIn(server, ann.Email);
        Assert.NotEqual((await ann.Me()).GetProperty("account").GetString(), (await next.Me()).GetProperty("account").GetString());
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_and_each_of_its_codes_is_good_once()
    {
        var time = new SteppedTime();
        await using var server = await Start(time);
        using var ann = await Person.SignedIn(server);
        await ann.Refused("two-factor-not-begun", "me/two-factor/enable", new { code = "123456" });
        var app = await ann.Expect(HttpStatusCode.OK, "me/two-factor", new { password = Person.Password });
        var secret = app.GetProperty("secret").GetString()!;
        Assert.Contains($"secret={secret}", app.GetProperty("uri").GetString(), StringComparison.Ordinal);
        await ann.Refused("code-invalid", "me/two-factor/enable", new { code = Person.AppCode(secret, time.GetUtcNow(), steps: 5) });
        var first = Person.AppCode(secret, time.GetUtcNow());
        var codes = (await ann.Expect(HttpStatusCode.OK, "me/two-factor/enable", new { code = first })).GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!).ToList();
        Assert.Equal(10, codes.Distinct().Count());

        async Task<string> Ticket() =>
            (await ann.Expect(HttpStatusCode.OK, "account/sign-in", new { email = ann.Email, password = Person.Password })).GetProperty("secondFactor").GetString()!;

        using var fresh = new Person(server);
        await fresh.Refused("sign-in-refused", "account/second-factor", new { secondFactor = await Ticket(), code = first }); // taken already
        time.Step(TimeSpan.FromSeconds(60));
        var second = Person.AppCode(secret, time.GetUtcNow());
        await fresh.Expect(HttpStatusCode.NoContent, "account/second-factor", new { secondFactor = await Ticket(), code = second });
        Assert.Equal(HttpStatusCode.OK, (await fresh.Get("me")).StatusCode);
        await fresh.Refused("sign-in-refused", "account/second-factor", new { secondFactor = await Ticket(), code = second });

        await fresh.Expect(HttpStatusCode.NoContent, "account/second-factor", new { secondFactor = await Ticket(), recoveryCode = codes[3].ToUpperInvariant().Replace("-", " ") });
        await fresh.Refused("sign-in-refused", "account/second-factor", new { secondFactor = await Ticket(), recoveryCode = codes[3] });
        Assert.Equal(9, (await fresh.Me()).GetProperty("recoveryCodesLeft").GetInt32());

        await fresh.Expect(HttpStatusCode.OK, "me/recovery-codes", new { password = Person.Password });
        await fresh.Refused("sign-in-refused", "account/second-factor", new { secondFactor = await Ticket(), recoveryCode = codes[4] });
        await fresh.Refused("password-refused", "me/two-factor/disable", new { password = Other });
        await fresh.Expect(HttpStatusCode.NoContent, "me/two-factor/disable", new { password = Person.Password });
        await fresh.SignIn();
        Assert.Equal(HttpStatusCode.OK, (await fresh.Get("me")).StatusCode);
        AssertQuiet(server);
    }

    [Fact]
    public async Task A_session_ends_after_a_month_however_much_it_is_used()
    {
        var time = new SteppedTime();
        await using var server = await Start(time);
        using var ann = await Person.SignedIn(server);
        for (var day = 0; day < 29; day++)
        {
            time.Step(TimeSpan.FromDays(1));
            Assert.Equal(HttpStatusCode.OK, (await ann.Get("me")).StatusCode);
        }

        time.Step(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
    }

    [Fact]
    public async Task A_session_that_nobody_uses_ends_after_two_weeks()
    {
        var time = new SteppedTime();
        await using var server = await Start(time);
        using var ann = await Person.SignedIn(server);
        time.Step(TimeSpan.FromDays(14));
        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
    }

    [Fact]
    public async Task A_suspended_person_is_out_at_once_and_cannot_come_back_until_restored()
    {
        await using var server = await Start();
        using var ann = await Person.SignedIn(server);
        var account = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>((await ann.Me()).GetProperty("account").GetString()!);
        await account.Suspend(new Contracts.Actor("boss"), suspended: true);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
        await ann.Refused("sign-in-refused", "account/sign-in", new { email = ann.Email, password = Person.Password });
        await account.Suspend(new Contracts.Actor("boss"), suspended: false);
        await ann.SignIn();
    }

    [Fact]
    public async Task The_first_admin_is_created_once_with_the_code_of_the_start_and_a_key_to_go_on_with()
    {
        const string Code = "horse-4711-battery-staple";
        await using var server = await Start(args: [$"--{FirstAdmin.Setting}={Code}"]);
        using var boss = new Person(server, "boss@example.org");
        object Body(string code) => new { code, email = boss.Email, name = "Boss", password = Person.Password, key = true };
        await boss.Refused("first-admin-refused", "account/first-admin", Body("horse-4711-battery-stapl"));
        await boss.Refused("password-weak", "account/first-admin", new { code = Code, email = boss.Email, name = "Boss", password = "password12", key = true });

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => boss.Send("account/first-admin", Body(Code))));
        var created = Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        var admin = JsonDocument.Parse(await created.Content.ReadAsStringAsync()).RootElement;
        Assert.Matches("^trove_[0-9a-f]+_[A-Za-z0-9_-]{43}$", admin.GetProperty("key").GetString());
        await boss.SignIn();
        Assert.Equal(["contributor", "developer", "admin"], (await boss.Me()).GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        await boss.Refused("first-admin-refused", "account/first-admin", Body(Code));
        AssertQuiet(server);
    }

    [Fact]
    public async Task Neither_log_nor_audit_carries_an_address_a_name_or_a_password()
    {
        await using var server = await Start();
        using var ann = await Person.SignedIn(server);
        await ann.Expect(HttpStatusCode.Accepted, "me/email", new { email = "quill.new@example.net", password = Person.Password }, HttpMethod.Put);
        await ann.Expect(HttpStatusCode.NoContent, "me/email/confirm", new { email = "quill.new@example.net", code = ann.MailedCode("quill.new@example.net") });
        var letter = ann.Inbox()[0];

        string[] personal = ["quill", "Annabel", Person.Password, Person.CodeOf(letter)];
        Assert.DoesNotContain(server.Log.AtLeast(LogLevel.Trace), line => personal.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));

        var grains = server.Services.GetRequiredService<IGrainFactory>();
        var acts = await grains.GetGrain<IAuditLogGrain>(AuditLogs.Month(TimeProvider.System.GetUtcNow())).Search(new AuditQuery());
        Assert.Equal(
            ["account.created", "account.email-changed", "account.email-confirmed", "account.signed-in"],
            acts.Entries.Select(entry => entry.Act).Distinct().Order(StringComparer.Ordinal));
        Assert.All(acts.Entries, entry => Assert.Equal("127.0.0.0/24", entry.By.From));
        Assert.DoesNotContain(acts.Entries, entry => personal.Any(word => entry.ToString().Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Letters_wait_in_files_that_only_their_owner_reads()
    {
        await using var server = await Start();
        using var ann = await Person.SignedIn(server);
        var file = Directory.EnumerateFiles(Path.Combine(server.DataFolder, "mail")).First();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Contains(server.Log.AtLeast(LogLevel.Information), line => line.Contains(Path.GetDirectoryName(file)!, StringComparison.Ordinal));
        server.Services.GetRequiredService<Trove.Frontend.Identity.Mail.MailFolder>().Forget("nobody", ann.Email);
        Assert.Empty(ann.Inbox());
    }

    internal static void AssertQuiet(TroveServer server) => Assert.Empty(server.Log.AtLeast(LogLevel.Error));

    internal static Task<TroveServer> Start(TimeProvider? time = null, params string[] args) => TroveServer.Start(
        builder =>
        {
            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }
        },
        ["--Trove:SignInsPerMinute=0", .. args]);
}
